// Submissions of this server's programmes that are a run of this machine: their audits recorded its seal. What is found of them is on their
// pages, and not here.

import type { z } from 'zod';
import type { Tables } from '../state/index.ts';
import { noteAccess, type ProgrammeRequest } from './access-notes.ts';
import { type Context, programmeId } from './context.ts';
import type { sameSeal } from './shapes/runs.ts';

type Found = z.input<typeof sameSeal>;

function submissionsIn(tables: Tables, programme: string, seal: string): Found {
  const audits = tables.all('audits').filter(({ reach, witness }) => (reach?.evidence ?? witness)?.seal === seal);
  return audits.map(({ submission }) => {
    const { stage, consortium } = tables.get('submissions', submission)!;
    const compared = tables
      .all('comparisons')
      .filter(
        (one) => one.submission === submission || ('submission' in one.with && one.with.submission === submission),
      );
    return {
      ...{ programme, submission, stage, consortium },
      stageTitle: tables.get('stages', stage)!.title,
      consortiumName: tables.get('consortia', consortium)!.name,
      comparisons: compared.filter(({ found }) => found !== null).length,
    };
  });
}

/** The submissions with this seal. That an audit recorded it may not be public yet, so it is noted who was shown it. */
export async function submissionsWith(
  context: Context,
  { viewer, c }: Pick<ProgrammeRequest, 'viewer' | 'c'>,
  seal: string,
): Promise<Found> {
  const all: Found = [];
  for (const hosted of context.hosted) {
    const { programme } = hosted;
    const found = submissionsIn(programme.tables, programmeId(hosted) ?? '', seal);
    const things = found.map(({ submission }) => ({ what: 'audit' as const, of: submission }));
    await noteAccess(context, { programme, viewer, c }, things);
    all.push(...found);
  }
  return all;
}
