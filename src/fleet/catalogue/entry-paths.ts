// The paths of a catalogue's entries in its files, and the error for an unknown name.

import type { JikjiError } from '../../base/index.ts';
import { nearestNameHint, type Path, type ValuePlaces } from '../../formats/index.ts';

/** The path of an entry and of each of its needs in one file. */
export interface EntryPath {
  places: ValuePlaces;
  path: Path;
  needs: Path[];
}

/** By the id of a component, or `use ID`. */
export type EntryPaths = Map<string, EntryPath>;

/** The error for a name that no entry has. `what`: the kind of entry that it should name. */
export function unknownName(
  places: ValuePlaces,
  { path, what, name, names }: { path: Path; what: string; name: string; names: readonly string[] },
): JikjiError {
  const known = names.length > 0 ? `there are: ${names.slice(0, 8).join(', ')}` : `the catalogue has no ${what}`;
  const hint = nearestNameHint(name, names, known);
  return places.error('catalogue-unknown', path, `there is no ${what} "${name}"`, hint);
}
