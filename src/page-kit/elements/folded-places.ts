// Folds the chances of places into as many columns as a table can hold. Numbers only: the page draws the cells.

/** The most columns; later places share the last one. */
const MAX_PLACES = 12;

export interface FoldedPlaces<T> {
  columns: number;
  /** The last column holds all later places too. */
  more: boolean;
  rows: { team: T; chances: number[]; likeliest: number }[];
}

/** The teams whose chances are known, with the chance of each column. */
export function foldPlaces<T extends { places: number[] | null }>(all: readonly T[]): FoldedPlaces<T> {
  const teams = all.filter((team) => team.places !== null);
  const longest = Math.max(0, ...teams.map(({ places }) => places!.length));
  const columns = Math.min(MAX_PLACES, longest);
  const rows = teams.map((team) => {
    const chances = Array.from({ length: columns }, (_, i) =>
      i < columns - 1 ? (team.places![i] ?? 0) : team.places!.slice(i).reduce((sum, chance) => sum + chance, 0),
    );
    return { team, chances, likeliest: chances.indexOf(Math.max(...chances)) };
  });
  return { columns, more: longest > columns, rows };
}
