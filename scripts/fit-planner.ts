// Fits the constants of src/planner/constants.ts to the measured steps that are not set aside, and prints them with the widths of
// src/planner/interval.ts. `node scripts/fit-planner.ts [EVALUATIONS]`; takes about a minute. Changes no file.

import { type Constants, FITTED } from '../src/planner/constants.ts';
import { expertShare, type Kind } from '../src/planner/interval.ts';
import {
  deviceOfChip,
  isSetAside,
  kindOf,
  type MeasuredStep,
  measuredShape,
  measuredSteps,
} from '../src/planner/measured-steps.ts';
import { stepTime } from '../src/planner/step-time.ts';

/** No share of a peak or a bandwidth is above what hardware has been seen to reach. */
const HIGHEST: Partial<Constants> = {
  bf16: 0.9,
  fp8: 0.9,
  fp4: 0.9,
  grouped: 1,
  recurrent: 0.8,
  power: 1.2,
  expertExchange: 1,
};
/** Rows that their source calls a regression, and rows that drop tokens (another amount of work), are planned but not fitted. */
const LEFT_OUT = /known regression|tokens dropped/;

let state = 12_345;
/** A linear congruential generator (Numerical Recipes): the same fit at every run. */
function random(): number {
  state = (state * 1_664_525 + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const gaussian = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());

const timeOf = (step: MeasuredStep, constants: Constants) =>
  stepTime(measuredShape(step), deviceOfChip(step.chip), step.layout, step.batch, constants);
const errorOf = (step: MeasuredStep, constants: Constants) => Math.log(timeOf(step, constants).total / step.seconds);

/** The mean of Huber's loss of the logarithmic errors, with its corner at 0.15. */
function lossOf(steps: readonly MeasuredStep[], constants: Constants): number {
  const each = steps.map((step) => Math.abs(errorOf(step, constants)));
  return each.reduce((sum, e) => sum + (e < 0.15 ? (e * e) / 0.3 : e - 0.075), 0) / steps.length;
}

function fit(steps: readonly MeasuredStep[], from: Constants, evaluations: number): Constants {
  const names = (Object.keys(from) as (keyof Constants)[]).filter((name) => name !== 'step');
  let best = from;
  let least = lossOf(steps, from);
  let spread = 0.2;
  let wins = 0;
  for (let i = 1; i <= evaluations; i++) {
    const trial = { ...best };
    const one = random() < 0.5 ? names[Math.floor(random() * names.length)] : null;
    for (const name of names) {
      if (one === null ? random() >= 0.4 : name !== one) continue;
      trial[name] = Math.min(
        HIGHEST[name] ?? Infinity,
        trial[name] * Math.exp((one === null ? 1 : 2) * spread * gaussian()),
      );
    }
    const loss = lossOf(steps, trial);
    if (loss < least) {
      best = trial;
      least = loss;
      wins++;
    }
    if (i % 60 === 0) {
      spread = wins > 8 ? Math.min(0.3, spread * 1.2) : Math.max(0.005, spread / 1.4);
      wins = 0;
    }
  }
  return best;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}

const steps = measuredSteps().filter((step) => !isSetAside(step) && !LEFT_OUT.test(step.note));
const evaluations = Number(process.argv[2] ?? 2500);
const constants = fit(steps, FITTED, evaluations);
const rounded = Object.fromEntries(
  Object.entries(constants).map(([name, value]) => [name, Number(value.toPrecision(3))]),
);
console.log('FITTED', rounded);

const widths: Record<Kind, number[]> = { dense: [], experts: [], early: [] };
for (const group of new Set(steps.map(({ model, chip }) => `${model} ${chip}`))) {
  const [model, chip] = group.split(' ');
  const rest = steps.filter((step) => step.model !== model && step.chip !== chip);
  const without = fit(rest, constants, Math.floor(evaluations / 5));
  for (const step of steps.filter((one) => one.model === model && one.chip === chip)) {
    const kind = kindOf(step);
    const share = kind === 'experts' ? expertShare(timeOf(step, without)) : 1;
    widths[kind].push(Math.abs(errorOf(step, without)) / share);
  }
}
console.log('WIDTHS');
for (const [kind, values] of Object.entries(widths))
  console.log(`  ${kind}: ${quantile(values, 0.9).toFixed(3)}, ${values.length} rows`);
