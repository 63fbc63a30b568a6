// The name of a run as text of others: what is invisible is shown, and what is written from the right stays within itself. Runs of one name are told
// apart by the end of their id.

import { plain } from '../../page-kit/index.ts';
import { useData } from '../state/data.ts';
import type { RunInfo } from '../types.ts';

/** The longest name on a page. */
const MAX_NAME = 80;

export type Named = Pick<RunInfo, 'id' | 'name'>;

/** The names of runs, by id; where several have the same, each with the end of its id. */
export function namesOf(runs: readonly Named[]): Map<string, string> {
  const names = new Map(runs.map(({ id, name }) => [id, plain(name, MAX_NAME) || id]));
  const counts = new Map<string, number>();
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...names].map(([id, name]) => [id, counts.get(name)! > 1 ? `${name} (…${id.slice(-6)})` : name]));
}

/** The name of a run for its heading: told apart from others of this machine that have the same. `name`: undefined until it is known. */
export function useRunName(id: string, name: string | undefined): string {
  const all = useData<RunInfo[]>('/runs').value ?? [];
  if (name === undefined) return id;
  return namesOf([...all.filter((one) => one.id !== id), { id, name }]).get(id)!;
}

export const RunName = ({ name }: { name: string }) => <bdi>{name}</bdi>;
