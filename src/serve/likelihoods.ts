// Likelihoods of tokens in OpenAI's two forms. A log-probability is the negative of our nats, to the last bit.

import { isUtf8 } from 'node:buffer';
import type { Likelihood, Token } from '../foundry/generate/index.ts';
import type { TextTokenizer } from '../foundry/tokenizer/index.ts';

/** -nats, but no -0. */
const logProbability = (nats: number): number => 0 - nats;

/** The form of /v1/completions. */
export interface CompletionLogprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[];
  text_offset: number[];
}

/** A token of the beginning has no likelihood. */
export type OutputToken = Omit<Token, 'likelihood'> & { likelihood?: Likelihood | undefined };

/** Texts of tokens begin at `offset` characters. */
export function completionLogprobs(
  tokenizer: TextTokenizer,
  tokens: readonly OutputToken[],
  offset: number,
): CompletionLogprobs {
  const texts = tokens.map(({ id }) => bytesOf(tokenizer, id).toString());
  let at = offset;
  return {
    tokens: tokens.map(({ id }) => nameOf(tokenizer, id)),
    token_logprobs: tokens.map(({ likelihood }) => (likelihood ? logProbability(likelihood.nats) : null)),
    top_logprobs: tokens.map(({ likelihood }) => (likelihood ? topOf(tokenizer, likelihood) : null)),
    text_offset: texts.map((text) => {
      const start = at;
      at += text.length;
      return start;
    }),
  };
}

/** By text; of several tokens with one text the likeliest. */
function topOf(tokenizer: TextTokenizer, { alternatives }: Likelihood): Record<string, number> {
  const entries = alternatives.map(({ id, nats }): [string, number] => [nameOf(tokenizer, id), logProbability(nats)]);
  return Object.fromEntries(entries.reverse());
}

/** The text of a token; its bytes, as `bytes:\xec\x95`, where they are only part of a character. */
function nameOf(tokenizer: TextTokenizer, id: number): string {
  const bytes = bytesOf(tokenizer, id);
  if (isUtf8(bytes)) return bytes.toString();
  return `bytes:${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
}

/** What a token adds to a text, with the space that a text may not begin with. */
const bytesOf = (tokenizer: TextTokenizer, id: number): Buffer =>
  Buffer.from(tokenizer.plainBytes(id) ?? tokenizer.decode([id]));

/** The form of /v1/chat/completions. */
export interface ChatLogprobs {
  content: (ChatToken & { top_logprobs: ChatToken[] })[];
  refusal: null;
}

interface ChatToken {
  token: string;
  logprob: number;
  /** Those of several tokens may be one character. */
  bytes: number[];
}

export function chatLogprobs(tokenizer: TextTokenizer, tokens: readonly Token[]): ChatLogprobs {
  const one = (id: number, nats: number): ChatToken => ({
    token: bytesOf(tokenizer, id).toString(),
    logprob: logProbability(nats),
    bytes: [...bytesOf(tokenizer, id)],
  });
  const content = tokens.flatMap(({ id, likelihood }) =>
    likelihood
      ? [{ ...one(id, likelihood.nats), top_logprobs: likelihood.alternatives.map((of) => one(of.id, of.nats)) }]
      : [],
  );
  return { content, refusal: null };
}
