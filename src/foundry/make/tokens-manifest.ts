// The schema of corpus/tokens.json: the files of token ids that a corpus was encoded to. It checks everything: the file may come from
// anyone.

import { z } from 'zod';
import { countSchema, digestSchema } from '../../formats/index.ts';
import { type Split, sourceFile } from '../corpus/index.ts';

/** One file of token ids. */
const shard = z.strictObject({
  /** Name inside corpus/. */
  file: z.string().max(100),
  tokens: countSchema,
  documents: countSchema,
  /** UTF-8 bytes of the text. */
  bytes: countSchema,
  sha256: digestSchema,
  /** Of a source of conversations: the file with a byte beside each id. */
  marks: z.strictObject({ file: z.string().max(100), sha256: digestSchema }).optional(),
});
export type TokenShard = z.infer<typeof shard>;

export const tokensManifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** Bytes per id. */
  width: z.union([z.literal(2), z.literal(4)]),
  /** Digest of tokenizer.json. */
  tokenizer: digestSchema,
  sources: z
    .array(z.strictObject({ train: shard, validation: shard }))
    .min(1)
    .max(1000),
  /** RFC 6962 root over the raw digests of all shards: by source, train before validation. */
  root: digestSchema,
});
export type TokensManifest = z.infer<typeof tokensManifestSchema>;

/** Name of the token file of source `index`. */
export const tokensFile = (index: number, split: Split): string => sourceFile(index, split).replace(/jsonl$/, 'bin');
