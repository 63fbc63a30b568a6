// Short names of a recipe's sources, for columns and lines of a chart.

import type { RecipeSource } from '../recipe/index.ts';

/** A short name for each source, no two alike: the package or the files, and the path inside where it is needed. */
export function sourceNames(sources: readonly RecipeSource[]): string[] {
  const list = (value: string | string[] | undefined): string => [value ?? []].flat().join(', ').slice(0, 100);
  const short = sources.map((s) => s.npm ?? list(s.files));
  const alike = (names: string[], i: number) => names.some((name, j) => j !== i && name === names[i]);
  const long = short.map((name, i) => (alike(short, i) ? `${name} ${list(sources[i]!.path)}`.trim() : name));
  return long.map((name, i) => (alike(long, i) ? `${i + 1}: ${name}` : name));
}
