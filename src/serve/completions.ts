// POST /v1/completions: continues texts or ids.

import { JikjiError } from '../base/index.ts';
import type { Token } from '../foundry/generate/index.ts';
import { type AnswerEvent, type Asked, finishReason } from './answers.ts';
import { type CompletionLogprobs, completionLogprobs, type Seen } from './likelihoods.ts';
import type { Conversation } from './reply.ts';
import { optionsOf, type Shared } from './sampling.ts';
import type { ServedModel } from './served-model.ts';
import type { CompletionRequest } from './shapes.ts';

/** OpenAI's default. */
const MAX_TOKENS = 16;

/** A prompt: its ids as the model reads them, and what a client gets back of it. */
interface Prompt {
  ids: number[];
  text: string;
  /** Ids of the beginning that the client did not give. */
  added: number;
}

/** An answer of a completion on its way. */
interface Choice {
  prompt: Prompt;
  /** Tokens of the prompt with their likelihood, where they are echoed. */
  seen: Seen[];
  /** Characters so far. */
  length: number;
}

/** A part of a choice. */
interface Piece {
  index: number;
  text: string;
  logprobs: CompletionLogprobs | null;
  finish_reason: 'stop' | 'length' | null;
}

export class Completion implements Conversation {
  readonly object = { whole: 'text_completion', piece: 'text_completion' };
  readonly idPrefix = 'cmpl';
  readonly opening: object[] = [];
  readonly asked: Asked[];
  readonly prompts: number[][];
  readonly #request: CompletionRequest;
  readonly #model: ServedModel;
  readonly #choices: Choice[];

  /** @throws JikjiError `prompt-too-long`, `request-shape` */
  constructor(request: CompletionRequest, model: ServedModel, shared: Shared) {
    const { n, echo, logprobs, best_of: bestOf, max_tokens: most } = request;
    if (bestOf != null && bestOf !== (n ?? 1))
      throw new JikjiError('request-shape', 'is not supported', 'best_of', 'leave it out, or give n');
    this.#request = request;
    this.#model = model;
    const prompts = promptsOf(request.prompt, model);
    this.prompts = prompts.map(({ ids }) => ids);
    const options = optionsOf(request, model, shared);
    this.#choices = prompts.flatMap((prompt) =>
      Array.from({ length: n ?? 1 }, () => ({ prompt, seen: [], length: 0 })),
    );
    this.asked = this.#choices.map((choice, i) => {
      const { ids } = choice.prompt;
      choice.seen.push({ id: ids[0]! });
      return {
        ids,
        options: {
          ...options(i % (n ?? 1)),
          maxTokens: most ?? MAX_TOKENS,
          ...(logprobs != null && { likelihoods: logprobs }),
          ...(echo && logprobs != null && { onPromptToken: (token: Token) => choice.seen.push(token) }),
        },
      };
    });
  }

  /** The part of a choice that an event brings; the first one has the echo. */
  pieceOf(event: AnswerEvent): Piece {
    const choice = this.#choices[event.index]!;
    const { echo, logprobs } = this.#request;
    const piece = 'piece' in event ? event.piece : undefined;
    const isFirst = choice.length === 0;
    const before = echo && isFirst ? choice.prompt.text : '';
    const tokens: Seen[] = (piece?.tokenIds ?? []).map((id, i) => ({ id, likelihood: piece?.likelihoods?.[i] }));
    if (echo && isFirst) tokens.unshift(...choice.seen.slice(choice.prompt.added));
    const text = before + (piece?.text ?? '');
    const { tokenizer } = this.#model.text.model;
    const likely = logprobs == null ? null : completionLogprobs(tokenizer, tokens, choice.length);
    choice.length += text.length || 1; // an empty echo is one too
    return {
      index: event.index,
      text,
      logprobs: likely,
      finish_reason: 'end' in event ? finishReason(event.end) : null,
    };
  }

  choices(events: readonly AnswerEvent[]): object[] {
    return this.asked.map((_, index) => {
      const own = events.filter((event) => event.index === index);
      return joined(own.map((event) => this.pieceOf(event)));
    });
  }
}

/** All parts of a choice as one. */
function joined(parts: readonly Piece[]): object {
  const text = parts.map((part) => part.text).join('');
  const likely = parts.flatMap(({ logprobs }) => logprobs ?? []);
  if (likely.length === 0) return { ...parts.at(-1), text, logprobs: null };
  const logprobs: CompletionLogprobs = {
    tokens: likely.flatMap((one) => one.tokens),
    token_logprobs: likely.flatMap((one) => one.token_logprobs),
    top_logprobs: likely.flatMap((one) => one.top_logprobs),
    text_offset: likely.flatMap((one) => one.text_offset),
  };
  return { ...parts.at(-1), text, logprobs };
}

function promptsOf(prompt: CompletionRequest['prompt'], model: ServedModel): Prompt[] {
  const list = typeof prompt === 'string' || typeof prompt[0] === 'number' ? [prompt] : prompt;
  return (list as (string | number[])[]).map((one) => {
    const { tokenizer } = model.text.model;
    if (typeof one === 'string') return fitting({ ids: model.promptOf(one), text: one, added: 1 }, model);
    model.requireTokens(one, 'prompt');
    return fitting({ ids: one, text: tokenizer.decode(one), added: 0 }, model);
  });
}

function fitting(prompt: Prompt, { text: { context } }: ServedModel): Prompt {
  if (prompt.ids.length <= context) return prompt;
  const message = `the prompt has ${prompt.ids.length} tokens, the model's context is ${context}`;
  throw new JikjiError('prompt-too-long', message, 'prompt', 'shorten it');
}
