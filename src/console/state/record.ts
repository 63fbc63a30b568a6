// Whether the programme of the address is a record, and what its times say.

import { useConsole } from './context.ts';
import { useObservable } from './observable.ts';
import { location, routeOf } from './router.ts';

/** Whether the page shows a programme that is a record of what others published. */
export function useIsRecord(): boolean {
  const { me } = useConsole();
  const parameters: { programme?: string } = routeOf(useObservable(location))?.parameters ?? {};
  return me.programmes.find(({ id }) => id === parameters.programme)?.mode === 'record';
}

/** A record knows days only, and keeps each as midnight in UTC: that day, without a time. Any other time stays as it is. */
export const knownOf = (iso: string): string => (iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso);
