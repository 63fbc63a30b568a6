// The office's answers for each run, from its register. Holds no claims of the maker about a run. A lodged head shows only that the maker
// had it at that time.

import { z } from 'zod';
import { digestOfAnswer, type Register, type RegisterEntry } from '../../ledger/index.ts';
import { figures, figuresOf, type Tables } from '../state/index.ts';
import { digest } from './shapes.ts';

/** Newest runs, and newest heads of each run, that are shown. */
const MAX_RUNS = 50;
const MAX_HEADS = 500;

/** An answer of the office. */
const answerShown = z.object({
  /** Number of the entry in the register. */
  entry: z.int(),
  /** 1 for the first answer to a run's request or seal, then 2, 3, ... */
  answer: z.int(),
  /** By the office's clock. */
  time: z.string(),
  step: z.int().nullable(),
  /** Link of the transcript. */
  head: digest.nullable(),
  /** Of the record of a head, as the maker sent them; null where he sent none. */
  figures: figures.nullable(),
});

export const lodgedRunShape = z.object({
  /** Digest of the request's lodging; if the run was not lodged before its first step, digest of its commitment. */
  run: digest,
  maker: digest,
  request: answerShown.nullable(),
  /** Oldest first; only the newest MAX_HEADS. */
  heads: z.array(answerShown),
  headCount: z.int(),
  seals: z.array(answerShown),
});
type LodgedRun = z.infer<typeof lodgedRunShape>;

/** Runs in the register, the one with the newest answer first. */
export function lodgedRuns(
  tables: Tables,
  register: Register,
  only: { maker?: string; run?: string } = {},
): LodgedRun[] {
  const shown = ({ entry, answer, time, step, head }: RegisterEntry) => ({
    ...{ entry, answer, time, step, head },
    figures: figuresOf(tables, entry),
  });
  const runs = new Map<string, LodgedRun>();
  for (const entry of register.entries) {
    const { kind, maker } = entry;
    if (kind === 'model') continue;
    const run = kind === 'request' ? digestOfAnswer(entry.lodging) : entry.subject;
    if ((only.maker ?? maker) !== maker || (only.run ?? run) !== run) continue;
    const key = `${maker} ${run}`;
    const found = runs.get(key) ?? { run, maker, request: null, heads: [], headCount: 0, seals: [] };
    runs.delete(key); // moves the run to the end
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
