// Weights as signed bytes, for tests.

import { Q8 } from '../../../engine/index.ts';
import { encodeNumbers } from '../../../formats/gguf-numbers.ts';
import { type ModelConfig, parameters, type StoredWeights } from '../index.ts';

/** Weights with their matrices, those with rows of whole blocks, stored as bytes. */
export function asQ8(config: ModelConfig, read: StoredWeights['read']): StoredWeights {
  const matrices = parameters(config).filter(({ shape }) => shape.length === 2 && shape[1] % Q8.block === 0);
  const shapes = new Map(matrices.map(({ name, shape }) => [name, shape as [number, number]]));
  return {
    read,
    q8: {
      names: new Set(shapes.keys()),
      read: (name, first, blocks) => {
        const [rows, columns] = shapes.get(name)!;
        const values = new Float32Array(rows * columns);
        read(name, values);
        const stored = encodeNumbers('Q8_0', values);
        const at = (first * columns * Q8.bytes) / Q8.block;
        blocks.set(stored.subarray(at, at + blocks.length));
      },
    },
  };
}
