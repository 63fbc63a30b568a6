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
      if (i === last && status.startsWith('out')) return 'out';
      // To be in a later stage is to have gone on; in the last one only a decision says so.
      if (i < last) return 'kept';
      return stage.status === 'decided' ? 'kept' : 'competing';
    });
    return { id, stops };
  });
}
