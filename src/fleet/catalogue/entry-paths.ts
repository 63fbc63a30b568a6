// The places of a catalogue's entries in its files, and the error for an unknown name.

import type { JikjiError } from '../../base/index.ts';
import { nearestNameHint, type Path, type ValuePlaces } from '../../formats/index.ts';

/** The places of the needs of each component and use. */
export type EntryPaths = Map<string, { places: ValuePlaces; needs: Path[]; path: Path }>;

/** The error for a name that no entry has. */
export function unknownName(
  places: ValuePlaces,
  path: Path,
  what: string,
  name: string,
  names: readonly string[],
): JikjiError {
  const hint = nearestNameHint(
    name,
    names,
    names.length > 0 ? `there are: ${names.slice(0, 8).join(', ')}` : 'there is none',
  );
  return places.error('catalogue-unknown', path, `there is no ${what} "${name}"`, hint);
}
