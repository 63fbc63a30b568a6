// The chat template of an open model.

import { ChatTemplate } from '../conversation/index.ts';
import type { Model } from './load.ts';

/** Undefined for a base model. `name` stands for the model in errors. The template's process begins when it is first used. */
export function templateOf(model: Model, name = model.folder): ChatTemplate | undefined {
  const { chatTemplate: template, bosToken, eosToken, tokenizer } = model;
  return template === undefined ? undefined : new ChatTemplate({ template, bosToken, eosToken, tokenizer, name });
}
