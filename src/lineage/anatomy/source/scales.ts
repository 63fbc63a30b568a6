// Scales of FP8 weights, which are tensors beside them: NAME_scale_inv by blocks (despite its name it is what to multiply by), or NAME_scale
// for a tensor or for each row.

import { isObject } from '../../../base/index.ts';
import type { WeightFiles } from '../../../formats/index.ts';
import type { Fields } from '../outline.ts';

/** The limit of a tensor's scales. */
const MAX_SCALES = 1 << 22;

interface Grid {
  /** The tensor of the scales. */
  tensor: string;
  /** Columns of the weight. */
  columns: number;
  /** Rows and columns that share a scale. */
  block: [rows: number, columns: number];
  /** Scales in a row of the grid. */
  width: number;
  count: number;
}

const isFloat8 = (dtype: string): boolean => dtype.startsWith('F8_');

/** The sizes of blocks that a config states. */
function blockSizes(config: Fields): [number, number] | undefined {
  const { quantization_config: quantization } = config;
  const size = isObject(quantization) ? quantization.weight_block_size : undefined;
  const isPair = Array.isArray(size) && size.length === 2 && size.every((n) => Number.isSafeInteger(n) && n > 0);
  return isPair ? (size as [number, number]) : undefined;
}

/** The grid of a weight's scales, 'none' where it has no scales, undefined where its scales fit no known layout. */
export function gridOf(files: WeightFiles, name: string, config: Fields): Grid | 'none' | undefined {
  const info = files.tensors.get(name);
  const tensor = [`${name}_scale_inv`, `${name}_scale`].find((one) => files.tensors.has(one));
  if (!info || !isFloat8(info.dtype) || tensor === undefined) return 'none';
  const { shape, dtype } = files.tensors.get(tensor)!;
  if (!['F32', 'F16', 'BF16'].includes(dtype)) return undefined;
  const count = shape.reduce((product, n) => product * n, 1);
  const columns = info.shape.at(-1) ?? 1;
  const rows = info.shape.reduce((product, n) => product * n, 1) / Math.max(1, columns);
  const grid = { tensor, columns, count };
  if (count < 1 || count > MAX_SCALES) return undefined;
  if (count === 1) return { ...grid, block: [rows, columns], width: 1 };
  if (info.shape.length !== 2) return undefined;
  if (shape[0] === rows && count === rows) return { ...grid, block: [1, columns], width: 1 };
  const [r, c] = blockSizes(config) ?? [128, 128];
  if (shape.length !== 2 || shape[0] !== Math.ceil(rows / r) || shape[1] !== Math.ceil(columns / c)) return undefined;
  return { ...grid, block: [r, c], width: shape[1] };
}

/** Multiplies numbers of a weight, from element `offset` on, by their scales. */
export function applyScales(
  scales: Float32Array,
  { columns, block, width }: Grid,
  values: Float32Array,
  offset: number,
): void {
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor((offset + i) / columns);
    const column = (offset + i) % columns;
    values[i]! *= scales[Math.floor(row / block[0]) * width + Math.floor(column / block[1])]!;
  }
}
