// Groups the figures of teams by the sources that they were entered from, so that a source of several figures is shown once.

interface Team<S> {
  id: string;
  /** By path of block and part. */
  figures: Record<string, { value: unknown; source: S | null }>;
}

export interface CitedFigures<T, S> {
  team: T;
  /** Paths of the figures. */
  paths: string[];
  source: S;
}

/** Known figures with their sources, in the order of the teams. */
export function citedFigures<S, T extends Team<S>>(teams: readonly T[]): CitedFigures<T, S>[] {
  const groups = new Map<string, CitedFigures<T, S>>();
  for (const team of teams) {
    for (const [path, { value, source }] of Object.entries(team.figures)) {
      if (source === null || typeof value !== 'number') continue;
      const key = JSON.stringify([team.id, source]);
      const group = groups.get(key);
      if (group) group.paths.push(path);
      else groups.set(key, { team, paths: [path], source });
    }
  }
  return [...groups.values()];
}
