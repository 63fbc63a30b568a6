// `npm run bench:witness-steps [-- RUNS [SEED]]`: steps that PyTorch's Adam and AdamW made, against the audit's check of the optimizer. How many
// honest ones lie outside it, how often a weight that is moved by one unit in its last place is seen, and the room of a step. Exit code 1 where
// an honest step lies outside. 12 steps a run; with 1,700 runs as many as bench/witness.md names.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compareStep, waysOf } from '../src/audit/witness/adamw-step.ts';
import { groupOf, type Numbers, ROUNDING } from '../src/audit/witness/parameters.ts';

interface StepOfPyTorch {
  class: string;
  dtype: string;
  path: string;
  options: Record<string, unknown>;
  step: number;
  learningRate: number;
  before: Record<keyof Numbers, string>;
  after: Record<keyof Numbers, string>;
}
/** Of the steps of one type and path whose learning rate is that of a training. */
interface Row {
  steps: number;
  moved: number;
  seen: number;
  rooms: number[];
}

const numbersOf = (of: StepOfPyTorch['before']): Numbers => {
  const doubles = (hex: string) => new Float64Array(new Uint8Array(Buffer.from(hex, 'hex')).buffer);
  return { weights: doubles(of.weights), first: doubles(of.first), second: doubles(of.second) };
};

/** The next number of the type away from 0. */
function outward(x: number, half: number) {
  const unit = 2 ** Math.floor(Math.log2(Math.abs(x))) * 2 * half;
  return x + Math.sign(x) * unit;
}

function comparedWith(of: StepOfPyTorch) {
  const before = numbersOf(of.before);
  const step = {
    group: groupOf(of.class, of.options)!,
    learningRate: of.learningRate,
    steps: of.step,
    weights: of.dtype,
    moments: of.dtype,
  };
  return (after: Numbers) =>
    waysOf(of.options)
      .named.map((way) => compareStep(before, after, step, way))
      .find(({ fault }) => !fault);
}

const isOfTraining = ({ learningRate, options }: StepOfPyTorch) =>
  learningRate >= 1e-4 && learningRate <= 1e-3 && (options.betas as number[])[0]! >= 0.9 && options.lr !== undefined;

function addTo(row: Row, of: StepOfPyTorch, { moved, open }: { moved: number; open: number }) {
  const passes = comparedWith(of);
  const after = numbersOf(of.after);
  row.steps++;
  if (moved > 0) row.rooms.push(Math.sqrt(open / moved));
  for (const [i, w] of after.weights.entries()) {
    if (w === 0) continue;
    row.moved++;
    if (!passes({ ...after, weights: after.weights.with(i, outward(w, ROUNDING[of.dtype]!)) })) row.seen++;
  }
}

const [runs, seed] = [Number(process.argv[2] ?? 1700), Number(process.argv[3] ?? 1)];
const args = [join(import.meta.dirname, 'witness_steps.py'), String(seed), String(runs)];
const child = spawn(process.env.PYTHON ?? '/usr/bin/python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
const rows = new Map<string, Row>();
let [all, outside] = [0, 0];
for await (const line of createInterface(child.stdout)) {
  const of: StepOfPyTorch = JSON.parse(line);
  const found = comparedWith(of)(numbersOf(of.after));
  all++;
  if (!found) {
    outside++;
    console.log(`outside: ${of.class} ${of.dtype} ${of.path} ${JSON.stringify(of.options)} step ${of.step}`);
  } else if (isOfTraining(of)) {
    // A loop and lists of tensors both round each result.
    const name = `${of.dtype} ${of.path === 'loop' ? 'foreach' : of.path}`;
    if (!rows.has(name)) rows.set(name, { steps: 0, moved: 0, seen: 0, rooms: [] });
    addTo(rows.get(name)!, of, found);
  }
}
console.log(`${outside} of ${all} honest steps lie outside (seed ${seed})`);
for (const [name, { steps, moved, seen, rooms }] of [...rows].sort()) {
  const sorted = rooms.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toExponential(1);
  console.log(
    `${name}: ${steps} steps; one unit seen ${((100 * seen) / moved).toFixed(2)}%; room ${at(0.5)} in the median, ${at(0.95)} in 95%`,
  );
}
const status = await ended;
process.exitCode = status !== 0 || all !== 12 * runs || outside > 0 ? 1 : 0;
