// Muon: the speed of its Newton-Schulz steps as a share of what the tiles can do, by shape, and the time of an update of the matrices of
// recipes/hello.yaml. The peak and updates are measured in turn, and the fastest of each counts: other work on the machine only slows.
// usage: npm run bench:muon -- [--threads N] [--rounds N]; exit code 1 where a shape with sides of 512 and more is below the goal

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Engine, type MuonMatrix, NEWTON_SCHULZ, openWebAssembly, type Program } from '../src/engine/index.ts';
import { parseRecipe } from '../src/foundry/index.ts';
import { parameters } from '../src/foundry/model/index.ts';
import { optimizerOf } from '../src/foundry/train/index.ts';
import { kept, processor } from './measuring.ts';
import { median } from './table.ts';

/** Of the operations that are really done: the plain algorithm has up to a half more. */
const GOAL = 0.6;
const GOAL_SIDE = 512;

const SHAPES = [
  [192, 192],
  [192, 512],
  [512, 512],
  [512, 1408],
  [768, 2048],
] as const;

const HELLO = join(import.meta.dirname, '../recipes/hello.yaml');

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '30' },
  },
});
const [threads, rounds] = [values.threads, values.rounds].map(Number) as [number, number];
if (![threads, rounds].every((n) => Number.isInteger(n) && n > 0)) {
  console.error('usage: npm run bench:muon -- [--threads N] [--rounds N]');
  process.exit(2);
}

type Shape = readonly [R: number, C: number];

/** Operations of the three products of each step, as they are written; then those that are done, since two of the products are symmetric. */
function operations([R, C]: Shape) {
  const [r, c] = [Math.min(R, C), Math.max(R, C)];
  const { steps } = NEWTON_SCHULZ;
  return { plain: steps * (4 * r * r * c + 2 * r ** 3), done: steps * (2 * r * r * c + r * (r + 1) * (c + r)) };
}

const UPDATE = { learningRate: 1e-3, weightDecay: 0.1, momentum: 0.95, clip: 1 };

/** Matrices with random gradients, in an engine of their own. */
function updating(shapes: readonly Shape[]): Program<{ e: Engine; matrices: MuonMatrix[] }> {
  return {
    declare: (e) => ({
      e,
      matrices: shapes.map((shape) => ({ w: e.tensor(shape), g: e.tensor(shape), m: e.tensor(shape) })),
    }),
    exercise: ({ e, matrices }) => e.muon({ matrices, ...UPDATE }),
    description: 'a benchmark',
    hint: 'none',
  };
}

interface Measured {
  tile: number | undefined;
  /** By round: GFLOP/s of the tiles alone, and seconds of an update and of its products. */
  peaks: number[];
  seconds: number[];
  products: number[];
}

function measure(shapes: readonly Shape[]) {
  const { engine, declared } = openWebAssembly(updating(shapes), { threads });
  try {
    for (const [i, { g }] of declared.matrices.entries()) engine.random({ target: g, name: `${i}`, seed: 1, std: 1 });
    const measured: Measured = { tile: engine.tile, peaks: [], seconds: [], products: [] };
    engine.muon({ matrices: declared.matrices, ...UPDATE });
    for (let round = 0; round < rounds; round++) {
      measured.peaks.push(engine.measurePeak());
      engine.timings = new Map();
      const start = performance.now();
      engine.muon({ matrices: declared.matrices, ...UPDATE });
      measured.seconds.push((performance.now() - start) / 1000);
      measured.products.push(engine.timings.get('muon')!.milliseconds / 1000);
      engine.timings = undefined;
    }
    return measured;
  } finally {
    engine.close();
  }
}

const percent = (share: number) => `${Math.round(share * 100)}%`.padStart(5);

console.log(`${processor()}, ${threads} threads; Node ${process.version}`);
console.log('shape         tile   GFLOP/s   of peak   plain count   whole update, ms');
for (const shape of SHAPES) {
  const { plain, done } = operations(shape);
  const { tile, peaks, seconds, products } = measure([shape]);
  const gflops = done / Math.min(...products) / 1e9;
  const share = gflops / Math.max(...peaks);
  const isGoal = Math.min(...shape) >= GOAL_SIDE;
  const isBelow = isGoal && share < GOAL;
  if (isBelow) process.exitCode = 1;
  console.log(
    `${shape.join(' x ').padEnd(12)}${`${tile}`.padStart(6)}${gflops.toFixed(0).padStart(10)}${percent(share).padStart(10)}` +
      `${percent((share * plain) / done).padStart(14)}${(Math.min(...seconds) * 1000).toFixed(2).padStart(19)}` +
      (isGoal ? `   at least ${percent(GOAL).trim()}: ${kept(!isBelow)}` : ''),
  );
}
const { model, tokenizer, train } = parseRecipe(readFileSync(HELLO, 'utf8'), { file: HELLO });
const hello = parameters({ ...model, vocabSize: tokenizer.vocabSize })
  .filter((parameter) => optimizerOf({ ...train, optimizer: 'muon' }, parameter) === 'muon')
  .map(({ shape }) => shape as unknown as Shape);
const { peaks, seconds } = measure(hello);
const done = hello.reduce((sum, shape) => sum + operations(shape).done, 0);
const share = done / Math.min(...seconds) / 1e9 / Math.max(...peaks);
console.log(
  `an update of hello: ${(median(seconds) * 1000).toFixed(1)} ms, the fastest ${(Math.min(...seconds) * 1000).toFixed(1)}; ${hello.length} matrices, ${percent(share).trim()} of the peak with all that is not a product`,
);
