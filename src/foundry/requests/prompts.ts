// The prompts of a request as ids: texts, ids as they are, or a conversation by the model's template.

import { JikjiError } from '../../base/index.ts';
import type { Tool } from '../conversation/index.ts';
import type { ServedModel } from './served-model.ts';
import type { ChatRequest, CompletionRequest } from './shapes.ts';
import { messagesOf } from './tools.ts';

/** A prompt: its ids as the model reads them, and what a client gets back of it. */
export interface Prompt {
  ids: number[];
  text: string;
  /** Ids of the beginning that the client did not give. */
  added: number;
}

/** The prompts as they are given: texts or ids. */
export const listOfPrompts = (prompt: CompletionRequest['prompt']): (string | number[])[] =>
  (typeof prompt === 'string' || typeof prompt[0] === 'number' ? [prompt] : prompt) as (string | number[])[];

/** @throws JikjiError `prompt-too-long`, `request-shape` */
export function promptsOf(prompt: CompletionRequest['prompt'], model: ServedModel): Prompt[] {
  return listOfPrompts(prompt).map((one) => {
    const { tokenizer } = model.text.model;
    if (typeof one === 'string') return fitting({ ids: model.promptOf(one), text: one, added: 1 }, model);
    model.requireTokens(one, 'prompt');
    return fitting({ ids: one, text: tokenizer.decode(one), added: 0 }, model);
  });
}

function fitting(prompt: Prompt, { text: { context } }: ServedModel): Prompt {
  if (prompt.ids.length <= context) return prompt;
  const message = `the prompt has ${prompt.ids.length} tokens, the model's maximum context length is ${context} tokens`;
  throw new JikjiError('prompt-too-long', message, 'prompt', 'shorten it');
}

/** @throws JikjiError `not-tuned`, `chat-template`, `tools-unsupported`, `prompt-too-long`, `request-shape` */
export async function chatPromptOf(
  messages: ChatRequest['messages'],
  tools: readonly Tool[] | undefined,
  model: ServedModel,
): Promise<Prompt> {
  const ids = await model.chatPromptOf(messagesOf(messages), tools);
  const { context } = model.text;
  if (ids.length <= context) return { ids, text: '', added: ids.length };
  const message = `the conversation has ${ids.length} tokens, the model's maximum context length is ${context} tokens`;
  throw new JikjiError('prompt-too-long', message, 'messages', 'leave out the oldest ones');
}
