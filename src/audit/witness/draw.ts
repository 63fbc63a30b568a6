// Which steps are pairs: steps whose states before and after are recorded. docs/witness.md, "Pairs". Reads no files.

import { createHash } from 'node:crypto';

interface DrawOptions {
  steps: number;
  /** K; 0 for no pairs. */
  every: number;
  /** link_h; undefined where the transcript ends before. */
  linkAt: (step: number) => string | undefined;
  /** The office's nonce after step h; undefined where it gave none. */
  nonceAt: (step: number) => string | undefined;
}

export interface DrawnPair {
  step: number;
  /** The step whose head was lodged for it. */
  after: number;
  byOffice: boolean;
}

/** Steps of which the states before and after are whole. */
export const pairedSteps = (states: readonly number[]): number[] =>
  states.filter((step, i) => step - 1 === states[i - 1]);

/** Whether a pair is drawn after this step, in a run of so many steps. */
export const isDrawnAfter = (step: number, { steps, every }: Pick<DrawOptions, 'steps' | 'every'>): boolean =>
  every > 0 && step % every === 0 && step + 1 < steps;

/** The pairs as far as the transcript goes: the numbers of steps are claims, and may be vast. */
export function drawPairs({ steps, every, linkAt, nonceAt }: DrawOptions): DrawnPair[] {
  const pairs: DrawnPair[] = [];
  for (let after = 0; isDrawnAfter(after, { steps, every }); after += every) {
    const [link, nonce] = [linkAt(after), nonceAt(after)];
    if (link === undefined) break;
    const hash = createHash('sha256').update(Buffer.from(link, 'hex'));
    if (nonce !== undefined) hash.update(Buffer.from(nonce, 'hex'));
    const room = BigInt(Math.min(every, steps - after - 1));
    const step = after + 2 + Number(hash.digest().readBigUInt64BE() % room);
    pairs.push({ step, after, byOffice: nonce !== undefined });
  }
  return pairs;
}
