// Which documents are encoded again, and the comparison of their ids with a token file. Memory: one document.

import { createHash } from 'node:crypto';
import { readDocumentsSync } from '../foundry/corpus/index.ts';
import { openTokens, type RunTokenizer, type Tokens } from '../foundry/tokenizer/index.ts';
import type { Batches } from '../foundry/train/index.ts';
import { sha256 } from '../ledger/index.ts';
import type { Findings } from './findings.ts';
import { ORIGIN } from './sentences/origin.ts';
import type { Evidence } from './structure.ts';
import type { Texts } from './texts.ts';
import type { Segment } from './types.ts';

/** Expected bytes of the drawn documents; a smaller corpus is encoded whole. */
const DRAWN_BYTES = 32 << 20;
/** Ids read at a time when the documents of a token file are located. */
const CHUNK_IDS = 1 << 16;

/**
 * A function that returns whether a document is drawn: the first 6 bytes of SHA-256(challenge || seal || its digest), as a fraction of 2^48, lie
 * below 32 MiB / bytes of the corpus.
 */
export function documentDraw(challenge: string, seal: string, bytes: number): (digest: Buffer) => boolean {
  const start = Buffer.from(challenge + seal, 'hex');
  const below = (DRAWN_BYTES / Math.max(1, bytes)) * 2 ** 48;
  return (digest) =>
    below >= 2 ** 48 || createHash('sha256').update(start).update(digest).digest().readUIntBE(0, 6) < below;
}

/** The windows of training tokens that the replayed steps read, by source. Only recorded steps can be replayed. */
export async function windowsOf(
  evidence: Evidence,
  batches: Batches,
  segments: readonly Segment[],
  pause: () => Promise<void>,
): Promise<Map<number, Set<number>>> {
  const marked = new Map<number, Set<number>>();
  const { batchSize } = evidence.recipe!.train;
  const recorded = evidence.steps?.count ?? 0;
  let unmarked = batches.distinct;
  for (const { from, to } of segments) {
    for (let g = from * batchSize; g < Math.min(to, recorded) * batchSize; g++) {
      if (g % 1024 === 0) await pause();
      const { source, window } = batches.windowAt(g);
      const windows = marked.get(source) ?? new Set();
      marked.set(source, windows);
      if (windows.has(window)) continue;
      windows.add(window);
      if (--unmarked === 0) return marked; // a batch may be far larger than the corpus
    }
  }
  return marked;
}

/** Indices of a document's ids in its token file: from the token before it to before the next such token. */
export interface DocumentSpan {
  start: number;
  end: number;
}

/** The spans of all documents of a token file, in order. */
function* documentSpans(tokens: Tokens, prefix: number): Generator<DocumentSpan> {
  let start = 0;
  for (let at = 0; at < tokens.length; at += CHUNK_IDS) {
    const ids = tokens.read(at, Math.min(CHUNK_IDS, tokens.length - at));
    for (let i = ids.indexOf(prefix); i >= 0; i = ids.indexOf(prefix, i + 1)) {
      if (at + i > start) yield { start, end: at + i };
      start = at + i;
    }
  }
  if (tokens.length > 0) yield { start, end: tokens.length };
}

export interface DocumentCounts {
  documents: number;
  encoded: number;
}

export interface ComparisonOptions {
  /** Whether a document must be encoded again, by its span in the token file. */
  isRequired: (span: DocumentSpan) => boolean;
  /** Whether the challenge draws a document, by its digest. */
  isDrawn: (digest: Buffer) => boolean;
  /** Called with the digest of each document, in order. */
  onDigest: (digest: Buffer) => void;
  findings: Findings;
  pause: () => Promise<void>;
}

/** Reads a file of documents and, if it exists, its token file. Encodes again each document that is required or drawn. */
export async function compareDocuments(
  evidence: Evidence,
  file: Texts['files'][number],
  { isRequired, isDrawn, onDigest, findings, pause }: ComparisonOptions,
): Promise<DocumentCounts> {
  const { folder, texts } = evidence;
  const tokenizer = evidence.tokenizer as RunTokenizer;
  const counts: DocumentCounts = { documents: 0, encoded: 0 };
  let bytes = 0;
  const tokens = file.there
    ? findings.try(file.file, () =>
        openTokens(folder.file(file.file), texts!.tokens.width, {
          tokens: file.tokens,
          vocabSize: tokenizer.vocabSize,
        }),
      )
    : undefined;
  const spans = tokens && documentSpans(tokens, tokenizer.prefixId);
  let fits = true;
  /** What is wrong with the token file is a finding about it, and says nothing of the texts, which are read to their end. */
  const reading = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      findings.caught(file.file, error);
      fits = false;
      return undefined;
    }
  };
  try {
    for (const text of readDocumentsSync(folder.file(file.text))) {
      const number = ++counts.documents;
      const digest = sha256(text);
      onDigest(digest);
      bytes += Buffer.byteLength(text);
      await pause();
      if (!tokens || !spans || !fits) continue;
      const next = reading(() => spans.next());
      if (!next) continue;
      const span = next.value as DocumentSpan | undefined;
      if (!span) {
        findings.refuted(file.file, ORIGIN.ends(number, file.text));
        fits = false;
        continue;
      }
      if (!isRequired(span) && !isDrawn(digest)) continue;
      counts.encoded++;
      const ids = tokenizer.encodeDocument(text);
      if (ids.length === span.end - span.start && (reading(() => holdsIds(tokens, span.start, ids)) ?? true)) continue;
      findings.refuted(file.file, ORIGIN.otherIds(number, file.text));
      fits = false; // the spans of all later documents are uncertain
    }
    if (spans && fits && reading(() => spans.next())?.done === false)
      findings.refuted(file.file, ORIGIN.moreDocuments(file.text));
    if (counts.documents !== file.documents || bytes !== file.bytes) {
      findings.refuted(file.text, ORIGIN.otherCounts(counts.documents, bytes, file));
    }
  } catch (error) {
    findings.caught(file.text, error);
  } finally {
    tokens?.close();
  }
  return counts;
}

function holdsIds(tokens: Tokens, start: number, ids: Uint32Array): boolean {
  const stored = tokens.read(start, ids.length);
  return ids.every((id, i) => stored[i] === id);
}
