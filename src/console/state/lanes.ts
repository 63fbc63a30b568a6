// The path of each consortium through the stages, for the picture of a programme. Draws nothing.

import type { Overview } from '../types.ts';

/** The state of a consortium at a stage: not part of it, competing, kept, or out. */
export type Stop = 'absent' | 'competing' | 'kept' | 'out';

export interface Lane {
  id: string;
  stops: Stop[];
}

/** Whether nothing more can happen in a stage. */
export const isOver = (status: Overview['stages'][number]['status']): boolean =>
  status === 'final' || status === 'recorded';

export function lanesOf({ consortia, stages }: Pick<Overview, 'consortia' | 'stages'>): Lane[] {
  return consortia.map(({ id, status }) => {
    const inside = stages.map((stage) => stage.consortia.includes(id));
    const last = inside.lastIndexOf(true);
    const stops = stages.map((stage, i): Stop => {
      if (!inside[i]) return 'absent';
      // The deciding stage has the outcome, even before it is final; a withdrawn consortium is out at its last stage.
      const outcome = stage.outcomes[id] ?? (i === last && status.startsWith('out') ? 'out' : undefined);
      if (outcome) return outcome;
      // If the rules left it open, the consortium stays: it is kept if a later stage has it.
      return i < last || isOver(stage.status) ? 'kept' : 'competing';
    });
    return { id, stops };
  });
}
