// The chat template of a run with conversations: taken into its folder before the stages that need it.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JikjiError, makeFolder, writeFileAtomic } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { ConversationEncoder, DEFAULT_TEMPLATE } from '../conversation/index.ts';
import type { Recipe } from '../recipe/index.ts';
import type { Tokenizer } from '../tokenizer/index.ts';

/** The limit of a template, in bytes: models with longer ones are not opened. */
export const MAX_TEMPLATE = 1 << 20;

/** Copies the recipe's template into the run's folder, unless it is there. @throws JikjiError `chat-template` */
export function takeTemplate(folder: string, { chat }: Recipe, recipeFolder: string): void {
  const { chatTemplate } = runPaths(folder);
  if (!chat || existsSync(chatTemplate)) return;
  const text = chat.template === undefined ? DEFAULT_TEMPLATE : readTemplate(resolve(recipeFolder, chat.template));
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

/** The encoder of a run's conversations. */
export function openEncoder(folder: string, tokenizer: Tokenizer): ConversationEncoder {
  const { chatTemplate: name } = runPaths(folder);
  return new ConversationEncoder({ template: readTemplate(name), tokenizer, name });
}
