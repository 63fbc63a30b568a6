// The way of each consortium through the stages, for the picture of a programme. Draws nothing.

import type { Overview } from '../types.ts';

/** How a consortium stands at a stage: not in it, in it now, gone on from it, or out at it. */
export type Stop = 'absent' | 'competing' | 'kept' | 'out';

export interface Lane {
  id: string;
  stops: Stop[];
}

export function lanesOf({ consortia, stages }: Pick<Overview, 'consortia' | 'stages'>): Lane[] {
  return consortia.map(({ id, status }) => {
    const inside = stages.map((stage) => stage.consortia.includes(id));
    const last = inside.lastIndexOf(true);
    const stops = stages.map((stage, i): Stop => {
      if (!inside[i]) return 'absent';
      // The stage that decided it says so, before its decision is final too; who withdrew is out at its last one.
      const outcome = stage.outcomes[id] ?? (i === last && status.startsWith('out') ? 'out' : undefined);
      if (outcome) return outcome;
      // Whom the rules left open stays: to be in a later stage is to have gone on.
      return i < last || stage.status === 'final' ? 'kept' : 'competing';
    });
    return { id, stops };
  });
}
