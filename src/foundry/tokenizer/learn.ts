// Learns merges from weighted documents, on top of a vocabulary: that of the bytes, or a parent's. The same documents in the same order
// give the same merges on every machine: counts are whole numbers below 2^53, and a rule breaks ties.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { spell } from './alphabet.ts';
import { Merger } from './bpe.ts';
import { spelledTokens } from './json.ts';
import { MergeText } from './merge-text.ts';
import { pieceEnd } from './split.ts';
import { Tokenizer, type TrainingReport } from './tokenizer.ts';
import { MAX_SPECIAL_LENGTH, MAX_SPECIALS, MAX_VOCAB_SIZE, type Vocabulary } from './vocabulary.ts';
import { WordCounts } from './word-counts.ts';

/** A document and its weight (0 to 1,024; not necessarily whole). */
export interface WeightedDocument {
  text: string;
  weight: number;
}

export interface TrainingProgress {
  /** `read`: `done` and `total` are UTF-8 bytes, `total` is the limit; `merge`: both are tokens. */
  phase: 'read' | 'merge';
  done: number;
  total: number;
}

export interface LearningOptions {
  /** Entries of the result: those of `base`, merges, and `lastTokens`. */
  vocabSize: number;
  /** Special tokens after the merges. */
  lastTokens?: readonly string[];
  /** The limit of UTF-8 bytes to read, at most 1 GiB; 64 MiB by default. */
  trainingBytes?: number;
  onProgress?: (progress: TrainingProgress) => void;
}

/** The default of `trainingBytes`. */
const TRAINING_BYTES = 64 * 1024 * 1024;

/** The limit for all distinct pre-tokens together; later new ones are ignored. Training takes about 26 bytes of memory per byte. */
const MAX_DISTINCT_BYTES = 16 * 1024 * 1024;

const MAX_TRAINING_BYTES = 2 ** 30;
const MAX_WEIGHT = 1024;
/** A weight of 1 in whole units. 2^30 bytes * 1,024 * 2^12 = 2^52: no sum leaves the whole numbers of a double. */
const UNITS = 4096;

/**
 * A tokenizer with the entries and merges of `base`, then merges that are learned from the documents as they look after the merges of
 * `base`, then `lastTokens`. Reads no document where there is no room for merges.
 *
 * The result depends on these rules. A document's weight is rounded to 1/4096 (at least 1/4096; weight 0 leaves the document out).
 * Each step merges the pair of neighbouring symbols within pre-tokens with the largest weight over all occurrences, including
 * overlapping ones; of equal pairs, the one with the lower left id, then the lower right id. A pair is never merged if a token
 * already has its bytes. Learning ends early, with fewer entries than requested (see `training`), when no pair weighs as much as two
 * occurrences in the lightest document.
 * @throws JikjiError `tokenizer-vocab-size`, `tokenizer-special-token`, `tokenizer-training-bytes`, `tokenizer-weight`,
 * `tokenizer-no-text`
 */
export async function learn(
  base: Vocabulary,
  documents: AsyncIterable<WeightedDocument> | Iterable<WeightedDocument>,
  options: LearningOptions,
): Promise<Tokenizer> {
  const { vocabSize, lastTokens = [], onProgress } = options;
  const taken = new Set(spelledTokens(base));
  checkSpecials(lastTokens, base);
  for (const special of lastTokens) taken.add(special);
  checkVocabSize(vocabSize, base, lastTokens.length);
  const trainingBytes = options.trainingBytes ?? TRAINING_BYTES;
  if (!Number.isInteger(trainingBytes) || trainingBytes < 1 || trainingBytes > MAX_TRAINING_BYTES) {
    throw new JikjiError(
      'tokenizer-training-bytes',
      'trainingBytes must be a whole number from 1 to 1073741824',
      String(trainingBytes),
      'leave it out to use 64 MiB',
    );
  }
  const report: TrainingReport = {
    requestedVocabSize: vocabSize,
    documents: 0,
    bytes: 0,
    reachedTrainingBytes: false,
  };
  const tokens = [...base.tokens];
  const merges = Array.from(base.merges);
  const room = vocabSize - lastTokens.length;
  if (tokens.length < room) {
    const words = new WordCounts(MAX_DISTINCT_BYTES);
    const lightest = await countWords(documents, { words, trainingBytes, report, onProgress });
    if (words.size === 0) {
      throw new JikjiError(
        'tokenizer-no-text',
        'there is no text to train a tokenizer on',
        'corpus',
        'add sources with text',
      );
    }
    const text = new MergeText(words, new Merger(base), room);
    while (tokens.length < room) {
      const pair = text.pairs.pop(2 * lightest);
      if (pair < 0) break;
      const left = text.pairs.left[pair];
      const right = text.pairs.right[pair];
      const bytes = Buffer.concat([tokens[left], tokens[right]]);
      const spelled = spell(bytes);
      if (taken.has(spelled)) continue;
      taken.add(spelled);
      text.merge(pair, tokens.length);
      merges.push(left, right, tokens.length);
      tokens.push(new Uint8Array(bytes));
      if (tokens.length % 256 === 0) {
        onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
        await setImmediate(); // lets signal handlers and the screen run
      }
    }
    onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
  }
  const specials = new Map(base.specials);
  for (const special of lastTokens) {
    specials.set(special, tokens.length);
    tokens.push(new TextEncoder().encode(special));
  }
  return new Tokenizer({ tokens, specials, merges: Uint32Array.from(merges) }, report);
}

interface Counting {
  words: WordCounts;
  trainingBytes: number;
  report: TrainingReport;
  onProgress: LearningOptions['onProgress'];
}

/** Counts pre-tokens until `trainingBytes` bytes are read; returns the smallest weight, in units. */
async function countWords(
  documents: AsyncIterable<WeightedDocument> | Iterable<WeightedDocument>,
  { words, trainingBytes, report, onProgress }: Counting,
): Promise<number> {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(1 << 16);
  let lightest = Number.POSITIVE_INFINITY;
  let reported = 0;
  for await (const { text, weight } of documents) {
    if (!(weight >= 0 && weight <= MAX_WEIGHT)) {
      throw new JikjiError(
        'tokenizer-weight',
        `a document's weight must be a number from 0 to ${MAX_WEIGHT}`,
        String(weight),
        'give the source another weight',
      );
    }
    if (weight === 0) continue;
    const units = Math.max(1, Math.round(weight * UNITS));
    lightest = Math.min(lightest, units);
    const room = trainingBytes - report.bytes;
    const needed = Math.min(room, text.length * 3);
    if (needed > buffer.length) buffer = new Uint8Array(Math.min(trainingBytes, Math.max(needed, buffer.length * 2)));
    // encodeInto stops before a character that does not fit.
    const { read, written } = encoder.encodeInto(text, buffer.subarray(0, Math.min(room, buffer.length)));
    for (let start = 0; start < written; ) {
      const stop = pieceEnd(buffer, start, written);
      words.add(buffer, start, stop, units);
      start = stop;
    }
    report.documents++;
    report.bytes += written;
    if (report.bytes - reported >= 1 << 20) {
      reported = report.bytes;
      onProgress?.({ phase: 'read', done: report.bytes, total: trainingBytes });
      await setImmediate();
    }
    if (read < text.length || report.bytes === trainingBytes) {
      report.reachedTrainingBytes = true;
      break;
    }
  }
  onProgress?.({ phase: 'read', done: report.bytes, total: trainingBytes });
  return lightest;
}

function checkVocabSize(vocabSize: number, base: Vocabulary, last: number): void {
  const min = base.tokens.length + last;
  if (Number.isInteger(vocabSize) && vocabSize >= min && vocabSize <= MAX_VOCAB_SIZE) return;
  const specials = base.specials.size + last;
  const parts =
    base.merges.length === 0
      ? `256 bytes and ${specials} special`
      : `${base.tokens.length} of the parent and ${last} special`;
  throw new JikjiError(
    'tokenizer-vocab-size',
    `tokenizer.vocabSize must be a whole number from ${min} (${parts}) to ${MAX_VOCAB_SIZE}`,
    String(vocabSize),
    'use for example 4096 for a few megabytes of text, 8192 or more for larger ones',
  );
}

/** Checks special tokens that a vocabulary is to get. @throws JikjiError `tokenizer-special-token` */
export function checkSpecials(specials: readonly string[], base?: Vocabulary): void {
  const invalid = (text: string, reason: string): JikjiError =>
    new JikjiError('tokenizer-special-token', `a special token ${reason}`, text, 'write it like <|user|>');
  const taken = new Set(base && spelledTokens(base));
  specials.forEach((text, i) => {
    if (text.length < 2 || text.length > MAX_SPECIAL_LENGTH) {
      throw invalid(text, `must have 2 to ${MAX_SPECIAL_LENGTH} characters`);
    }
    if (!text.isWellFormed()) throw invalid(text, 'must be Unicode text');
    if (specials.indexOf(text) !== i) throw invalid(text, 'comes twice');
    if (taken.has(text)) throw invalid(text, 'is an entry of the tokenizer already, as ordinary text');
  });
  const count = specials.length + (base?.specials.size ?? 0);
  if (count > MAX_SPECIALS)
    throw invalid(`${count} special tokens`, `is one of too many: the limit is ${MAX_SPECIALS}`);
}
