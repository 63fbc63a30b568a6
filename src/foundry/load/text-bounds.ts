// Reads from a model folder which tokens begin and end a text, and the chat template. Does not render the template.

import { isObject, JikjiError, parseJson } from '../../base/index.ts';
import type { TokenizerOutline } from '../tokenizer/index.ts';
import { MAX_CONFIG, MAX_TEMPLATE, type ModelFiles } from './model-files.ts';

/** The limit of ids that end a text. */
const MAX_EOS_IDS = 64;

export interface TextBounds {
  /** Id of the beginning-of-text token, if there is one. */
  bosId: number | undefined;
  /** Ids that end a text. */
  eosIds: number[];
  /** Texts of the tokens that begin and end a text, for the chat template. */
  bosToken: string | undefined;
  eosToken: string | undefined;
  /** The Jinja template that turns a conversation into a text, as the model's maker wrote it: untrusted. */
  chatTemplate: string | undefined;
}

const broken = (path: string, what: string) =>
  new JikjiError('config-broken', what, path, 'get the file again from its source');

type Fields = Record<string, unknown>;
interface File {
  path: string;
  fields: Fields;
}

/** The members of a JSON file; none if the file is missing. */
function fieldsOf(files: ModelFiles, name: string): File {
  const path = files.path(name);
  const text = files.text(name, MAX_CONFIG);
  if (text === undefined) return { path, fields: {} };
  const json = parseJson(text, () => broken(path, 'is not JSON'));
  if (!isObject(json)) throw broken(path, 'is not a JSON object');
  return { path, fields: json };
}

/**
 * Reads config.json, generation_config.json, tokenizer_config.json and chat_template.jinja; only the first is required.
 * @throws JikjiError `config-broken` with the file and the field
 */
export function readTextBounds(files: ModelFiles, vocabSize: number, tokenizer: TokenizerOutline): TextBounds {
  const [config, generation, tokenizerConfig] = ['config.json', 'generation_config.json', 'tokenizer_config.json'].map(
    (name) => fieldsOf(files, name),
  ) as [File, File, File];
  const bosToken = tokenText(tokenizerConfig, 'bos_token');
  const eosToken = tokenText(tokenizerConfig, 'eos_token');
  const idOf = (token: string, key: string): number => {
    const id = tokenizer.idOf(token);
    if (id === undefined) throw broken(tokenizerConfig.path, `${key} is not a token of tokenizer.json`);
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
    chatTemplate: readTemplate(files, tokenizerConfig),
  };
}

/** The text of a token: a string, or the `content` of an object. */
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
  if (list.length > MAX_EOS_IDS) throw broken(path, `${key} has ${list.length} ids`);
  for (const id of list) {
    if (!Number.isSafeInteger(id) || (id as number) < 0 || (id as number) >= vocabSize) {
      throw broken(path, `${key} must be a whole number from 0 to ${vocabSize - 1}, or a list of these`);
    }
  }
  return list as number[];
}

/** The template in chat_template.jinja, else in tokenizer_config.json; of several templates the one named default. */
function readTemplate(files: ModelFiles, { fields, path }: File): string | undefined {
  const text = files.text('chat_template.jinja', MAX_TEMPLATE);
  if (text !== undefined) return text;
  let template = fields.chat_template ?? undefined;
  if (Array.isArray(template)) {
    template = template.find((one) => isObject(one) && one.name === 'default')?.template;
  }
  if (template === undefined) return undefined;
  if (typeof template !== 'string') throw broken(path, 'chat_template is not a text');
  if (template.length > MAX_TEMPLATE) throw broken(path, `chat_template has ${template.length} characters`);
  return template;
}
