// Runs as the office saw them: what it answered for each, from its register. What the maker says of a run stands nowhere here, but
// that he lodged a head says no more than that he had one by then.

import { z } from 'zod';
import { digestOfAnswer, type Register, type RegisterEntry } from '../../ledger/index.ts';
import { digest } from './shapes.ts';

/** Runs, and heads of each, that are shown: the newest. */
const MAX_RUNS = 50;
const MAX_HEADS = 500;

/** An answer of the office. */
const answerShown = z.object({
  /** Its place in the register. */
  entry: z.int(),
  /** 1 for the first; a second one is shown as that. */
  answer: z.int(),
  /** By the office's clock. */
  time: z.string(),
  step: z.int().nullable(),
  /** Link of the transcript. */
  head: digest.nullable(),
});

export const lodgedRunShape = z.object({
  /** Digest of its request's lodging, or of its commitment where it was not lodged before its first step. */
  run: digest,
  maker: digest,
  request: answerShown.nullable(),
  /** In the order in which they came; the newest where there are many. */
  heads: z.array(answerShown),
  headCount: z.int(),
  seals: z.array(answerShown),
});
type LodgedRun = z.infer<typeof lodgedRunShape>;

const shown = ({ entry, answer, time, step, head }: RegisterEntry) => ({ entry, answer, time, step, head });

/** What the register has of runs, the one that was lodged last first. */
export function lodgedRuns(register: Register, only: { maker?: string; run?: string } = {}): LodgedRun[] {
  const runs = new Map<string, LodgedRun>();
  for (const entry of register.entries) {
    const { kind, maker } = entry;
    const run = kind === 'request' ? digestOfAnswer(entry.lodging) : entry.subject;
    if ((only.maker ?? maker) !== maker || (only.run ?? run) !== run) continue;
    const key = `${maker} ${run}`;
    const found = runs.get(key) ?? { run, maker, request: null, heads: [], headCount: 0, seals: [] };
    runs.delete(key); // the one that was answered last stands last
    runs.set(key, found);
    if (kind === 'request') found.request = shown(entry);
    else if (kind === 'seal') found.seals.push(shown(entry));
    else {
      found.headCount++;
      found.heads.push(shown(entry));
      if (found.heads.length > MAX_HEADS) found.heads.shift();
    }
  }
  return [...runs.values()].slice(-MAX_RUNS).reverse();
}
