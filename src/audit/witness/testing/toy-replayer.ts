// Stands in for `python3 -m jikji_witness.replay` in tests: the messages of docs/witness.md over the toy training. MODE says how it behaves:
// `honest`, `rounds` (another environment: its gradients have other rounding; of `rounds-later` S_0 has the same bits, of `rounds-sometimes` the first ten steps too, of
// `rounds-threads` the same, with all that the run declares but the number of threads that share a product; of
// `rounds-rates` the schedule rounds otherwise, as of `rates` in the environment that the run declares, and of `rounds-other-rates` is another one; of `draws` its
// batches after step 20 are drawn from generators whose state is not known; in
// `rounds-floats` its batches are floating-point numbers, which come out otherwise; in `floats` that of step 12 alone, and all else is the same), or one of
// several kinds of mischief.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { elementsOf } from '../../../engine/engine.ts';
import { Safetensors } from '../../../formats/safetensors.ts';
import { bits64 } from '../../../ledger/index.ts';
import { ENVIRONMENT, rootOf, writeState } from './toy-run.ts';
import { advance, batchOf, begin, gradientOf, learningRateOf, RECIPE, SHAPES, type ToyState } from './toy-training.ts';

const [mode = 'honest', ...args] = process.argv.slice(2);
const option = (name: string): string => args[args.indexOf(name) + 1]!;
const run = option('--run');
const { commitment } = JSON.parse(
  Buffer.from(JSON.parse(readFileSync(`${run}/genesis.json`, 'utf8')).payload, 'base64').toString(),
).predicate;
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
/** The setting that the audit asks for to calibrate itself rounds in another way. */
const isOther = mode.startsWith('rounds');
const rounding = (isOther ? 2e-7 : 0) + (process.env.ATEN_CPU_CAPABILITY === undefined ? 0 : 3e-7);

const hasFloats = ['rounds-floats', 'floats'].includes(mode);
/** The batch as this machine computes it. */
const batchHere = (step: number): string => (mode === 'rounds-floats' ? batchOf(-step) : batchOf(step));

const isDrawn = (step: number): boolean => mode === 'draws' && step > 20;
/** Rounding as of a cosine in binary32: beside the largest rate. */
const rateNoise =
  ({ 'rounds-rates': 2 ** -23, rates: 2 ** -23, 'rounds-other-rates': 2 ** -20 }[mode] ?? 0) * learningRateOf(10);

/** That of a step in training. */
const noiseOf = (step: number): number =>
  ['rounds-sometimes', 'rounds-threads'].includes(mode) && step <= 10 ? 0 : rounding;

function stateOf(step: number, restored = false): ToyState {
  if (step === 0 && !restored) return begin(commitment.seed);
  const file = Safetensors.open(`${run}/states/step-${String(step).padStart(6, '0')}/part-0000-of-0001.safetensors`);
  const read = (prefix: string) =>
    Object.fromEntries(
      Object.keys(SHAPES).map((name) => {
        if (step === 0 && prefix !== '') return [name, new Float32Array(elementsOf(SHAPES[name]!))];
        const bytes = new Uint8Array(file.tensors.get(prefix + name)!.byteLength);
        file.read(prefix + name, bytes);
        return [name, new Float32Array(bytes.buffer)];
      }),
    );
  return { step, weights: read(''), first: read('optimizer.exp_avg.'), second: read('optimizer.exp_avg_sq.') };
}

function sketchOf(differences: Readonly<Record<string, Float64Array>>, key: string, scale: number): string {
  const sketch = new Float32Array(4096);
  for (const [name, values] of Object.entries(differences)) {
    const start = createHash('sha256').update(Buffer.from(key, 'hex')).update(name).digest();
    for (const [i, value] of values.entries()) {
      const hash = createHash('sha256').update(start).update(String(i)).digest();
      sketch[hash.readUInt16BE() % 4096]! += (hash[2]! & 1 ? -1 : 1) * (value / scale);
    }
  }
  return Buffer.from(sketch.buffer).toString('base64');
}

const norm = (lists: readonly Float64Array[]): number =>
  Math.sqrt(lists.reduce((sum, list) => list.reduce((s, x) => s + x * x, sum), 0));

function gradient(step: number, key: string): object {
  const [before, after] = [step === 1 ? stateOf(0) : stateOf(step - 1), stateOf(step)];
  const own = gradientOf(before, step, { noise: rounding });
  const differences = Object.fromEntries(
    Object.keys(SHAPES).map((name) => [
      name,
      Float64Array.from(own[name]!, (g, i) => (after.first[name]![i]! - 0.9 * before.first[name]![i]!) / (1 - 0.9) - g),
    ]),
  );
  const size = norm(Object.values(own).map((list) => Float64Array.from(list)));
  const tensors = Object.keys(SHAPES).map((name) => ({
    name,
    own: bits64(norm([Float64Array.from(own[name]!)])),
    difference: bits64(norm([differences[name]!])),
  }));
  const difference = bits64(norm(Object.values(differences)));
  const { loss, gradNorm } = advance(before, { noise: rounding });
  const figures = { loss: bits64(loss), gradNorm: bits64(gradNorm) };
  return {
    done: 'gradient',
    own: bits64(size),
    difference,
    sketch: sketchOf(differences, key, size),
    tensors,
    ...figures,
  };
}

const movedBy = (units: number, weights: ToyState['weights']): ToyState['weights'] =>
  Object.fromEntries(
    Object.entries(weights).map(([name, values]) => [
      name,
      values.map((value, i) => value * (1 + (i % 2 === 0 ? 1 : -1) * units * 2 ** -24)),
    ]),
  );

/** How this environment differs from what the run declares. */
function differenceHere(): Partial<typeof ENVIRONMENT> {
  if (mode === 'rounds-threads') return { flags: { OPENBLAS_NUM_THREADS: '2' } };
  return isOther || hasFloats ? { capability: 'AVX2' } : {};
}

interface Request {
  from: number;
  to: number;
  folder?: string;
  moved?: number;
  step: number;
  key: string;
}
const answers: Record<string, (request: Request) => void> = {
  open: () => say({ done: 'open', environment: { ...ENVIRONMENT, ...differenceHere() } }),
  origin: () => {
    const state = begin(commitment.seed);
    const stored =
      mode === 'rounds'
        ? {
            ...state,
            weights: { ...state.weights, 'layer.bias': state.weights['layer.bias']!.map((w) => w * (1 + 1e-7)) },
          }
        : state;
    // The optimizer's name plays no part in a toy's training, so it may be any.
    const { class: name } = JSON.parse(readFileSync(`${run}/recipe.json`, 'utf8')).optimizer;
    const optimizer = { ...RECIPE.optimizer, class: name };
    say({ done: 'origin', root: rootOf(stored), furthest: furthest(stored), typical: furthest(stored), optimizer });
  },
  schedule: ({ from, to }) => {
    for (let step = from; step <= to; step++)
      say({
        step,
        batch: (mode === 'floats' && step === 12) || isDrawn(step) ? batchOf(-step) : batchHere(step),
        learningRate: bits64(learningRateOf(step) + rateNoise),
        ...(hasFloats && { floats: true }),
        ...(isDrawn(step) && { drawn: true }),
      });
    say({ done: 'schedule' });
  },
  train: ({ from, to, folder, moved = 0 }) => {
    let state = stateOf(from, folder !== undefined);
    if (moved > 0) state = { ...state, weights: movedBy(moved, state.weights) };
    for (let step = from + 1; step <= to; step++) {
      const done = advance(state, { noise: noiseOf(step) });
      state = done.state;
      const figures = {
        batch: batchHere(step),
        gradNorm: bits64(done.gradNorm),
        learningRate: bits64(learningRateOf(step)),
        loss: bits64(done.loss),
      };
      say({ step, ...figures, ...(step === to && { stateRoot: rootOf(state) }) });
    }
    if (folder !== undefined) writeState(folder, state);
    say({ done: 'train' });
  },
  gradient: ({ step, key }) => say(gradient(step, key)),
};

/** The largest relative difference from the stored S_0; null where that is not there. */
function furthest(state: ToyState): string | null {
  if (!existsSync(`${run}/states/step-000000`)) return null;
  const stored = (() => {
    const file = Safetensors.open(`${run}/states/step-000000/part-0000-of-0001.safetensors`);
    return (name: string): Float32Array => {
      const bytes = new Uint8Array(file.tensors.get(name)!.byteLength);
      file.read(name, bytes);
      return new Float32Array(bytes.buffer);
    };
  })();
  let most = 0;
  for (const name of Object.keys(SHAPES))
    for (const [i, value] of stored(name).entries()) {
      const other = state.weights[name]![i]!;
      most = Math.max(most, Math.abs(value - other) / Math.max(Math.abs(value), Math.abs(other)));
    }
  return bits64(most);
}

/** Writes until it is killed: a pipe that is full refuses for a while. */
function flood(): never {
  for (;;)
    try {
      writeSync(1, 'x'.repeat(1 << 16));
    } catch {}
}

/** The records of the run that is audited: what a liar in the maker's favour repeats. */
const records = (): Record<string, string>[] =>
  readFileSync(`${run}/transcript.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** As the answers of docs/witness.md, with false numbers. */
const lies: Record<string, Partial<typeof answers>> = {
  // Of every step what its record says.
  echoes: {
    origin: () =>
      say({
        done: 'origin',
        root: commitment.stateRoot,
        furthest: bits64(0),
        typical: bits64(0),
        optimizer: RECIPE.optimizer,
      }),
    train: ({ from, to }) => {
      for (const { batch, gradNorm, learningRate, loss, stateRoot, step } of records().slice(from, to)) {
        const rate = bits64(Buffer.from(learningRate!, 'hex').readFloatBE());
        say({ step, batch, gradNorm, learningRate: rate, loss, ...(stateRoot && { stateRoot }) });
      }
      say({ done: 'train' });
    },
    gradient: ({ step, key }) => {
      const { loss, gradNorm } = records()[step - 1]!;
      say({ ...gradient(step, key), difference: bits64(0), loss, gradNorm });
    },
  },
  'one-segment': {
    train: (request) => {
      if (request.from === 20) tellFalsely(request);
      else answers.train!(request);
    },
  },
  falsely: { train: (request) => tellFalsely(request) },
  endless: {
    train: ({ from }) => {
      const line = { batch: batchOf(1), gradNorm: bits64(1), learningRate: bits64(1), loss: bits64(1) };
      endlessly((i) => ({ step: from + 1 + i, ...line }));
    },
  },
  'again-and-again': {
    schedule: ({ from, to }) =>
      endlessly((i) => {
        const step = from + (i % (to - from + 1));
        return { step, batch: batchOf(step), learningRate: bits64(learningRateOf(step)) };
      }),
  },
  'another-step': {
    train: ({ from }) =>
      say({ step: from + 2, batch: batchOf(1), gradNorm: bits64(1), learningRate: bits64(1), loss: bits64(1) }),
  },
  'no-distance': {
    origin: () =>
      say({
        done: 'origin',
        root: '0'.repeat(64),
        furthest: bits64(Number.NaN),
        typical: bits64(Number.NaN),
        optimizer: RECIPE.optimizer,
      }),
  },
  'below-zero': {
    gradient: ({ step, key }) => say({ ...gradient(step, key), difference: bits64(-1) }),
  },
  'short-sketch': {
    gradient: ({ step, key }) => say({ ...gradient(step, key), sketch: 'AAAA' }),
  },
};

function tellFalsely({ from, to }: Pick<Request, 'from' | 'to'>): void {
  for (let step = from + 1; step <= to; step++) {
    const figures = { gradNorm: bits64(2), learningRate: bits64(learningRateOf(step)), loss: bits64(Number.NaN) };
    say({ step, batch: batchOf(step), ...figures, ...(step === to && { stateRoot: '0'.repeat(64) }) });
  }
  say({ done: 'train' });
}

/** Lines of the right form until it is killed. */
function endlessly(lineOf: (i: number) => object): never {
  for (let i = 0; ; i++)
    try {
      writeSync(1, `${JSON.stringify(lineOf(i))}\n`);
    } catch {
      i--;
    }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line);
  const isTrain = request.do === 'train';
  if (mode === 'hangs' && isTrain) return;
  if (mode === 'dies' && isTrain) process.exit(3);
  if (mode === 'floods' && isTrain) flood();
  if (mode === 'babbles' && isTrain) return void process.stdout.write('Training...\n');
  if (mode === 'lies' && isTrain) return say({ done: 'train' });
  (lies[mode]?.[request.do] ?? answers[request.do])!(request);
});
