// The schema of corpus/tokens.json: the files of token ids that a corpus was encoded to. It checks everything: the file may come from
// anyone.

import { z } from 'zod';
import { countSchema, digestSchema } from '../../formats/index.ts';
import { type Split, sourceFile } from '../corpus/index.ts';

/** One file of token ids. */
const textShard = z.strictObject({
  /** Name inside corpus/. */
  file: z.string().max(100),
  tokens: countSchema,
  documents: countSchema,
  /** UTF-8 bytes of the text. */
  bytes: countSchema,
  sha256: digestSchema,
});

const shard = textShard.extend({
  /** Of a source of conversations: the file with a byte beside each id. */
  marks: z.strictObject({ file: z.string().max(100), sha256: digestSchema }).exactOptional(),
});
export type TokenShard = z.infer<typeof shard>;

const members = {
  /** Bytes per id. */
  width: z.union([z.literal(2), z.literal(4)]),
  /** Digest of tokenizer.json. */
  tokenizer: digestSchema,
  /** RFC 6962 root over the raw digests of all files: by source, train before validation, marks after their tokens. */
  root: digestSchema,
};
const sources = <T extends z.ZodType>(of: T) =>
  z
    .array(z.strictObject({ train: of, validation: of }))
    .min(1)
    .max(1000);

/** Version 2 stands where there are conversations. */
export const tokensManifestSchema = z.discriminatedUnion('formatVersion', [
  z.strictObject({ formatVersion: z.literal(1), ...members, sources: sources(textShard) }),
  z.strictObject({
    formatVersion: z.literal(2),
    ...members,
    /** Digest of the chat template. */
    template: digestSchema,
    sources: sources(shard),
  }),
]);

type Manifest = z.infer<typeof tokensManifestSchema>;
export type TokensManifest = Omit<Manifest, 'formatVersion' | 'sources'> & {
  formatVersion: 1 | 2;
  template?: string;
  sources: { train: TokenShard; validation: TokenShard }[];
};

/** Name of the token file of source `index`. */
export const tokensFile = (index: number, split: Split): string => sourceFile(index, split).replace(/jsonl$/, 'bin');

/** Name of the file of marks of source `index`. */
export const marksFile = (index: number, split: Split): string => sourceFile(index, split).replace(/jsonl$/, 'marks');

/** The raw digests of all files, in the order of the root's leaves. */
export const tokenLeaves = ({ sources }: Pick<TokensManifest, 'sources'>): Buffer[] =>
  sources
    .flatMap(({ train, validation }) => [train, validation])
    .flatMap(({ sha256, marks }) => (marks ? [sha256, marks.sha256] : [sha256]))
    .map((digest) => Buffer.from(digest, 'hex'));
