// Normal random numbers by counting: a function of seed, name and place only. docs/arithmetic.md, "Random numbers".

import { normal64 } from './functions.ts';
import { keyOf, philox4x32, type Seed, streamOf } from './philox.ts';

/** Where numbers come from: the name selects the stream, `std` is their standard deviation. */
export interface Normals {
  name: string;
  seed: Seed;
  std: number;
}

/** The `count` numbers of a stream from number `first` on. */
export function normals({ name, seed, std }: Normals, first: number, count: number): Float32Array {
  const values = new Float32Array(count);
  const stream = streamOf(name);
  const key = keyOf(seed);
  for (let k = 0; k < count; k++) {
    const i = first + k;
    const x = philox4x32([Math.floor(i / 4) >>> 0, 0, ...stream], key)[i % 4]!;
    values[k] = normal64(((x >>> 9) + 0.5) * 2 ** -23) * std;
  }
  return values;
}
