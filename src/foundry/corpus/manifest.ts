// The corpus manifest: what went in, under which terms, what was dropped and why. No clock and no machine shows in it.

import type { ReaderName } from './recipe.ts';

/** Version 1 had neither `longestDocument` nor `slice`: it held out whole documents only. Auditors read both. */
export const CORPUS_FORMAT_VERSION = 2;

/** The two halves of a corpus: what is trained on, and what is only measured on. */
export const SPLITS = ['train', 'validation'] as const;
export type Split = (typeof SPLITS)[number];

/** A file of the corpus folder. */
export interface ManifestFile {
  /** Name within the corpus folder. */
  name: string;
  /** Size of the file, in bytes. */
  bytes: number;
  sha256: string;
}

/** Where a source's text came from. `list` has a line {path, bytes, sha256} for each file read. */
export type Origin =
  | { npm: string; integrity: string; path: string[]; fileCount: number; list: ManifestFile }
  | { files: string[]; fileCount: number; list: ManifestFile };

export interface ManifestSource {
  origin: Origin;
  read: ReaderName;
  field: string | null;
  script: string | null;
  language: string;
  licence: string;
  weight: number;
  /** Documents. read = kept + the sum of dropped; kept = train + validation. */
  counts: { read: number; kept: number; train: number; validation: number; dropped: Record<string, number> };
  /** Cuts made in documents: those that were too long, and those around slices that are held out. */
  cuts: number;
  /** The most bytes of a slice, where slices are held out instead of whole documents; else null. */
  slice: number | null;
  /** UTF-8 bytes of text. */
  bytes: { train: number; validation: number };
  files: { train: ManifestFile; validation: ManifestFile };
}

export interface CorpusManifest {
  formatVersion: number;
  /** The share of the text held out, as the recipe says. */
  validation: number;
  /** Longer texts were cut into documents of at most so many bytes. */
  longestDocument: number;
  sources: ManifestSource[];
  /**
   * RFC 6962 Merkle root in hex. A leaf is the SHA-256 (32 bytes) of a kept document's text as UTF-8, in the order of the
   * files: source 0 train, source 0 validation, source 1 train, ...
   */
  corpusRoot: string;
  documents: { train: number; validation: number };
  bytes: { train: number; validation: number };
  /** By licence, in order of code points: documents kept and their UTF-8 bytes. */
  licenceSummary: { licence: string; documents: number; bytes: number }[];
}

/** Name of a file of source `index`. */
export const sourceFile = (index: number, what: string): string =>
  `source-${String(index).padStart(2, '0')}.${what}.jsonl`;

/** The share of a corpus's text that is held out, and whether it is less than half or more than twice what was asked. */
export function heldOut({ validation, bytes }: Pick<CorpusManifest, 'validation' | 'bytes'>): {
  share: number;
  far: boolean;
} {
  const share = bytes.validation / Math.max(1, bytes.train + bytes.validation);
  return { share, far: share < validation / 2 || share > 2 * validation };
}
