// Access notes: before a route answers, it records that a viewer gets what the rule book keeps from the public.

import type { Context as Request } from 'hono';
import type { SealedThing } from '../housekeeping/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import { isSealed } from './access.ts';
import { type Context, type Env, programmeId } from './context.ts';

/** A request for something of a programme. */
export interface ProgrammeRequest {
  programme: Programme;
  viewer: Viewer;
  c: Request<Env>;
}

/** Returns when the lines are in the database: what cannot be recorded is not shown. */
export async function noteAccess(
  { housekeeping }: Context,
  { programme, viewer: { user, role, consortium }, c }: ProgrammeRequest,
  things: readonly SealedThing[],
): Promise<void> {
  if (user === null) return;
  const sealed = things.filter((thing) => isSealed(programme.tables, thing));
  const id = programmeId({ programme, files: '' });
  if (sealed.length === 0 || id === undefined) return;
  await housekeeping.access.note(id, { user, role, consortium, byToken: c.get('byToken') }, sealed);
}

/** The audits that rows of submissions show. */
export const auditsIn = (rows: readonly (Pick<Row<'submissions'>, 'id'> & { audit: unknown })[]): SealedThing[] =>
  rows.filter(({ audit }) => audit !== null).map(({ id }) => ({ what: 'audit', of: id }));

/** The hours that usages show of submissions: they come from audits. */
export const usagesIn = (usages: readonly { submission?: string | null }[]): SealedThing[] =>
  usages.flatMap(({ submission }): SealedThing[] => (submission == null ? [] : [{ what: 'usage', of: submission }]));
