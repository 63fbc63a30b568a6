// A chip of the catalogue as the planner takes it. A figure that the catalogue does not have is not made up.

import { type Chip, FIGURES, type FigureName } from '../fleet/index.ts';
import * as refuse from './refusals.ts';
import type { Device } from './step-time.ts';

/** Units of the catalogue: TFLOP/s, GB, TB/s, W, GB/s, devices, Gbit/s. */
const NEEDED = { bf16: 1e12, memory: 1e9, bandwidth: 1e12, power: 1, link: 1e9, domain: 1, network: 1e9 / 8 } as const;

/** What a plan needs and the catalogue lacks of a chip. */
export const lackingFigures = ({ figures }: Chip): FigureName[] =>
  (Object.keys(NEEDED) as FigureName[]).filter((name) => figures[name] === undefined);

/**
 * Formats that a chip does not have run at the speed of the next wider one.
 * @throws JikjiError `plan-chip` if the catalogue lacks a figure
 */
export function deviceOf(chip: Chip): Device {
  const missing = lackingFigures(chip);
  if (missing.length > 0) throw refuse.chipLacks(chip.id, missing);
  const figure = (name: keyof typeof NEEDED) => chip.figures[name]!.value * NEEDED[name];
  const bf16 = figure('bf16');
  const fp8 = (chip.figures.fp8?.value ?? 0) * 1e12 || bf16;
  return {
    bf16,
    fp8,
    fp4: (chip.figures.fp4?.value ?? 0) * 1e12 || fp8,
    memory: figure('memory'),
    bandwidth: figure('bandwidth'),
    power: figure('power'),
    link: figure('link'),
    domain: figure('domain'),
    network: figure('network'),
  };
}

/** Figures of a chip that nobody has read in their source. */
export function unverifiedOf({ figures }: Chip): FigureName[] {
  return FIGURES.filter((name) => figures[name]?.verified === false);
}
