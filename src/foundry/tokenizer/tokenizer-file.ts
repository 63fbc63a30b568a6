// Reads the text of a tokenizer.json, and has the checks of an untrusted one that its two readers share: JSON, types, ids, added tokens, merges. Knows neither
// splits nor decoders.

import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { isObject, JikjiError, parseJson, shownValue, systemCode } from '../../base/index.ts';
import { MAX_SPECIAL_LENGTH, MAX_VOCAB_SIZE } from './vocabulary.ts';

/** The longest tokenizer.json that is read, in UTF-16 code units (a vocabulary of 150,000 takes about 10 million). */
const MAX_JSON_LENGTH = 64 * 1024 * 1024;

/** The text of a tokenizer.json. @throws JikjiError `tokenizer-missing`, `tokenizer-unreadable`, `tokenizer-unsupported`, `tokenizer-broken` */
export function tokenizerText(path: string): string {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_JSON_LENGTH * 3) {
      throw new JikjiError('tokenizer-unsupported', 'the tokenizer file is too large', path, 'check the path');
    }
    bytes = readFileSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new JikjiError('tokenizer-missing', 'there is no tokenizer file here', path, 'check the path');
    }
    const message = `the tokenizer file cannot be read (${code})`;
    throw new JikjiError('tokenizer-unreadable', message, path, 'check the path');
  }
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  throw new JikjiError('tokenizer-broken', 'the tokenizer file is not UTF-8', path, 'use an unaltered copy');
}

export type Fields = Record<string, unknown>;

/** An entry of `added_tokens`; `fields` are all its members. */
interface AddedEntry {
  fields: Fields;
  content: string;
  id: number;
}

/** One pair of `model.merges`, with the ids of the left, the right and the merged token. */
interface Merge {
  pair: [left: string, right: string];
  ids: number[];
}

/** A parsed tokenizer.json. Every method throws JikjiError `tokenizer-broken` or `tokenizer-unsupported`. */
export class TokenizerFile {
  readonly fields: Fields;
  readonly model: Fields;
  readonly #name: string;
  readonly #kinds: string;

  /** `name` names the file in errors; `kinds` is the hint that says which tokenizers can be read. */
  constructor(text: string, name: string, kinds: string) {
    this.#name = name;
    this.#kinds = kinds;
    if (text.length > MAX_JSON_LENGTH) throw this.unsupported(`it is longer than ${MAX_JSON_LENGTH} characters`);
    const parsed = parseJson(text, () => this.broken('it is not JSON'));
    this.fields = this.object(parsed, 'the file');
    this.model = this.object(this.fields.model, 'model');
    const { type } = this.model;
    if (type !== undefined && type !== 'BPE') throw this.unsupported(`model type ${shownValue(type)}`);
  }

  /** The error for a damaged file. */
  broken(what: string): JikjiError {
    const hint = 'use an unaltered copy of the file';
    return new JikjiError('tokenizer-broken', `the tokenizer file is damaged: ${what}`, this.#name, hint);
  }

  /** The error for a valid file of another kind. */
  unsupported(what: string): JikjiError {
    const message = `this kind of tokenizer cannot be read: ${what}`;
    return new JikjiError('tokenizer-unsupported', message, this.#name, this.#kinds);
  }

  object(value: unknown, what: string): Fields {
    if (!isObject(value)) throw this.broken(`${what} is not an object`);
    return value;
  }

  list(value: unknown, what: string, maxLength: number): unknown[] {
    if (!Array.isArray(value)) throw this.broken(`${what} is not a list`);
    if (value.length > maxLength)
      throw this.unsupported(`${what} has ${value.length} entries; the limit is ${maxLength}`);
    return value;
  }

  /** The id of a token: a whole number from 0 to MAX_VOCAB_SIZE - 1. */
  id(value: unknown, token: string): number {
    if (!Number.isInteger(value) || (value as number) < 0 || Object.is(value, -0)) {
      throw this.broken(`the id of ${shownValue(token)}`);
    }
    if ((value as number) >= MAX_VOCAB_SIZE) throw this.unsupported(`an id of ${MAX_VOCAB_SIZE} or more`);
    return value as number;
  }

  /** Checks that members of `model` are left out, null or `empty`. */
  checkUnset(keys: readonly string[], empty: '' | false): void {
    for (const key of keys) {
      const value = this.model[key];
      if ((value ?? empty) !== empty) throw this.unsupported(`model.${key} is ${shownValue(value)}`);
    }
  }

  /** The steps of a `Sequence`, whose list is the member `member`; any other part is its own only step. */
  steps(part: Fields, where: string, member: string): Fields[] {
    if (part.type !== 'Sequence') return [part];
    const list = this.list(part[member], `${where}.${member}`, 16);
    return list.map((step) => this.object(step, `a step of ${where}`));
  }

  /** The entries of `added_tokens`, at most `maxLength`. */
  addedTokens(maxLength: number): AddedEntry[] {
    return this.list(this.fields.added_tokens ?? [], 'added_tokens', maxLength).map((entry) => {
      const fields = this.object(entry, 'an added token');
      const { content } = fields;
      if (typeof content !== 'string' || content === '') throw this.broken('an added token without content');
      if (!content.isWellFormed()) throw this.broken('an added token that is not Unicode');
      if (content.length > MAX_SPECIAL_LENGTH) throw this.unsupported('an added token that is very long');
      for (const key of ['single_word', 'lstrip', 'rstrip']) {
        if ((fields[key] ?? false) !== false)
          throw this.unsupported(`the added token ${shownValue(content)} has ${key}`);
      }
      return { fields, content, id: this.id(fields.id, content) };
    });
  }

  /** The merges, first merge first. `idOf` gives the id of a token that merging can produce. */
  merges(idOf: (token: string) => number | undefined): Merge[] {
    const pairs = new Set<number>();
    return this.list(this.model.merges, 'model.merges', MAX_VOCAB_SIZE).map((merge, rank) => {
      const parts = typeof merge === 'string' ? merge.split(' ', 3) : merge;
      if (!Array.isArray(parts) || parts.length !== 2) throw this.broken(`merge ${rank} is not a pair`);
      const [left, right] = parts as unknown[];
      if (typeof left !== 'string' || typeof right !== 'string')
        throw this.broken(`merge ${rank} is not a pair of texts`);
      const ids = [left, right, left + right].map((token) => {
        const id = idOf(token);
        if (id === undefined) throw this.broken(`merge ${rank} names ${shownValue(token)}, which is not a token`);
        return id;
      });
      const key = ids[0] * MAX_VOCAB_SIZE + ids[1];
      if (pairs.has(key)) throw this.broken(`merge ${rank} comes twice`);
      pairs.add(key);
      return { pair: [left, right], ids };
    });
  }
}
