// Turns texts into token ids as lm-evaluation-harness does: the border of context and continuation, truncation, windows of a long
// text. Every context begins with the prefix token, as every document did in training.

import type { ScoreRequest } from './language-model.ts';

/** The part of a tokenizer that requests need. */
export interface Encoder {
  readonly prefixId: number;
  encode(text: string): Uint32Array;
}

/** White space at the end of a text, as Python's str.rstrip removes it. */
const TRAILING_SPACE = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** The last `count` ids. */
const lastIds = (ids: Uint32Array, count: number): Uint32Array => ids.subarray(Math.max(0, ids.length - count));

function withPrefix(prefix: number, ids: Uint32Array): Uint32Array {
  const all = new Uint32Array(ids.length + 1);
  all[0] = prefix;
  all.set(ids, 1);
  return all;
}

/**
 * The request for a continuation after a context. White space at the context's end moves to the continuation. The continuation's ids
 * are those of encode(context + continuation) after the length of encode(context). Context and continuation are truncated from the left
 * to contextLength + 1 ids. Undefined where the continuation has no ids, or more than contextLength.
 */
export function continuationRequest(
  tokenizer: Encoder,
  context: string,
  continuation: string,
  contextLength: number,
): ScoreRequest | undefined {
  const head = context.replace(TRAILING_SPACE, '');
  const contextIds = tokenizer.encode(head);
  const ids = tokenizer.encode(context + continuation).subarray(contextIds.length);
  if (ids.length === 0 || ids.length > contextLength) return undefined;
  return {
    context: lastIds(withPrefix(tokenizer.prefixId, contextIds), contextLength + 1 - ids.length),
    continuation: ids,
  };
}

/** The ids of a prompt, truncated from the left so that `room` more ids fit into the context. */
export function promptIds(tokenizer: Encoder, context: string, contextLength: number, room: number): Uint32Array {
  return lastIds(withPrefix(tokenizer.prefixId, tokenizer.encode(context)), Math.max(1, contextLength - room));
}

/**
 * The requests for a whole text: windows that predict each token once. Each has one token of context, the first one the prefix token;
 * the last window is filled up from the left.
 */
export function rollingRequests(tokenizer: Encoder, text: string, contextLength: number): ScoreRequest[] {
  const ids = withPrefix(tokenizer.prefixId, tokenizer.encode(text));
  const requests: ScoreRequest[] = [];
  for (let at = 1; at < ids.length; at += contextLength) {
    const end = Math.min(ids.length, at + contextLength);
    const start = Math.max(0, Math.min(at - 1, end - contextLength - 1));
    requests.push({ context: ids.subarray(start, at), continuation: ids.subarray(at, end) });
  }
  return requests;
}
