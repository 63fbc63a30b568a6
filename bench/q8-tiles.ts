// Both kinds of tile for q8_0 on this processor, in turn: products of x[M, 2048] with a weight [2048, 2048], in one thread. Both give the same
// bits, which is checked. Prints multiply-adds, and which kind an engine takes here by itself; fails where that is the slower one for prompts.
// usage: node bench/q8-tiles.ts

import { type Engine, openWebAssembly } from '../src/engine/index.ts';
import { processor } from './measuring.ts';
import { median } from './table.ts';

const SIZE = 2048;
const PAIRS = 9;
/** Multiply-adds of one measurement: some tenths of a second. */
const WORK = 4e9;
/** From so many rows on the product is of a prompt, not of texts that go on. */
const PROMPT = 64;

function open(M: number, q8Group?: 2 | 4): { engine: Engine; product(): void; y: Float32Array } {
  const { engine, declared } = openWebAssembly(
    {
      declare: (e: Engine) => ({
        e,
        x: e.tensor([M, SIZE]),
        y: e.tensor([M, SIZE]),
        weight: e.weight([SIZE, SIZE], { multiplied: true, q8: true }),
      }),
      exercise: ({ e, x, y, weight }) => {
        e.loadBlocks(weight, () => {});
        e.linear({ x, layers: [{ weight, y }] });
      },
      description: 'products',
      hint: 'close other programs',
    },
    { threads: 1, ...(q8Group && { q8Group }) },
  );
  const { x, y, weight } = declared;
  engine.loadBlocks(weight, (_, blocks) => {
    // Scales of binary16 below 1, then 32 bytes.
    for (const i of blocks.keys()) blocks[i] = i % 34 < 2 ? 0x20 : Math.imul(i, 0x9e3779b1) >>> 24;
  });
  const values = engine.floats(x);
  for (const i of values.keys()) values[i] = Math.sin(i);
  return { engine, product: () => engine.linear({ x, layers: [{ weight, y }] }), y: engine.floats(y) };
}

/** Thousand million multiply-adds a second. */
function speed(M: number, product: () => void) {
  const calls = Math.max(1, Math.round(WORK / (M * SIZE * SIZE)));
  const start = performance.now();
  for (let i = 0; i < calls; i++) product();
  return (calls * M * SIZE * SIZE) / (performance.now() - start) / 1e6;
}

const own = open(1);
const taken = own.engine.q8Group!;
own.engine.close();
console.log(`${processor()}; taken here: ${taken === 4 ? 'digits' : 'pairs'}; 10^9 multiply-adds a second`);
console.log('rows  pairs  digits  digits over pairs (least to most)');
let slower = false;
for (const M of [1, 2, 4, 8, 64, 256]) {
  const [pairs, digits] = [open(M, 2), open(M, 4)];
  for (const { product } of [pairs, digits]) product();
  if (Buffer.compare(Buffer.from(pairs.y.slice().buffer), Buffer.from(digits.y.slice().buffer)) !== 0) {
    throw new Error(`${M} rows: the two kinds differ`);
  }
  const measured = Array.from({ length: PAIRS }, () => [speed(M, pairs.product), speed(M, digits.product)] as const);
  const ratios = measured.map(([a, b]) => b / a).sort((a, b) => a - b);
  const ratio = median(ratios);
  const cells = [0, 1].map((i) => median(measured.map((one) => one[i]!)).toFixed(1));
  const range = `${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`;
  console.log(
    `${String(M).padStart(4)}  ${cells[0]!.padStart(5)}  ${cells[1]!.padStart(6)}  ${ratio.toFixed(2)} (${range})`,
  );
  if (M >= PROMPT && (taken === 4 ? ratio < 1 : ratio > 1)) slower = true;
  for (const { engine } of [pairs, digits]) engine.close();
}
process.exitCode = slower ? 1 : 0;
