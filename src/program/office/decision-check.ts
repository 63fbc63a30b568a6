// Checks decisions in the log: computes each again from the entries of the log, and compares.

import { isDeepStrictEqual } from 'node:util';
import { type Both, parseJson } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { decisionDocument } from '../decision/index.ts';
import type { Head } from '../log/index.ts';
import { decisionParts } from '../state/index.ts';
import { REASONS } from './reasons.ts';
import { outcomeOf } from './stages.ts';
import { programmeOf, type Reading, targetDay } from './times.ts';

/** Relative: the last digits of sums and logarithms may differ between machines. */
const TOLERANCE = 1e-9;
/** Counts of draws are not compared: a draw close to a tie may differ between machines. The numbers behind the draws are compared. */
const UNCOMPARED = 'chances.teams';

/**
 * Computes every signed decision again, up to the first that differs. Returns the number of decisions, and why the last one fails.
 * @param reading a log whose entries were checked
 * @param onDecision called before each, with how many are done, and of how many
 */
export async function checkDecisions(
  reading: Reading,
  onDecision: (done: number, of: number) => void = () => {},
): Promise<{ decisions: number; why: Both | undefined }> {
  const { tables } = reading;
  const signed = tables.all('decisions').filter(({ digest }) => digest !== null); // others were published elsewhere
  let decisions = 0;
  for (const { stage, statement } of signed) {
    onDecision(decisions, signed.length);
    decisions++;
    const written = parseJson(decisionParts(statement).document) as { [name: string]: Json };
    const day = targetDay(tables, tables.get('stages', stage)!);
    const head = written.log as unknown as Head;
    const outcome = await outcomeOf(reading, stage);
    const computed = decisionDocument({ programme: programmeOf(tables).id, outcome, head, day });
    const path = firstDifference(written, parseJson(computed) as Json, '');
    if (path !== undefined) return { decisions, why: REASONS.decisionDiffers(stage, path) };
  }
  return { decisions, why: undefined };
}

const isTree = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Path of the first difference between two documents. */
function firstDifference(a: Json | undefined, b: Json | undefined, path: string): string | undefined {
  if (path === UNCOMPARED) return undefined;
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b)) ? undefined : path;
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b))
    return isDeepStrictEqual(a, b) ? undefined : path;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = firstDifference(a[name], b[name], path ? `${path}.${name}` : name);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
