// A random order of 0 to n - 1, by a name.

import { philox4x32, streamOf } from '../../engine/index.ts';

export function drawnOrder(name: string, n: number): number[] {
  const stream = streamOf(`order ${name}`);
  const keys = Array.from({ length: n }, (_, i) => philox4x32([i, 0, 0, 0], stream));
  return keys.map((_, i) => i).sort((a, b) => keys[a]![0] - keys[b]![0] || keys[a]![1] - keys[b]![1] || a - b);
}
