// Answers a conversation with a model that was tuned to talk: drops the oldest messages that do not fit, and hides earlier thoughts
// from the model. Keeps no state.

import { JikjiError } from '../../base/index.ts';
import type { ChatTemplate, Message } from '../conversation/index.ts';
import type { Choice } from './choose.ts';
import type { Continued, ContinueOptions, TextModel } from './text-model.ts';

export interface Answer extends Continued {
  /** The number of messages (of a base model: tokens) that were dropped before this answer because they did not fit. */
  forgotten: number;
}

export interface AnswerHandlers {
  onText: (piece: string) => void;
  /** Called before the answer begins if messages or tokens were dropped. */
  onForgotten?: (count: number) => void;
  signal?: AbortSignal;
}

export interface AnswerOptions extends Choice, AnswerHandlers, Pick<ContinueOptions, 'penalties' | 'stop'> {
  /** The limit of tokens of an answer. */
  maxTokens: number;
  /** The number of earlier draws with this seed. */
  drawn?: number;
}

export const tooLong = (tokens: number, maxTokens: number): JikjiError =>
  new JikjiError(
    'prompt-too-long',
    `this has ${tokens} tokens, the model's context leaves room for ${maxTokens}`,
    'what was said',
    'say it in fewer words',
  );

/** The limit of tokens of the conversation: there must be room for an answer. */
export const maxPromptTokens = (context: number, maxTokens: number): number =>
  context - Math.min(maxTokens, Math.ceil(context / 4));

/** A message without the thoughts before `</think>`: models are tuned without their earlier thoughts. */
function withoutThoughts({ role, content }: Message): Message {
  const end = role === 'assistant' ? content.lastIndexOf('</think>') : -1;
  return { role, content: end < 0 ? content : content.slice(end + '</think>'.length) };
}

/**
 * Answers the last message; messages of user and assistant alternate, from user to user. `kept` are the messages that fit.
 * @throws JikjiError `prompt-too-long`, `chat-template`
 */
export async function answerTo(
  model: TextModel,
  template: ChatTemplate,
  messages: readonly Message[],
  options: AnswerOptions,
): Promise<Answer & { kept: Message[] }> {
  const maxTokens = maxPromptTokens(model.context, options.maxTokens);
  const kept = messages.map(withoutThoughts);
  const ends = await template.endIds();
  let ids = await template.encode(kept);
  while (ids.length > maxTokens && kept.length > 1) {
    kept.splice(0, 2); // a question and its answer
    ids = await template.encode(kept);
  }
  if (ids.length > maxTokens || ids.length === 0) throw tooLong(ids.length, maxTokens);
  const forgotten = messages.length - kept.length;
  if (forgotten > 0) options.onForgotten?.(forgotten);
  let begun = false;
  const answer = await model.continue(ids, {
    ...options,
    ends,
    full: 'end',
    // White space before an answer belongs to the template.
    onText: (piece) => {
      const shown = begun ? piece : piece.trimStart();
      begun ||= shown !== '';
      if (shown !== '') options.onText(shown);
    },
  });
  return { ...answer, text: answer.text.trim(), forgotten, kept };
}
