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

/** The steps after which a pair is drawn. */
export const drawsAfter = (steps: number, every: number): number[] =>
  every === 0 ? [] : Array.from({ length: Math.max(0, Math.ceil((steps - 1) / every)) }, (_, i) => i * every);

export function drawPairs({ steps, every, linkAt, nonceAt }: DrawOptions): DrawnPair[] {
  return drawsAfter(steps, every).flatMap((after) => {
    const [link, nonce] = [linkAt(after), nonceAt(after)];
    if (link === undefined) return [];
    const hash = createHash('sha256').update(Buffer.from(link, 'hex'));
    if (nonce !== undefined) hash.update(Buffer.from(nonce, 'hex'));
    const room = BigInt(Math.min(every, steps - after - 1));
    const step = after + 2 + Number(hash.digest().readBigUInt64BE() % room);
    return [{ step, after, byOffice: nonce !== undefined }];
  });
}
