// Checks a whole log: its chain, every entry by the rules of this release with the signatures in it, and every signed decision computed
// anew. The same for the command line and for the server's thread.

import type { Sentence } from '../../base/index.ts';
import type { View } from '../database/index.ts';
import { checkDecisions } from '../office/index.ts';
import { verifyLog } from '../programme/index.ts';
import { REASONS } from './reasons.ts';

/** An entry and its link, as somebody else has them. */
interface Published {
  seq: number;
  link: string;
}

export interface Verified {
  verdict: 'holds' | 'refuted';
  /** Up to the last valid entry. */
  entries: number;
  link: string;
  rows: number;
  signatures: number;
  /** Computed anew; null if an entry is altered. */
  decisions: number | null;
  /** What is wrong, in English, and in Korean where that is known. */
  altered: string | null;
  alteredKo?: string;
  /** Whether an entry is altered, and not a decision or a published link. */
  isLogAltered: boolean;
}

export interface VerifyProgress {
  entries: number;
  signatures: number;
  /** Decisions computed anew, and how many there are; null before all entries are read. */
  decisions: { done: number; of: number } | null;
}

export async function verifyProgramme(
  store: Pick<View, 'entries' | 'page'>,
  { published, onProgress = () => {} }: { published?: Published; onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<Verified> {
  let [entries, signatures] = [0, 0];
  let found: string | undefined;
  const { head, state, altered } = await verifyLog(store, (entry) => {
    if (entry.seq === published?.seq) found = entry.link;
    const data = entry.data as Record<string, unknown>;
    if (data.signature ?? (entry.kind !== 'programme-created' && (data.statement ?? data.report))) signatures++;
    entries++;
    onProgress({ entries, signatures, decisions: null });
  });
  const onDecision = (done: number, of: number) => onProgress({ entries, signatures, decisions: { done, of } });
  const decided = altered === undefined ? await checkDecisions({ tables: state.tables, store }, onDecision) : undefined;
  const why: Sentence | undefined = altered ?? decided?.why ?? (published && differs(published, found));
  return {
    verdict: why === undefined ? 'holds' : 'refuted',
    entries: head.seq,
    link: head.link,
    rows: state.tables.size,
    signatures,
    decisions: decided?.decisions ?? null,
    altered: why?.en ?? null,
    ...(why?.ko !== undefined && { alteredKo: why.ko }),
    isLogAltered: altered !== undefined,
  };
}

function differs({ seq, link }: Published, found: string | undefined): Sentence | undefined {
  if (found === link) return undefined;
  return found === undefined ? REASONS.cut(seq) : REASONS.writtenAnew(seq);
}
