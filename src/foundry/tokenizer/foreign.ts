// Reads a tokenizer.json, whoever made it, for a model that is served, or for a run that takes it over from its parent.

import { JikjiError } from '../../base/index.ts';
import { type ForeignOutline, foreignFromJson, outlineFromJson } from './foreign-json.ts';
import { ForeignRunTokenizer } from './foreign-run.ts';
import { ForeignTokenizer } from './foreign-tokenizer.ts';
import type { RunTokenizer, TokenizerSettings } from './run-tokenizer.ts';
import type { TextTokenizer } from './text-tokenizer.ts';
import { Tokenizer } from './tokenizer.ts';
import { tokenizerText } from './tokenizer-file.ts';

/** A tokenizer's kind and tokens. */
export interface TokenizerOutline {
  /** A description for people. */
  kind: string;
  vocabSize: number;
  /** Id of a token by its text, for example `<|endoftext|>`. */
  idOf(token: string): number | undefined;
  /** Text of a token, as the file spells it. */
  tokenOf(id: number): string | undefined;
}

/** A tokenizer as its file describes it. The file does not say which tokens begin and end a text. */
export interface ReadTokenizer extends TokenizerOutline {
  /** Completes the tokenizer with its prefix and the ids that end a text; undefined if no prefix is known. */
  ready(prefixId: number | undefined, endIds: readonly number[]): TextTokenizer | undefined;
}

/**
 * Reads the text of a tokenizer.json as one of ours, which is faster, or as one of another maker.
 * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
 */
export function readTokenizer(text: string, name?: string): ReadTokenizer {
  let tokenizer: Tokenizer;
  try {
    tokenizer = Tokenizer.fromJson(text, name);
  } catch (error) {
    if (error instanceof JikjiError) return readForeign(text, name);
    throw error;
  }
  const spelled = tokenizer.spelledTokens();
  return {
    kind: 'byte-level BPE, split as GPT-2',
    vocabSize: tokenizer.vocabSize,
    idOf: (token) => tokenizer.specials.get(token) ?? nonNegative(spelled.indexOf(token)),
    tokenOf: (id) => spelled[id],
    ready: (prefixId = tokenizer.prefixId, endIds) => {
      const allEndIds = new Set([...tokenizer.endIds, ...endIds]);
      if (prefixId === tokenizer.prefixId && allEndIds.size === tokenizer.endIds.size) return tokenizer;
      return {
        vocabSize: tokenizer.vocabSize,
        prefixId,
        endIds: allEndIds,
        encode: (text, options) => tokenizer.encode(text, options),
        plainBytes: (id) => tokenizer.plainBytes(id),
        decode: (ids) => tokenizer.decode(ids),
        stream: () => tokenizer.stream(),
      };
    },
  };
}

/**
 * The kind and the tokens of a tokenizer.json, without reading its merges.
 * @throws JikjiError as `readTokenizer`
 */
export const outlineTokenizer = (text: string, name?: string): TokenizerOutline =>
  outlineOf(outlineFromJson(text, name));

/**
 * The texts of a tokenizer's special tokens, in the order of the file.
 * @throws JikjiError as `readTokenizer`
 */
export const specialTokens = (text: string, name?: string): string[] =>
  outlineFromJson(text, name).added.flatMap(({ content, special }) => (special ? [content] : []));

const outlineOf = ({ kind, ids, tokens, added }: ForeignOutline): TokenizerOutline => ({
  kind,
  vocabSize: tokens.length,
  idOf: (token) => ids.get(token) ?? added.find(({ content }) => content === token)?.id,
  tokenOf: (id) => tokens[id],
});

const nonNegative = (index: number) => (index < 0 ? undefined : index);

function readForeign(text: string, name: string | undefined): ReadTokenizer {
  const vocabulary = foreignFromJson(text, name);
  return {
    ...outlineOf(vocabulary),
    ready: (prefixId, endIds) => {
      const prefix = prefixId ?? endIds[0];
      return prefix === undefined ? undefined : new ForeignTokenizer(vocabulary, prefix, endIds);
    },
  };
}

/**
 * Opens the tokenizer of a run from the text of its tokenizer.json: one that a run trained, or with `eosToken` one of another maker.
 * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`, `tokenizer-unfit`
 */
export function openRunTokenizer(text: string, settings: TokenizerSettings, name?: string): RunTokenizer {
  const { vocabSize, eosToken, bosToken = eosToken } = settings;
  if (eosToken === undefined || bosToken === undefined) return Tokenizer.fromJson(text, name);
  return new ForeignRunTokenizer(foreignFromJson(text, name), { vocabSize, bosToken, eosToken }, name);
}

/** Reads the tokenizer of a run. @throws JikjiError as `openRunTokenizer` and `tokenizerText` */
export const loadRunTokenizer = (path: string, settings: TokenizerSettings): RunTokenizer =>
  openRunTokenizer(tokenizerText(path), settings, path);
