// Reports the states of a stage to the caller of make.

import type { MakeEvent, Stage } from './events.ts';

export type OnEvent = (event: MakeEvent) => void;
type StageEvent = Extract<MakeEvent, { kind: 'stage' }>;

/** A function that reports the states of one stage. */
export const reporter =
  (stage: Stage, onEvent: OnEvent) =>
  (state: StageEvent['state'], figures: Pick<StageEvent, 'detail' | 'fraction'> = {}): void =>
    onEvent({ kind: 'stage', stage, state, ...figures });
