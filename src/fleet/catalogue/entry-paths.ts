// The paths of a catalogue's entries in its files, and the error for an unknown name.

import type { Both, JikjiError } from '../../base/index.ts';
import { nearestNameHints, type Path, type ValuePlaces } from '../../formats/index.ts';
import { FAULTS, knownNames } from './faults.ts';

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
  { path, what, name, names }: { path: Path; what: Both; name: string; names: readonly string[] },
): JikjiError {
  const hint = nearestNameHints(name, names, knownNames(what, names));
  return places.fault('catalogue-unknown', path, FAULTS.unknown(what, name, hint));
}
