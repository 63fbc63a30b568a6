// The corpus manifest: its texts, their licences, and what was dropped by which rule. Contains no times and no machine names.
// The schema checks everything: a manifest may come from anyone.

import { z } from 'zod';
import { refusal } from '../../base/index.ts';
import { countSchema, digestSchema } from '../../formats/index.ts';
import { READERS, type RecipeSource } from '../recipe/index.ts';
import { MAX_DOCUMENT } from './cut.ts';

export const CORPUS_FORMAT_VERSION = 2;

/** The two splits of a corpus: text to train on, and text to measure on. */
export const SPLITS = ['train', 'validation'] as const;
export type Split = (typeof SPLITS)[number];

const word = z.string().max(10_000);
const words = z.array(word).max(1000);
const halves = <T extends z.ZodType>(of: T) => z.strictObject({ train: of, validation: of });

/** A file of the corpus folder. */
const file = z.strictObject({
  /** Name within the corpus folder. */
  name: z.string().max(100),
  /** Size of the file, in bytes. */
  bytes: countSchema,
  sha256: digestSchema,
});
export type ManifestFile = z.infer<typeof file>;

const source = z.strictObject({
  /** Origin of the text. `list` has a line {path, bytes, sha256} for each file read. */
  origin: z.union([
    z.strictObject({ npm: word, integrity: word, path: words, fileCount: countSchema, list: file }),
    z.strictObject({ files: words, fileCount: countSchema, list: file }),
  ]),
  read: z.enum(READERS),
  field: word.nullable(),
  script: word.nullable(),
  language: word,
  licence: word,
  weight: z.number().gt(0).max(1000),
  /** Documents. read = kept + the sum of dropped; kept = train + validation. */
  counts: z.strictObject({
    read: countSchema,
    kept: countSchema,
    train: countSchema,
    validation: countSchema,
    dropped: z.record(z.string().max(100), countSchema),
  }),
  /** Cuts made in documents: those that were too long, and those around slices that are held out. */
  cuts: countSchema,
  /** UTF-8 bytes of text. */
  bytes: halves(countSchema),
  files: halves(file),
  /** The most bytes of a slice, where slices are held out instead of whole documents; else null. */
  slice: z.int().min(1).max(MAX_DOCUMENT).nullable(),
});
export type ManifestSource = z.infer<typeof source>;

const version1 = refusal(
  'manifest-broken',
  [
    'is a corpus manifest of format version 1, which no release wrote and which is not read',
    'build the corpus again: make the run again',
  ],
  [
    '형식 1판의 말뭉치 목록입니다. 정식으로 배포된 적이 없는 형식이라 읽지 않습니다.',
    '말뭉치부터 다시 만드십시오. 학습을 다시 하면 됩니다.',
  ],
);

/** Whoever reads a manifest calls it before the schema. @throws JikjiError `manifest-broken` for one of version 1 */
export function refuseVersion1(manifest: unknown, path: string): void {
  if ((manifest as { formatVersion?: unknown } | null)?.formatVersion === 1) throw version1(path);
}

export const corpusManifestSchema = z.strictObject({
  formatVersion: z.literal(CORPUS_FORMAT_VERSION),
  /** The share of the text to hold out, from the recipe. */
  validation: z.number(),
  /** Longer texts were cut into documents of at most this many bytes. */
  longestDocument: z.literal(MAX_DOCUMENT),
  sources: z.array(source).min(1).max(1000),
  /**
   * RFC 6962 Merkle root in hex. A leaf is the SHA-256 (32 bytes) of a kept document's text as UTF-8, in the order of the
   * files: source 0 train, source 0 validation, source 1 train, ...
   */
  corpusRoot: digestSchema,
  documents: halves(countSchema),
  bytes: halves(countSchema),
  /** By licence, in order of code points: documents kept and their UTF-8 bytes. */
  licenceSummary: z.array(z.strictObject({ licence: word, documents: countSchema, bytes: countSchema })).max(1000),
});
export type CorpusManifest = z.infer<typeof corpusManifestSchema>;
export type Origin = ManifestSource['origin'];

/** Name of a source: its package, or its files. */
export const originName = (origin: { npm: string } | { files: readonly string[] }): string =>
  'npm' in origin ? origin.npm : origin.files.join(', ');

/** Name of a file of source `index`. */
export const sourceFile = (index: number, content: Split | 'files'): string =>
  `source-${String(index).padStart(2, '0')}.${content}.jsonl`;

/** The share of a corpus's text that is held out, and whether it is far from the recipe's: less than half or more than twice. */
export function heldOut({ validation, bytes }: Pick<CorpusManifest, 'validation' | 'bytes'>): {
  share: number;
  far: boolean;
} {
  const share = bytes.validation / Math.max(1, bytes.train + bytes.validation);
  return { share, far: share < validation / 2 || share > 2 * validation };
}

/** The settings of a source that its manifest repeats from the recipe; null for those that the recipe leaves out. */
export const statedSettings = ({ read, field, script, language, licence, weight }: RecipeSource) => ({
  read,
  field: field ?? null,
  script: script ?? null,
  language,
  licence,
  weight,
});
