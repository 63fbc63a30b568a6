// A chip of the catalogue as the planner takes it. A figure that the catalogue does not have is not made up.

import { JikjiError } from '../base/index.ts';
import type { Chip, FigureName } from '../fleet/index.ts';
import type { Device } from './step-time.ts';

/** Units of the catalogue: TFLOP/s, GB, TB/s, W, GB/s, devices, Gbit/s. */
const NEEDED = { bf16: 1e12, memory: 1e9, bandwidth: 1e12, power: 1, link: 1e9, domain: 1, network: 1e9 / 8 } as const;

/** Throws `plan-chip` if the catalogue lacks a figure. Formats that a chip does not have run at the speed of the next wider one. */
export function deviceOf(chip: Chip): Device {
  const missing = (Object.keys(NEEDED) as FigureName[]).filter((name) => chip.figures[name] === undefined);
  if (missing.length > 0) {
    throw new JikjiError(
      'plan-chip',
      `the catalogue does not have ${missing.join(', ')} of this chip`,
      chip.id,
      'give the figures in a catalogue of your own, with their source: --catalogue FILE (docs/planner.md)',
    );
  }
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
