// Short names of a recipe's sources, for columns and lines of a chart.

import type { RecipeSource } from '../recipe/index.ts';

/** A short, unique name for each source: the package or the files, with the path inside if two are equal. */
export function sourceNames(sources: readonly RecipeSource[]): string[] {
  const list = (value: string | string[] | undefined): string => [value ?? []].flat().join(', ').slice(0, 100);
  const short = sources.map((s) => s.npm ?? list(s.files));
  const isRepeated = (names: string[], i: number) => names.some((name, j) => j !== i && name === names[i]);
  const long = short.map((name, i) => (isRepeated(short, i) ? `${name} ${list(sources[i].path)}`.trim() : name));
  return long.map((name, i) => (isRepeated(long, i) ? `${i + 1}: ${name}` : name));
}
