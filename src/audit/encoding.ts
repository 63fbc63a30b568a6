// Which documents are encoded again, and the comparison of their ids with a token file. Memory: one document.

import { createHash } from 'node:crypto';
import { readDocumentsSync } from '../foundry/corpus/index.ts';
import { openTokens, type Tokenizer, type Tokens } from '../foundry/tokenizer/index.ts';
import type { Batches } from '../foundry/train/index.ts';
import { sha256 } from '../ledger/index.ts';
import type { Findings } from './findings.ts';
import type { Evidence } from './structure.ts';
import type { Texts } from './texts.ts';
import type { Segment } from './types.ts';

/** Text that is drawn to be encoded again, in bytes: all of it where the corpus is smaller. */
const DRAWN_BYTES = 32 << 20;
/** Ids looked at together while the documents of a token file are counted. */
const STRETCH = 1 << 16;

/**
 * Says whether a document is drawn: the first 6 bytes of SHA-256(challenge || seal || its digest), as a fraction of 2^48, lie
 * below 32 MiB / bytes of the corpus.
 */
export function documentDraw(challenge: string, seal: string, bytes: number): (digest: Buffer) => boolean {
  const start = Buffer.from(challenge + seal, 'hex');
  const below = (DRAWN_BYTES / Math.max(1, bytes)) * 2 ** 48;
  return (digest) =>
    below >= 2 ** 48 || createHash('sha256').update(start).update(digest).digest().readUIntBE(0, 6) < below;
}

/** Windows of the training tokens that replayed steps read, marked by source. Only recorded steps can be replayed. */
export async function windowsOf(
  evidence: Evidence,
  batches: Batches,
  segments: readonly Segment[],
  each: () => Promise<void>,
): Promise<Map<number, Set<number>>> {
  const marked = new Map<number, Set<number>>();
  const { batchSize } = evidence.recipe!.train;
  const recorded = evidence.steps?.count ?? 0;
  let left = batches.distinct;
  for (const { from, to } of segments) {
    for (let g = from * batchSize; g < Math.min(to, recorded) * batchSize; g++) {
      if (g % 1024 === 0) await each();
      const { source, window } = batches.place(g);
      const windows = marked.get(source) ?? new Set();
      marked.set(source, windows);
      if (windows.has(window)) continue;
      windows.add(window);
      if (--left === 0) return marked; // a batch may be far larger than the corpus
    }
  }
  return marked;
}

/** Ids of a document in its token file: from its end-of-text token to before the next one. */
export interface Place {
  start: number;
  end: number;
}

/** Where each document's ids lie in a token file: from its end-of-text token to before the next one. */
function* spans(tokens: Tokens, endOfText: number): Generator<Place> {
  let start = 0;
  for (let at = 0; at < tokens.length; at += STRETCH) {
    const ids = tokens.read(at, Math.min(STRETCH, tokens.length - at));
    for (let i = ids.indexOf(endOfText); i >= 0; i = ids.indexOf(endOfText, i + 1)) {
      if (at + i > start) yield { start, end: at + i };
      start = at + i;
    }
  }
  if (tokens.length > 0) yield { start, end: tokens.length };
}

export interface Counted {
  documents: number;
  encoded: number;
}

/**
 * Reads one file of documents and, where it is there, its token file beside it: hands each document's digest to `leaf`,
 * encodes again what is `drawn` or `asked` for.
 */
export async function compareDocuments(
  evidence: Evidence,
  file: Texts['files'][number],
  asked: (place: Place) => boolean,
  drawn: (digest: Buffer) => boolean,
  leaf: (digest: Buffer) => void,
  findings: Findings,
  each: () => Promise<void>,
): Promise<Counted> {
  const { folder, texts } = evidence;
  const tokenizer = evidence.tokenizer as Tokenizer;
  const counted: Counted = { documents: 0, encoded: 0 };
  let bytes = 0;
  const tokens = file.there
    ? findings.try(file.file, () =>
        openTokens(folder.file(file.file), texts!.tokens.width, {
          tokens: file.tokens,
          vocabSize: tokenizer.vocabSize,
        }),
      )
    : undefined;
  const places = tokens && spans(tokens, tokenizer.endOfTextId);
  let fits = true;
  try {
    for (const text of readDocumentsSync(folder.file(file.text))) {
      const number = ++counted.documents;
      const digest = sha256(text);
      leaf(digest);
      bytes += Buffer.byteLength(text);
      await each();
      if (!tokens || !places || !fits) continue;
      const place = places.next().value as Place | undefined;
      if (!place) {
        findings.refuted(file.file, `ends before document ${number} of ${file.text}`);
        fits = false;
        continue;
      }
      if (!asked(place) && !drawn(digest)) continue;
      counted.encoded++;
      const ids = tokenizer.encode(text);
      const same = ids.length === place.end - place.start - 1 && holds(tokens, place.start, tokenizer.endOfTextId, ids);
      if (same) continue;
      findings.refuted(file.file, `document ${number} of ${file.text} is encoded otherwise`);
      fits = false; // the places of all that follows are in doubt
    }
    if (places && fits && !places.next().done) findings.refuted(file.file, `has more documents than ${file.text}`);
    if (counted.documents !== file.documents || bytes !== file.bytes) {
      findings.refuted(
        file.text,
        `has ${counted.documents} documents of ${bytes} bytes, not ${file.documents} of ${file.bytes}`,
      );
    }
  } catch (error) {
    findings.caught(file.text, error);
  } finally {
    tokens?.close();
  }
  return counted;
}

/** Whether a marked window, of T + 1 tokens from window * T on, holds one of the ids. */
export function overlaps(place: Place, windows: ReadonlySet<number> | undefined, T: number): boolean {
  if (!windows) return false;
  for (let w = Math.max(0, Math.ceil((place.start - T) / T)); w * T < place.end; w++) if (windows.has(w)) return true;
  return false;
}

function holds(tokens: Tokens, start: number, endOfText: number, ids: Uint32Array): boolean {
  const there = tokens.read(start, ids.length + 1);
  return there[0] === endOfText && ids.every((id, i) => there[i + 1] === id);
}
