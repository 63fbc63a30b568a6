// An answer of a model that was tuned to talk, to a conversation that is given whole: what of it still fits, and what of it the
// model is shown. Remembers nothing.

import { JikjiError } from '../../base/index.ts';
import type { ChatTemplate, Message } from './chat-template.ts';
import type { Choice } from './choose.ts';
import type { Continued, Session } from './session.ts';

export interface Answer extends Continued {
  /** What no longer fits and was forgotten before this answer: messages, or tokens of a base model's text. */
  forgotten: number;
}

export interface Saying {
  onText: (piece: string) => void;
  /** Told before the answer begins, where something was forgotten. */
  onForgotten?: (count: number) => void;
  signal?: AbortSignal;
}

export interface AnswerOptions extends Choice, Saying {
  /** Tokens of an answer, at most. */
  maxTokens: number;
  /** Draws made with this seed before. */
  drawn?: number;
}

export const tooLong = (tokens: number, most: number): JikjiError =>
  new JikjiError(
    'prompt-too-long',
    `this has ${tokens} tokens, the model's context leaves room for ${most}`,
    'what was said',
    'say it in fewer words',
  );

/** Tokens that what was said may have: there must be room for an answer. */
export const roomFor = (context: number, maxTokens: number): number =>
  context - Math.min(maxTokens, Math.ceil(context / 4));

/** A model that thinks aloud is not shown its earlier thoughts again: so it was tuned. */
function withoutThoughts({ role, content }: Message): Message {
  const end = role === 'assistant' ? content.lastIndexOf('</think>') : -1;
  return { role, content: end < 0 ? content : content.slice(end + '</think>'.length) };
}

/**
 * Answers the last of these messages: a person's, as are the first and every second one. `kept` are those that were not forgotten.
 * @throws JikjiError `prompt-too-long`, `chat-template`
 */
export async function answerTo(
  session: Session,
  template: ChatTemplate,
  said: readonly Message[],
  options: AnswerOptions,
): Promise<Answer & { kept: Message[] }> {
  const most = roomFor(session.context, options.maxTokens);
  const kept = said.map(withoutThoughts);
  const ends = await template.ends();
  let ids = await template.encode(kept);
  while (ids.length > most && kept.length > 1) {
    kept.splice(0, 2); // a question and its answer
    ids = await template.encode(kept);
  }
  if (ids.length > most || ids.length === 0) throw tooLong(ids.length, most);
  const forgotten = said.length - kept.length;
  if (forgotten > 0) options.onForgotten?.(forgotten);
  let begun = false;
  const answer = await session.continue(ids, {
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
