// The interface between the engine and its kernels, from the table that both sides are made of: kernels/crossing.mjs writes the kernels' side.

import type { Tensor } from '../engine.ts';
import table from './crossing.json' with { type: 'json' };

type Groups = typeof table.operations;
type Merged<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Kernels = Merged<Groups[keyof Groups]>;

export type Kernel = keyof Kernels;

/** The arguments of a kernel by name. A tensor stands for its address. */
export type ArgumentsOf<Name extends Kernel> = { [Argument in keyof Kernels[Name]]: number | boolean | Tensor };

/** An argument of a kernel; `word` is the first of its 32-bit words. */
interface Argument {
  name: string;
  kind: string;
  word: number;
}

const kernels = Object.values(table.operations).flatMap((group) => Object.entries<Record<string, string>>(group));

/** Numbers of the kernels in the job loop. */
export const KERNEL_NUMBERS = Object.fromEntries(kernels.map(([name], i) => [name, i])) as Record<Kernel, number>;

export const ARGUMENTS = Object.fromEntries(
  kernels.map(([name, kinds]) => {
    let next = 0;
    const list = Object.entries(kinds).map(([argument, kind]): Argument => {
      const word = next;
      next += kind === 'f64' ? 2 : 1;
      return { name: argument, kind, word };
    });
    return [name, list];
  }),
) as Record<Kernel, Argument[]>;

/** FNV-1a over the table as JSON: kernels that were built from another table are refused. */
export const FINGERPRINT = ((): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(table))) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
})();

export const { memory: ADDRESSES, control: CONTROL, sizes: SIZES, exit: EXIT } = table;
