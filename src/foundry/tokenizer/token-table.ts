// The tokens of a tokenizer as bytes, with their ids and merges, to compare tokenizers of any makers. Reads more kinds than can be used: how
// texts are split does not matter here.

import { isObject, shownValue } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { spell, unspell } from './alphabet.ts';
import type { GgufTokenizer } from './gguf.ts';
import { type Fields, TokenizerFile } from './tokenizer-file.ts';
import { MAX_VOCAB_SIZE } from './vocabulary.ts';

export interface TokenTable {
  /** Id by token: the bytes that it stands for, in lower-case hexadecimal. Without special tokens. */
  ids: ReadonlyMap<string, number>;
  /** `left right` in the same spelling, first merge first; undefined where a tokenizer has scores instead. */
  merges: readonly string[] | undefined;
  /** SHA-256 over tokens and ids: equal for equal tables, whatever file they are in. */
  digest: string;
}

/** How a file spells tokens: GPT-2's alphabet of bytes, or SentencePiece's text with marks for spaces and `<0x41>` for bytes. */
type Spelling = 'bytes' | 'marks';

const hexOf = (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('hex');
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

function tokenHex(token: string, spelling: Spelling): string {
  if (spelling === 'bytes') return hexOf(unspell(token) ?? token);
  const [, byte] = BYTE_TOKEN.exec(token) ?? [];
  return byte?.toLowerCase() ?? hexOf(token.replaceAll('▁', ' '));
}

/** Ids in the order of tokens: a token of text comes before one of a single byte with the same bytes, and the lower id before others. */
function tableOf(tokens: Iterable<readonly [string, number]>, spelling: Spelling): Pick<TokenTable, 'ids' | 'digest'> {
  const ids = new Map<string, number>();
  const sorted = [...tokens].sort((a, b) => a[1] - b[1]);
  for (const isByte of [false, true]) {
    for (const [token, id] of sorted) {
      if ((spelling === 'marks' && BYTE_TOKEN.test(token)) !== isByte) continue;
      const hex = tokenHex(token, spelling);
      if (!ids.has(hex)) ids.set(hex, id);
    }
  }
  const lines = [...ids].sort((a, b) => a[1] - b[1]).map(([hex, id]) => `${id} ${hex}\n`);
  return { ids, digest: sha256Hex(lines.join('')) };
}

/** Whether a part of the file, or a step of it, is of this type. */
function hasStep(part: unknown, type: string): boolean {
  if (!isObject(part)) return false;
  const steps = [part.decoders, part.pretokenizers, part.normalizers].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  return [part, ...steps].some((step) => isObject(step) && step.type === type);
}

/** The tokens of `added_tokens` that are ordinary text, and the texts of all. */
function readAdded(file: TokenizerFile): { plain: [string, number][]; all: Set<string> } {
  const all = new Set<string>();
  const plain: [string, number][] = [];
  for (const entry of file.list(file.fields.added_tokens ?? [], 'added_tokens', MAX_VOCAB_SIZE)) {
    const { content, id, special } = file.object(entry, 'an added token');
    if (typeof content !== 'string' || !content.isWellFormed()) throw file.broken('an added token without content');
    all.add(content);
    if (special !== true) plain.push([content, file.id(id, content)]);
  }
  return { plain, all };
}

/**
 * Reads a tokenizer.json with a model of type BPE, whatever its normalizer and its splits.
 * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
 */
export function tokenTableOfJson(text: string, name: string): TokenTable {
  const file = new TokenizerFile(text, name, 'the tokens of BPE tokenizers can be compared');
  const { decoder, pre_tokenizer, normalizer } = file.fields;
  const isBytes = [decoder, pre_tokenizer, normalizer].some((part) => hasStep(part, 'ByteLevel'));
  const spelling = isBytes ? 'bytes' : 'marks';
  const { plain, all } = readAdded(file);
  const vocab: Fields = file.object(file.model.vocab, 'model.vocab');
  const tokens = Object.keys(vocab).map((token): [string, number] => {
    if (!token.isWellFormed()) throw file.broken(`the token ${shownValue(token)}`);
    return [token, file.id(vocab[token], token)];
  });
  if (tokens.length > MAX_VOCAB_SIZE) throw file.unsupported(`it has ${tokens.length} tokens`);
  const known = new Map([...tokens, ...plain]);
  const merges = file
    .merges((token) => known.get(token) ?? (all.has(token) ? 0 : undefined))
    .map(({ pair }) => pair.map((part) => tokenHex(part, spelling)).join(' '));
  // Added tokens are found in texts as they are, not in the spelling of the others.
  const ordinary = tokens.filter(([token]) => !all.has(token) && token !== file.model.unk_token);
  const added = plain.map(([token, id]): [string, number] => [isBytes ? spell(Buffer.from(token)) : token, id]);
  return { ...tableOf([...ordinary, ...added], spelling), merges };
}

/** llama.cpp's types of tokens that are ordinary text: normal, of a user, of a byte. */
const ORDINARY = [1, 4, 6];

/** The table of a tokenizer in GGUF's metadata; undefined for kinds other than gpt2 and llama. */
export function tokenTableOfGguf({
  kind,
  tokens,
  types,
  merges,
}: Pick<GgufTokenizer, 'kind' | 'tokens' | 'types' | 'merges'>): TokenTable | undefined {
  if (kind !== 'gpt2' && kind !== 'llama') return undefined;
  const spelling = kind === 'gpt2' ? 'bytes' : 'marks';
  const ordinary = tokens.flatMap((token, id): [string, number][] => {
    const type = types[id] ?? 1;
    if (token === '' || !ORDINARY.includes(type)) return [];
    return [[type === 4 && spelling === 'bytes' ? spell(Buffer.from(token)) : token, id]];
  });
  const spelled = merges.map((merge) =>
    merge
      .split(' ')
      .map((part) => tokenHex(part, spelling))
      .join(' '),
  );
  return { ...tableOf(ordinary, spelling), merges: merges.length > 0 ? spelled : undefined };
}
