// The split done again: which records must be held out, by their digests or those of their slices. Knows texts, no files.

import {
  fraction,
  holdsOutWhole,
  MAX_DOCUMENT,
  Slices,
  type Split,
  sliceBytes,
  sliceText,
} from '../../foundry/corpus/index.ts';
import { sha256 } from '../../ledger/index.ts';

/** What the manifest states of a source. */
export interface SplitSource {
  /** The most bytes of a slice; null where whole documents are held out. */
  slice: number | null;
  /** UTF-8 bytes of text. */
  bytes: Record<Split, number>;
  counts: { kept: number; dropped: Readonly<Record<string, number>> };
}

/**
 * What can be wrong with the split before any text is read: undefined where nothing is. The lengths of slices bound what `SplitAgain`
 * keeps in memory.
 */
export function wrongWithPlan(share: number, sources: readonly SplitSource[], older: boolean): string | undefined {
  const sliced = sources.filter(({ slice }) => slice !== null);
  if (sliced.length === 0) {
    // Before there were slices, whole documents were held out whatever share came of it.
    const bytes = sources.map((source) => source.bytes);
    const documents = sources.reduce((sum, { counts }) => sum + counts.kept, 0);
    if (older || holdsOutWhole(share, bytes, documents)) return undefined;
    return 'holds out whole documents, which misses the share: slices of them should be held out';
  }
  if (share === 0) return 'has slices, though nothing is to be held out';
  if (sliced.length < sources.length) return 'has slices in some sources and whole documents in others';
  for (const [i, { slice, bytes, counts }] of sources.entries()) {
    // The rule counts the bytes before slices that are blank or repeated are dropped; what was dropped are parts of documents.
    const { duplicate = 0, empty = 0 } = counts.dropped;
    const left = bytes.train + bytes.validation;
    const least = sliceBytes(share, left);
    const most = sliceBytes(share, left + (duplicate + empty) * MAX_DOCUMENT);
    if (slice! < least)
      return `source ${i}: its slices are shorter than the rule makes them: ${slice} bytes, not ${least}`;
    if (slice! > most)
      return `source ${i}: its slices are longer than the rule makes them: ${slice} bytes, not ${most}`;
  }
  return undefined;
}

/**
 * Sources whose slices are longer than the texts that are there make them: only what was dropped, the maker's word, allows that, and
 * longer slices can hold out less. To be called where nothing is wrong with the plan.
 */
export const longerByDropped = (share: number, sources: readonly SplitSource[]): number[] =>
  sources.flatMap(({ slice, bytes }, i) =>
    slice !== null && slice > sliceBytes(share, bytes.train + bytes.validation) ? [i] : [],
  );

/** Takes all records of a corpus, and counts what lies on the wrong side. */
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

  /** How many documents or slices of each source lie in a split in which they should not; called once, at the end. */
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
