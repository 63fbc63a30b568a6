// POST /v1/completions: continues texts or ids.

import type { Token } from '../foundry/generate/index.ts';
import {
  type CompletionRequest,
  completionMeaning,
  type Meaning,
  type Prompt,
  type ServedModel,
} from '../foundry/requests/index.ts';
import { type AnswerEvent, finishReason, idsOf, type RequestContext, type TextRequests, textsOf } from './answers.ts';
import { type CompletionLogprobs, completionLogprobs, type OutputToken } from './likelihoods.ts';
import type { Conversation } from './reply.ts';

/** An answer of a completion on its way. */
interface Choice {
  prompt: Prompt;
  /** Tokens of the prompt with their likelihood, where they are echoed. */
  seen: OutputToken[];
  /** Characters so far. */
  length: number;
}

/** A part of a choice. */
interface Piece {
  index: number;
  text: string;
  logprobs: CompletionLogprobs | null;
  finish_reason: 'stop' | 'length' | null;
  /** In the first part alone. */
  prompt_token_ids?: readonly number[];
  token_ids?: readonly number[];
}

export class Completion implements Conversation {
  readonly object = { whole: 'text_completion', piece: 'text_completion' };
  readonly idPrefix = 'cmpl';
  readonly opening: object[] = [];
  readonly meaning: Meaning;
  readonly texts: TextRequests;
  readonly request: CompletionRequest;
  readonly #model: ServedModel;
  readonly #choices: Choice[];

  private constructor(
    request: CompletionRequest,
    model: ServedModel,
    { meaning, choices, texts }: { meaning: Meaning; choices: Choice[]; texts: TextRequests },
  ) {
    this.request = request;
    this.#model = model;
    this.meaning = meaning;
    this.#choices = choices;
    this.texts = texts;
  }

  /** @throws JikjiError `prompt-too-long`, `request-shape`, `schema-unsupported` */
  static async of(request: CompletionRequest, model: ServedModel, shared: RequestContext): Promise<Completion> {
    const { echo, logprobs } = request;
    const meaning = completionMeaning(request, model);
    const { prompts, n } = meaning;
    const choices = prompts.flatMap((prompt) =>
      Array.from({ length: n }, (): Choice => ({ prompt, seen: [{ id: prompt.ids[0]! }], length: 0 })),
    );
    const more = (index: number) => ({
      ...(logprobs != null && { likelihoods: logprobs }),
      ...(echo && logprobs != null && { onPromptToken: (token: Token) => choices[index]!.seen.push(token) }),
    });
    return new Completion(request, model, { meaning, choices, texts: await textsOf(meaning, model, { shared, more }) });
  }

  /** The part of a choice that an event brings; the first one has the echo. */
  pieceOf(event: AnswerEvent): Piece {
    const choice = this.#choices[event.index]!;
    const { echo, logprobs, return_token_ids: withIds } = this.request;
    const piece = 'piece' in event ? event.piece : undefined;
    const isFirst = choice.length === 0;
    const before = echo && isFirst ? choice.prompt.text : '';
    const tokens: OutputToken[] = (piece?.tokenIds ?? []).map((id, i) => ({ id, likelihood: piece?.likelihoods?.[i] }));
    if (echo && isFirst) tokens.unshift(...choice.seen.slice(choice.prompt.added));
    // As in OpenAI's: lm-evaluation-harness takes the last entry for the one that was generated, and would drop one of the prompt.
    if ('end' in event && event.end.last) tokens.push(event.end.last);
    const text = before + (piece?.text ?? '');
    const { tokenizer } = this.#model.text.model;
    const likely = logprobs == null ? null : completionLogprobs(tokenizer, tokens, choice.length);
    choice.length += text.length || 1; // an empty echo is one too
    return {
      index: event.index,
      text,
      logprobs: likely,
      finish_reason: 'end' in event ? finishReason(event.end) : null,
      ...(withIds && { ...(isFirst && { prompt_token_ids: choice.prompt.ids }), token_ids: idsOf(event) }),
    };
  }

  choices(events: readonly AnswerEvent[]): object[] {
    return this.texts.asked.map((_, index) => {
      const own = events.filter((event) => event.index === index);
      return joined(own.map((event) => this.pieceOf(event)));
    });
  }
}

/** All parts of a choice as one. */
function joined(parts: readonly Piece[]): object {
  const text = parts.map((part) => part.text).join('');
  const likely = parts.flatMap(({ logprobs }) => logprobs ?? []);
  const { token_ids: hasIds, ...last } = parts.at(-1)!;
  const ids = hasIds && {
    prompt_token_ids: parts[0]!.prompt_token_ids,
    token_ids: parts.flatMap((part) => part.token_ids ?? []),
  };
  if (likely.length === 0) return { ...last, text, logprobs: null, ...ids };
  const logprobs: CompletionLogprobs = {
    tokens: likely.flatMap((one) => one.tokens),
    token_logprobs: likely.flatMap((one) => one.token_logprobs),
    top_logprobs: likely.flatMap((one) => one.top_logprobs),
    text_offset: likely.flatMap((one) => one.text_offset),
  };
  return { ...last, text, logprobs, ...ids };
}
