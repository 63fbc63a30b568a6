// Where the entries of a catalogue were written, and what is said of a name that stands for nothing.

import type { JikjiError } from '../../base/index.ts';
import { nearestNameHint, type Path, type ValuePlaces } from '../../formats/index.ts';

/** Where the needs of each component and use were written. */
export type Seats = Map<string, { places: ValuePlaces; needs: Path[]; path: Path }>;

/** An error about a name that stands for nothing. */
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
