// Made-up plans: two chips that can be planned and one that cannot; times and memory that follow from the number of chips.

import type { PlanChoices, PlanPage, PlanQuestion } from '../types.ts';

const name = { en: 'Northwind NW-100 80GB', ko: '노스윈드 NW-100 80GB' };
const chips: PlanChoices['chips'] = [
  { id: 'nw100', name, lacks: [] },
  { id: 'hangang-2', name: { en: 'Hangang 2', ko: '한강 2' }, lacks: [] },
  { id: 'seorak', name: { en: 'Seorak', ko: '설악' }, lacks: ['link', 'domain', 'network'] },
];

export const planChoices: PlanChoices = {
  models: [
    { name: 'azalea-8b', parameters: 8.03e9, activeParameters: 8.03e9 },
    { name: 'solar-open-100b', parameters: 102.65e9, activeParameters: 12.1e9 },
  ],
  chips,
};

/** Plans that need less memory the slower they are. */
const frontOf = (seconds: number): PlanPage['front'] =>
  [1, 1.02, 1.3, 2.1].map((slower, i) => ({
    layout: {
      ...{ tensor: 2 ** i, pipeline: 4, virtual: i === 0 ? 8 : 1, context: 1, expert: 8, microBatch: 1, zero: 1 },
      recompute: i === 3 ? 'full' : 'none',
    },
    memory: {
      ...{ weights: 9.4e9, gradients: 12.5e9, optimizer: 6.1e9, activations: 40e9 / 2 ** i, logits: 2.1e9 },
      total: 28e9 + 40e9 / 2 ** i,
    },
    step: { low: seconds * slower * 0.84, high: seconds * slower * 1.19 },
    tokensPerSecond: 8.4e6 / (seconds * slower),
    utilisation: 0.41 / slower,
  }));

/** Fewer than 64 chips have no room, and 1,000 do not divide the sequences. */
export function planPage(body: string): PlanPage {
  const {
    model,
    chip,
    devices,
    sequence = 4096,
    sequences = 2048,
    precision = 'fp8',
  } = JSON.parse(body) as PlanQuestion;
  const isKnown = 'name' in model;
  const found = planChoices.models.find((one) => isKnown && one.name === model.name) ?? planChoices.models[0];
  const isHome = chip !== 'nw100';
  const lacking: PlanPage['lacking'] =
    devices < 64
      ? { what: 'memory', least: 1.6e12 / devices }
      : sequences % devices !== 0 && devices % 2 ** 6 !== 0
        ? { what: 'sequences', nearest: 2000 }
        : null;
  return {
    model: { ...found, name: isKnown ? found.name : null },
    chip: {
      ...{ id: chip, name: chips.find(({ id }) => id === chip)?.name ?? name },
      ...{ memory: 80e9, room: 72e9, power: 700, unverified: isHome ? ['power', 'network'] : [] },
    },
    ...{ devices, precision, sequence, sequences },
    fitting: lacking ? 0 : 214,
    front: lacking ? [] : frontOf((isHome ? 17_000 : 11_000) / devices),
    limits: lacking ? null : { compute: 0.87, bandwidth: 0.96, link: 0.99, network: 0.995, memory: isHome ? 0.8 : 1 },
    lacking,
    measured: isHome ? { chip: 0, model: 12, both: 0 } : { chip: 50, model: 12, both: 4 },
  };
}
