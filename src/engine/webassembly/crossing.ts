// What crosses into the kernels, from the table that both sides are made of (kernels/crossing.mjs writes theirs).

import table from './crossing.json' with { type: 'json' };

type Groups = typeof table.operations;
type OfAll<Group> = Group extends unknown
  ? { [Name in keyof Group]: { [Argument in keyof Group[Name]]: number } }
  : never;
type Merged<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type Arguments = Merged<OfAll<Groups[keyof Groups]>>;

export type Kernel = keyof Arguments;

const kernels = Object.values(table.operations).flatMap((group) => Object.entries<Record<string, string>>(group));

/** Words that an argument takes. */
const WORDS: Record<string, number> = { f64: 2 };

/** Numbers of the kernels in the job loop. */
export const NUMBER = Object.fromEntries(kernels.map(([name], i) => [name, i])) as Record<Kernel, number>;

/** By kernel and argument: the first of its 32-bit words. */
export const ARGUMENTS = Object.fromEntries(
  kernels.map(([name, kinds]) => {
    let word = 0;
    const places = Object.entries(kinds).map(([argument, kind]) => {
      const place = word;
      word += WORDS[kind] ?? 1;
      return [argument, place];
    });
    return [name, Object.fromEntries(places)];
  }),
) as Arguments;

/** FNV-1a over the table as JSON: kernels that were built from another table are refused. */
export const FINGERPRINT = ((): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(table))) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
})();

export const { memory: PLACES, control: CONTROL, sizes: SIZES, exit: EXIT } = table;
