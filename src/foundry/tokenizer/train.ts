// Learns a byte-level BPE vocabulary from weighted documents. The same documents in the same order give the same bytes of
// tokenizer.json on every machine: counts are whole numbers below 2^53, ties go by a written rule.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { spell } from './alphabet.ts';
import { MergeText } from './merge-text.ts';
import { pieceEnd } from './split.ts';
import { Tokenizer, type TrainingReport } from './tokenizer.ts';
import { END_OF_TEXT, MAX_SPECIAL_LENGTH, MAX_SPECIALS, MAX_VOCAB_SIZE } from './vocabulary.ts';
import { WordCounts } from './word-counts.ts';

/** A document and how many times it counts (0 to 1,024; not necessarily whole). */
export interface WeightedDocument {
  text: string;
  weight: number;
}

interface TrainingProgress {
  /** `read`: done and total are UTF-8 bytes, total being the most that will be read; `merge`: both are tokens. */
  phase: 'read' | 'merge';
  done: number;
  total: number;
}

export interface TrainTokenizerOptions {
  /** Entries: special tokens, 256 bytes, and as many merges as are left. */
  vocabSize: number;
  /** Further special tokens after `<|endoftext|>`, which is always id 0. */
  specialTokens?: readonly string[];
  /** UTF-8 bytes to look at; then no more documents are asked for. At most 1 GiB. */
  trainingBytes?: number;
  onProgress?: (progress: TrainingProgress) => void;
}

/** UTF-8 bytes that are looked at by default. */
const TRAINING_BYTES = 64 * 1024 * 1024;

/** Most bytes of distinct pre-tokens; later new ones are left out. Training takes about 26 bytes of memory for each. */
const DISTINCT_BYTES = 16 * 1024 * 1024;

const MAX_TRAINING_BYTES = 2 ** 30;
const MAX_WEIGHT = 1024;
/** A weight of 1 in whole units. 2^30 bytes * 1,024 * 2^12 = 2^52: no sum leaves the whole numbers of a double. */
const UNITS = 4096;

/**
 * Trains a tokenizer. Ids: special tokens, then the 256 bytes, then merges in the order they were learned.
 *
 * Rules, on which the result depends: a document's weight is rounded to 1/4096 (at least 1/4096; weight 0 leaves the
 * document out). Each step merges the pair of neighbouring symbols within pre-tokens that weighs most over all its
 * occurrences, overlapping ones included; of equals, that of the lower left id, then of the lower right id. A pair whose
 * bytes a token already spells is never merged. It ends early, with fewer entries than asked (see `training`), when no pair
 * weighs as much as two occurrences in the lightest document.
 * @throws JikjiError `tokenizer-vocab-size`, `tokenizer-special-token`, `tokenizer-training-bytes`, `tokenizer-weight`,
 * `tokenizer-no-text`
 */
export async function trainTokenizer(
  documents: AsyncIterable<WeightedDocument> | Iterable<WeightedDocument>,
  options: TrainTokenizerOptions,
): Promise<Tokenizer> {
  const { vocabSize, onProgress } = options;
  const specials = checkSpecials([END_OF_TEXT, ...(options.specialTokens ?? [])]);
  checkVocabSize(vocabSize, specials.length);
  const trainingBytes = options.trainingBytes ?? TRAINING_BYTES;
  if (!Number.isInteger(trainingBytes) || trainingBytes < 1 || trainingBytes > MAX_TRAINING_BYTES) {
    throw new JikjiError(
      'tokenizer-training-bytes',
      'trainingBytes must be a whole number from 1 to 1073741824',
      String(trainingBytes),
      'leave it out to use 64 MiB',
    );
  }

  const words = new WordCounts(DISTINCT_BYTES);
  const report: TrainingReport = {
    requestedVocabSize: vocabSize,
    documents: 0,
    bytes: 0,
    reachedTrainingBytes: false,
    words: 0,
    wordsLeftOut: 0,
  };
  const lightest = await countWords(documents, words, trainingBytes, report, onProgress);
  report.words = words.size;
  report.wordsLeftOut = words.leftOut;
  if (words.size === 0) {
    throw new JikjiError(
      'tokenizer-no-text',
      'there is no text to train a tokenizer on',
      'corpus',
      'add sources with text',
    );
  }

  const tokens = [
    ...specials.map((text) => new TextEncoder().encode(text)),
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ];
  const taken = new Set([...specials, ...tokens.slice(specials.length).map(spell)]);
  const merges: number[] = [];
  const text = new MergeText(words, specials.length, vocabSize);
  while (tokens.length < vocabSize) {
    const pair = text.pairs.pop(2 * lightest);
    if (pair < 0) break;
    const left = text.pairs.left[pair]!;
    const right = text.pairs.right[pair]!;
    const bytes = Buffer.concat([tokens[left]!, tokens[right]!]);
    const spelled = spell(bytes);
    if (taken.has(spelled)) continue;
    taken.add(spelled);
    text.merge(pair, tokens.length);
    merges.push(left, right, tokens.length);
    tokens.push(new Uint8Array(bytes));
    if (tokens.length % 256 === 0) {
      onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
      await setImmediate(); // so that Ctrl-C and a progress line get their turn
    }
  }
  onProgress?.({ phase: 'merge', done: tokens.length, total: vocabSize });
  const specialIds = new Map(specials.map((special, id) => [special, id]));
  return new Tokenizer({ tokens, specials: specialIds, merges: Uint32Array.from(merges) }, report);
}

/** Counts pre-tokens until `trainingBytes` are looked at; returns the smallest weight seen, in units. */
async function countWords(
  documents: AsyncIterable<WeightedDocument> | Iterable<WeightedDocument>,
  words: WordCounts,
  trainingBytes: number,
  report: TrainingReport,
  onProgress: TrainTokenizerOptions['onProgress'],
): Promise<number> {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(1 << 16);
  let lightest = Number.POSITIVE_INFINITY;
  let told = 0;
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
    if (report.bytes - told >= 1 << 20) {
      told = report.bytes;
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

function checkVocabSize(vocabSize: number, specials: number): void {
  const least = 256 + specials;
  if (Number.isInteger(vocabSize) && vocabSize >= least && vocabSize <= MAX_VOCAB_SIZE) return;
  throw new JikjiError(
    'tokenizer-vocab-size',
    `tokenizer.vocabSize must be a whole number from ${least} (256 bytes and ${specials} special) to ${MAX_VOCAB_SIZE}`,
    String(vocabSize),
    'use for example 4096 for a few megabytes of text, 8192 or more for larger ones',
  );
}

function checkSpecials(specials: string[]): string[] {
  const wrong = (text: string, why: string): JikjiError =>
    new JikjiError('tokenizer-special-token', `a special token ${why}`, text, 'write it like <|user|>');
  specials.forEach((text, i) => {
    if (text.length < 2 || text.length > MAX_SPECIAL_LENGTH) {
      throw wrong(text, `must have 2 to ${MAX_SPECIAL_LENGTH} characters`);
    }
    if (!text.isWellFormed()) throw wrong(text, 'must be Unicode text');
    if (specials.indexOf(text) !== i) throw wrong(text, 'comes twice');
  });
  if (specials.length > MAX_SPECIALS)
    throw wrong(`${specials.length} of them`, `is one of too many, ${MAX_SPECIALS} at most`);
  return specials;
}
