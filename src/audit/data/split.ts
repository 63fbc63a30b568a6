// Computes the split again: which records must be held out, by their digests or those of their slices. Knows no files.

import type { Both } from '../../base/index.ts';
import {
  fraction,
  holdsOutWhole,
  MAX_DOCUMENT,
  Slices,
  type Split,
  sliceBytes,
  sliceText,
} from '../../foundry/corpus/index.ts';
import { isConversations, type ReaderName } from '../../foundry/recipe/index.ts';
import { sha256 } from '../../ledger/index.ts';
import { SPLIT } from '../sentences/data.ts';

/** What the manifest states of a source. */
export interface SplitSource {
  read: ReaderName;
  /** The most bytes of a slice; null where whole documents are held out. */
  slice: number | null;
  /** UTF-8 bytes of text. */
  bytes: Record<Split, number>;
  counts: { kept: number; dropped: Readonly<Record<string, number>> };
}

/**
 * What is wrong with the split by the manifest alone, before any text is read; undefined if nothing is. The check also bounds what
 * `SplitAgain` keeps in memory, by the lengths of slices.
 */
export function wrongWithPlan(share: number, sources: readonly SplitSource[]): Both | undefined {
  const sliced = sources.filter(({ slice }) => slice !== null);
  const texts = sources.filter(({ read }) => !isConversations(read));
  if (sliced.some(({ read }) => isConversations(read))) return SPLIT.ofConversations;
  if (sliced.length === 0) {
    const bytes = texts.map((source) => source.bytes);
    const documents = texts.reduce((sum, { counts }) => sum + counts.kept, 0);
    if (holdsOutWhole(share, bytes, documents)) return undefined;
    return SPLIT.wholeDocuments;
  }
  if (share === 0) return SPLIT.needless;
  if (sliced.length < texts.length) return SPLIT.mixed;
  for (const [i, { slice, bytes, counts }] of sources.entries()) {
    if (slice === null) continue;
    // The rule counts the bytes before blank and repeated slices are dropped; each dropped slice is a part of a document.
    const { duplicate = 0, empty = 0 } = counts.dropped;
    const left = bytes.train + bytes.validation;
    const least = sliceBytes(share, left);
    const most = sliceBytes(share, left + (duplicate + empty) * MAX_DOCUMENT);
    if (slice < least) return SPLIT.shorter(i, slice, least);
    if (slice > most) return SPLIT.longer(i, slice, most);
  }
  return undefined;
}

/**
 * Indices of the sources whose slices are longer than their texts alone would make them: only dropped texts, the maker's word, allow that,
 * and longer slices can hold out less. Call it only if the plan is not wrong.
 */
export const longerByDropped = (share: number, sources: readonly SplitSource[]): number[] =>
  sources.flatMap(({ slice, bytes }, i) =>
    slice !== null && slice > sliceBytes(share, bytes.train + bytes.validation) ? [i] : [],
  );

/** Takes all records of a corpus, and counts those in the wrong split. */
export class SplitAgain {
  readonly #share: number;
  readonly #most: readonly (number | null)[];
  readonly #slices = new Slices();
  /** By slice: its source, and whether the run held it out. */
  readonly #places: { source: number; split: Split }[] = [];
  readonly #wrong: Record<Split, number>[];

  constructor(share: number, sources: readonly SplitSource[]) {
    this.#share = share;
    this.#most = sources.map(({ slice }) => slice);
    this.#wrong = sources.map(() => ({ train: 0, validation: 0 }));
  }

  /** A record of one split of a source, and its digest. @throws JikjiError `slices-too-many` */
  add(source: number, split: Split, text: string, digest: Buffer): void {
    const most = this.#most[source] ?? null;
    if (most === null) {
      const wanted = fraction(digest) < this.#share ? 'validation' : 'train';
      if (wanted !== split) this.#wrong[source]![split]++;
      return;
    }
    const place = { source, split };
    sliceText(text, most, (slice) => {
      this.#slices.add(sha256(slice), slice, source);
      this.#places.push(place);
    });
  }

  /** How many documents or slices of each source are in the wrong split; called once, at the end. */
  wrong(): readonly Readonly<Record<Split, number>>[] {
    if (this.#places.length === 0) return this.#wrong;
    this.#slices.choose(
      this.#share,
      this.#most.map((most) => most ?? 0),
    );
    this.#places.forEach(({ source, split }, slice) => {
      const wanted = this.#slices.isHeldOut(slice) ? 'validation' : 'train';
      if (wanted !== split) this.#wrong[source]![split]++;
    });
    return this.#wrong;
  }
}
