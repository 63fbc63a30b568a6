// What a model folder says beside weights and shape: what begins and ends a text, and the template of a talk. Does not render it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, JikjiError } from '../../base/index.ts';
import { parseJson, readSmallFile } from '../../formats/index.ts';
import type { TokenizerOutline } from '../tokenizer/index.ts';
import { MAX_CONFIG } from './find.ts';

/** Longest chat template, in bytes; real ones have some thousands. */
const MAX_TEMPLATE = 1 << 20;
/** Most ids that end a text. */
const MAX_ENDS = 64;

export interface TextBounds {
  /** Id of the beginning-of-text token, where there is one. */
  bosId: number | undefined;
  /** Ids that end a text. */
  eosIds: number[];
  bosToken: string | undefined;
  eosToken: string | undefined;
  chatTemplate: string | undefined;
}

const AGAIN = 'take the file anew from its source';
const broken = (path: string, what: string): JikjiError => new JikjiError('config-broken', what, path, AGAIN);

type Fields = Record<string, unknown>;
interface File {
  path: string;
  fields: Fields;
}
/** The members of a JSON file; none where the file is not there. */
function fieldsOf(path: string): Fields {
  if (!existsSync(path)) return {};
  const json = parseJson(readSmallFile(path, MAX_CONFIG), () => broken(path, 'is not JSON'));
  if (!isObject(json)) throw broken(path, 'is not a JSON object');
  return json;
}

/**
 * Reads config.json, generation_config.json, tokenizer_config.json and chat_template.jinja, of which only the first must be there.
 * @throws JikjiError `config-broken`, naming the file and the field
 */
export function readTextBounds(folder: string, vocabSize: number, tokenizer: TokenizerOutline): TextBounds {
  const [config, generation, tokens] = ['config.json', 'generation_config.json', 'tokenizer_config.json'].map(
    (name) => {
      const path = join(folder, name);
      return { path, fields: fieldsOf(path) };
    },
  ) as [File, File, File];
  const bosToken = tokenText(tokens, 'bos_token');
  const eosToken = tokenText(tokens, 'eos_token');
  const idOf = (token: string, key: string): number => {
    const id = tokenizer.idOf(token);
    if (id === undefined) throw broken(tokens.path, `${key} is no token of tokenizer.json`);
    return id;
  };
  const eosIds = [config, generation].flatMap((file) => ids(file, 'eos_token_id', vocabSize));
  if (eosToken !== undefined) eosIds.push(idOf(eosToken, 'eos_token'));
  const bosId = bosToken === undefined ? ids(config, 'bos_token_id', vocabSize)[0] : idOf(bosToken, 'bos_token');
  const textOf = (id: number | undefined) => (id === undefined ? undefined : tokenizer.tokenOf(id));
  return {
    bosId,
    eosIds: [...new Set(eosIds)],
    bosToken: bosToken ?? textOf(bosId),
    eosToken: eosToken ?? textOf(eosIds[0]),
    chatTemplate: readTemplate(folder, tokens),
  };
}

/** A token's text: written as such, or with how it is found in a text. */
function tokenText({ fields, path }: File, key: string): string | undefined {
  const value = fields[key] ?? undefined;
  const text = isObject(value) ? value.content : value;
  if (text !== undefined && (typeof text !== 'string' || text === '' || text.length > 1000)) {
    throw broken(path, `${key} is not the text of a token`);
  }
  return text;
}

/** One id or a list of them. */
function ids({ fields, path }: File, key: string, vocabSize: number): number[] {
  const value = fields[key] ?? [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_ENDS) throw broken(path, `${key} has ${list.length} ids`);
  for (const id of list) {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
      throw broken(path, `${key} must be a whole number from 0 to ${vocabSize - 1}, or a list of such`);
    }
  }
  return list as number[];
}

/** The template in its own file, else the one in tokenizer_config.json, or of several there the one named default. */
function readTemplate(folder: string, { fields, path }: File): string | undefined {
  const own = join(folder, 'chat_template.jinja');
  if (existsSync(own)) return readSmallFile(own, MAX_TEMPLATE);
  let template = fields.chat_template ?? undefined;
  if (Array.isArray(template)) {
    template = template.find((one) => isObject(one) && one.name === 'default')?.template;
  }
  if (template === undefined) return undefined;
  if (typeof template !== 'string') throw broken(path, 'chat_template is not a text');
  if (template.length > MAX_TEMPLATE) throw broken(path, `chat_template has ${template.length} characters`);
  return template;
}
