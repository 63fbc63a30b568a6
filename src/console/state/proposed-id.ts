// An id for something new, proposed from its English name. It romanises nothing: what is no letter of the Latin alphabet falls away.

/** The longest that leaves room for a number behind it. */
const MAX_LENGTH = 56;

/** Letters, digits and hyphens of a name; empty if it has none. */
const wordOf = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');

/** Not among `taken`: `han-models`, `han-models-2`. `or`: for a name without such letters. Empty for an empty name. */
export function proposedId(name: string, taken: Iterable<string>, or: string): string {
  if (name.trim() === '') return '';
  const known = new Set(taken);
  const base = wordOf(name) || or;
  for (let n = 2, id = base; ; id = `${base}-${n++}`) if (!known.has(id)) return id;
}
