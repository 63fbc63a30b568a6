// Consortia by their names, for pages whose own data names them by id.

import type { Format } from '../../page-kit/index.ts';
import type { Overview } from '../types.ts';
import { useConsole } from './context.ts';
import { useData } from './data.ts';

/** Names of the consortia of a programme; the id of one that is not there. */
export const namesIn =
  (consortia: Overview['consortia'], format: Format) =>
  (id: string): string => {
    const found = consortia.find((one) => one.id === id);
    return found ? format.title(found.name) : id;
  };

/** The same, fetched. */
export function useNames(programme: string): (id: string) => string {
  const { format } = useConsole();
  const data = useData<Overview>(`/programmes/${encodeURIComponent(programme)}`);
  return namesIn(data.value?.consortia ?? [], format);
}
