// Turns texts into token ids as lm-evaluation-harness does: the border of context and continuation, truncation. Every context begins with
// the prefix token, as every document did in training.

import { type Encoder, type ScoreRequest, withPrefix } from '../generate/index.ts';

/** White space at the end of a text, as Python's str.rstrip removes it. */
const TRAILING_SPACE = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** The last `count` ids. */
const lastIds = (ids: Uint32Array, count: number) => ids.subarray(Math.max(0, ids.length - count));

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
