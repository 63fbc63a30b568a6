// Controls beside a comparison: what the same tests find between the reference and copies of it whose relation is known, on some of its own
// blocks. They show what could have been seen; no verdict depends on them.

import { normals, philox4x32, streamOf } from '../../engine/index.ts';
import type { SampledBlock } from '../sketch/index.ts';
import { compareBlocks, type PairOptions } from './blocks.ts';
import { rowsOf } from './matching.ts';

/** Blocks of a group that controls are made of. */
export const CONTROL_BLOCKS = 4;

/** Matches in place, of so many, and signs that agree; how a copy was made. */
export interface Control {
  /** A copy with noise as large as its weights, or three times; its units in a random order; random numbers of the same size. */
  name: 'noise' | 'noise-3' | 'shuffled' | 'random';
  inPlace: number;
  matches: number;
  signs: { agreeing: number; of: number } | undefined;
}

/** The root of the mean square. */
function sizeOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) if (Number.isFinite(value)) sum += value * value;
  return Math.sqrt(sum / Math.max(1, values.length));
}

/** weight * keep + noise of `share` of the weights' size. */
function altered(key: string, block: SampledBlock, keep: 0 | 1, share: number): SampledBlock {
  const change = (read: () => Float32Array, what: string) => () => {
    const values = read();
    const noise = normals(
      { name: `${key} ${block.name} ${what}`, seed: 0, std: share * sizeOf(values) },
      0,
      values.length,
    );
    return values.map((value, i) => keep * value + noise[i]!);
  };
  return { ...block, rows: change(block.rows, 'rows'), signed: block.signed && change(block.signed, 'signed') };
}

function shuffled(key: string, block: SampledBlock): SampledBlock {
  const order = drawnOrder(`${key} ${block.name}`, block.labels.length);
  const change = (read: () => Float32Array) => () =>
    rowsOf({ rows: block.labels.length, columns: block.columns, values: read() }, order).values;
  return { ...block, rows: change(block.rows), signed: block.signed && change(block.signed) };
}

const COPIES: readonly [Control['name'], (key: string, block: SampledBlock) => SampledBlock][] = [
  ['noise', (key, block) => altered(key, block, 1, 1)],
  ['noise-3', (key, block) => altered(key, block, 1, 3)],
  ['shuffled', shuffled],
  ['random', (key, block) => altered(key, block, 0, 1)],
];

/** The controls of a group of the reference. */
export function controlsOf(key: string, blocks: readonly SampledBlock[], options: Omit<PairOptions, 'map'>): Control[] {
  const some = blocks.slice(0, CONTROL_BLOCKS);
  return COPIES.map(([name, copy]) => {
    const pairs = some.map((block) => compareBlocks(copy(key, block), block, { ...options, map: undefined }));
    const sum = (of: (pair: (typeof pairs)[number]) => number): number =>
      pairs.reduce((total, one) => total + of(one), 0);
    const signs = { agreeing: sum((pair) => pair.signs?.agreeing ?? 0), of: sum((pair) => pair.signs?.of ?? 0) };
    return {
      name,
      inPlace: sum(({ inPlace }) => inPlace),
      matches: sum(({ matches }) => matches.length),
      signs: signs.of > 0 ? signs : undefined,
    };
  });
}

/** A random order of 0 to n - 1, by a name. */
function drawnOrder(name: string, n: number): number[] {
  const stream = streamOf(`order ${name}`);
  const keys = Array.from({ length: n }, (_, i) => philox4x32([i, 0, 0, 0], stream));
  return keys.map((_, i) => i).sort((a, b) => keys[a]![0] - keys[b]![0] || keys[a]![1] - keys[b]![1] || a - b);
}
