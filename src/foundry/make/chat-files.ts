// The chat template of a run with conversations: taken into its folder before the stages that need it, and what stands beside the
// finished model so that others talk with it as it was trained.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JikjiError, makeFolder, writeFileAtomic } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { ConversationEncoder, DEFAULT_TEMPLATE } from '../conversation/index.ts';
import type { Recipe } from '../recipe/index.ts';
import type { RunTokenizer } from '../tokenizer/index.ts';

/** The limit of a template, in bytes: models with longer ones are not opened. */
const MAX_TEMPLATE = 1 << 20;

/** Copies the template into the run's folder, unless it is there: the recipe's, that of the parent, or the built-in one. @throws JikjiError `chat-template` */
export function takeTemplate(folder: string, { chat }: Recipe, recipeFolder: string): void {
  const { chatTemplate } = runPaths(folder);
  if (!chat || existsSync(chatTemplate)) return;
  const { parentTemplate } = runPaths(folder);
  const text =
    chat.template !== undefined
      ? readTemplate(resolve(recipeFolder, chat.template))
      : existsSync(parentTemplate)
        ? readTemplate(parentTemplate)
        : DEFAULT_TEMPLATE;
  makeFolder(dirname(chatTemplate));
  writeFileAtomic(chatTemplate, text);
}

/** @throws JikjiError `chat-template` */
export function readTemplate(path: string): string {
  try {
    return readSmallFile(path, MAX_TEMPLATE).replace(/^\ufeff/, '');
  } catch (cause) {
    if (!(cause instanceof JikjiError)) throw cause;
    const hint = 'name a file in Jinja with chat.template, or leave it out';
    throw new JikjiError('chat-template', `the chat template ${cause.message}`, path, hint, { cause });
  }
}

/** The template's name in errors: the file that the recipe names, else the one in the run's folder. */
export const templateName = (folder: string, { chat }: Recipe, recipeFolder: string): string =>
  chat?.template === undefined ? runPaths(folder).chatTemplate : resolve(recipeFolder, chat.template);

/** The encoder of a run's conversations. `name` is the template's in errors. */
export const openEncoder = (folder: string, tokenizer: RunTokenizer, name: string): ConversationEncoder =>
  new ConversationEncoder({ template: readTemplate(runPaths(folder).chatTemplate), tokenizer, name });

/** The files that only a model has that was trained on conversations. */
export const CHAT_FILES = ['chat_template.jinja', 'generation_config.json', 'tokenizer_config.json'] as const;

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

/** What Hugging Face's tokenizer_config.json says of a run's tokenizer. `context` is in tokens. */
export const tokenizerConfig = ({ specials, bosToken, eosToken }: RunTokenizer, context: number): object => {
  const turns = [...specials.keys()].filter((token) => token !== bosToken && token !== eosToken);
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: bosToken,
    eos_token: eosToken,
    ...(turns.length > 0 && { additional_special_tokens: turns }),
    add_bos_token: true,
    clean_up_tokenization_spaces: false,
    model_max_length: context,
  };
};

/**
 * The texts of `CHAT_FILES`. A turn ends where the template ends an answer, and a text where every text ends.
 * @throws JikjiError `chat-template`
 */
export async function chatFiles(
  template: string,
  tokenizer: RunTokenizer,
  context: number,
): Promise<Record<(typeof CHAT_FILES)[number], string>> {
  const encoder = new ConversationEncoder({ template, tokenizer, name: CHAT_FILES[0] });
  try {
    const ends = [...(await encoder.check()), tokenizer.eosId];
    return {
      'chat_template.jinja': template,
      'generation_config.json': json({ bos_token_id: tokenizer.prefixId, eos_token_id: [...new Set(ends)] }),
      'tokenizer_config.json': json(tokenizerConfig(tokenizer, context)),
    };
  } finally {
    encoder.close();
  }
}
