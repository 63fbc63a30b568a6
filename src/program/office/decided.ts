// Whether decisions in the log are what their rules come to: worked out anew from what the log holds and compared.

import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../ledger/index.ts';
import { decisionDocument } from '../decision/index.ts';
import { decisionParts } from '../state/index.ts';
import { outcomeOf } from './stages.ts';
import { programmeOf, type Reading, targetDay } from './times.ts';

/** Sums and logarithms may end in other last digits elsewhere. */
const CLOSE = 1e-9;
/** Counts of draws: one that was close to a tie may fall otherwise elsewhere. The numbers that they started from are compared. */
const DRAWN = 'chances.teams';

/**
 * Works out every signed decision anew. Returns how many there are and, of the first that differs, where.
 * @param reading a log whose entries were checked
 */
export async function checkDecisions(reading: Reading): Promise<{ decisions: number; why: string | undefined }> {
  const { tables } = reading;
  let decisions = 0;
  for (const decision of tables.all('decisions')) {
    const { stage, digest, statement } = decision;
    if (digest === null) continue; // a record of what others decided
    decisions++;
    const written = JSON.parse(decisionParts(statement).document) as { [name: string]: Json };
    const day = await targetDay(reading, tables.get('stages', stage)!);
    const head = written.log as unknown as Parameters<typeof decisionDocument>[3];
    const worked = decisionDocument(programmeOf(tables).id, stage, await outcomeOf(reading, stage), head, day);
    const where = differing(written, JSON.parse(worked), '');
    if (where !== undefined)
      return { decisions, why: `the decision of ${stage} is not what its rules come to, in ${where}` };
  }
  return { decisions, why: undefined };
}

const isTree = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Where two documents differ first. */
function differing(a: Json | undefined, b: Json | undefined, path: string): string | undefined {
  if (path === DRAWN) return undefined;
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= CLOSE * Math.max(1, Math.abs(a), Math.abs(b)) ? undefined : path;
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b))
    return isDeepStrictEqual(a, b) ? undefined : path;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = differing(a[name], b[name], path ? `${path}.${name}` : name);
    if (found !== undefined) return found;
  }
  return undefined;
}
