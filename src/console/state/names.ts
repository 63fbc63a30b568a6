// Names of consortia, for pages whose data has only ids.

import type { Format } from '../../page-kit/index.ts';
import type { Overview } from '../types.ts';
import { useConsole } from './context.ts';
import { useData } from './data.ts';

/** The name of a consortium; its id if it is unknown. */
export const namesIn =
  (consortia: Overview['consortia'], format: Format) =>
  (id: string): string => {
    const found = consortia.find((one) => one.id === id);
    return found ? format.title(found.name) : id;
  };

/** `namesIn` with fetched consortia. */
export function useNames(programme: string): (id: string) => string {
  const { format } = useConsole();
  const data = useData<Overview>(`/programmes/${encodeURIComponent(programme)}`);
  return namesIn(data.value?.consortia ?? [], format);
}
