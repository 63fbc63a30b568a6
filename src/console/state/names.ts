// Names of consortia and other things, for pages whose data has only ids.

import type { Format } from '../../page-kit/index.ts';
import type { Overview, Title } from '../types.ts';
import { useConsole } from './context.ts';
import { useData } from './data.ts';

/** Names of things by id, such as of consortia; the id if it is unknown. */
export const namesIn =
  (things: readonly { id: string; name: Title }[], format: Format) =>
  (id: string): string => {
    const thing = things.find((one) => one.id === id);
    return thing ? format.title(thing.name) : id;
  };

/** `namesIn` with fetched consortia. */
export function useNames(programme: string): (id: string) => string {
  const { format } = useConsole();
  const data = useData<Overview>(`/programmes/${encodeURIComponent(programme)}`);
  return namesIn(data.value?.consortia ?? [], format);
}

/** The title of a stage; its id if it is unknown. */
export function stageName(stages: readonly { id: string; title: Title }[], id: string, format: Format): string {
  const stage = stages.find((one) => one.id === id);
  return stage ? format.title(stage.title) : id;
}
