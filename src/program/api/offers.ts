// What a viewer may do in a stage now: for its page, and for the search.

import type { z } from 'zod';
import { partsOf } from '../rules/index.ts';
import { bookOf, isFinal, isRecord, openAppeals, type Row, statusOf, type Tables } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import type { stagePage } from './shapes/stage.ts';

type Offer = z.input<typeof stagePage>['mayDo'][number];

/** Acts that this viewer may do in the stage now. */
export function offersTo(viewer: Viewer, tables: Tables, { id: stage, ruleBook, consortia }: Row<'stages'>): Offer[] {
  if (isRecord(tables)) return [];
  const status = statusOf(tables, stage);
  const isOpen = status === 'open';
  const kinds = new Set(partsOf(bookOf(tables, ruleBook)).map(({ source }) => source.kind));
  switch (viewer.role) {
    case 'office': {
      if (isOpen) return ['close', 'score', 'submit', 'finding'];
      if (status === 'closed') return ['decide'];
      if (isFinal(tables, stage)) return [];
      return openAppeals(tables, stage).length > 0 ? ['answer'] : ['finish'];
    }
    case 'consortium': {
      if (viewer.consortium === null || !consortia.includes(viewer.consortium)) return [];
      const active = tables.get('consortia', viewer.consortium)?.status === 'active';
      if (isOpen) return active ? ['submit'] : [];
      const waits = openAppeals(tables, stage).some((row) => row.consortium === viewer.consortium);
      return status === 'decided' && active && !waits ? ['appeal'] : [];
    }
    case 'expert':
      return isOpen && kinds.has('forms') ? ['form'] : [];
    case 'evaluator':
      return isOpen && kinds.has('judgements') ? ['judge'] : [];
    default:
      return [];
  }
}
