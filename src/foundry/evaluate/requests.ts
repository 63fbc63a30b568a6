// Texts into token ids as lm-evaluation-harness does it: what belongs to the continuation, what is cut off, how a long text
// is cut into windows. Every context begins with the prefix token, as every document did in training.

import type { ScoreRequest } from './language-model.ts';

/** What this file needs of a tokenizer. */
export interface Encoder {
  readonly prefixId: number;
  encode(text: string): Uint32Array;
}

/** White space at the end of a text, as Python's str.rstrip takes it. */
const TRAILING_SPACE = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** The last `most` of `ids`. */
const fromTheRight = (ids: Uint32Array, most: number): Uint32Array => ids.subarray(Math.max(0, ids.length - most));

function joined(prefix: number, ids: Uint32Array): Uint32Array {
  const all = new Uint32Array(ids.length + 1);
  all[0] = prefix;
  all.set(ids, 1);
  return all;
}

/**
 * A continuation after a context. White space at the context's end moves to the continuation; the continuation's ids are
 * what encode(context + continuation) has more than encode(context). Together they are cut from the left to the model's
 * length + 1. Undefined where the continuation has no ids, or more than the model takes.
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
    context: fromTheRight(joined(tokenizer.prefixId, contextIds), contextLength + 1 - ids.length),
    continuation: ids,
  };
}

/** The ids that something is written after, with room for `room` more. */
export function promptIds(tokenizer: Encoder, context: string, contextLength: number, room: number): Uint32Array {
  return fromTheRight(joined(tokenizer.prefixId, tokenizer.encode(context)), Math.max(1, contextLength - room));
}

/**
 * All of a text: windows that do not overlap in what they predict, each with one token of context, the first with the prefix
 * token; the last one filled up with what stands left of it.
 */
export function rollingRequests(tokenizer: Encoder, text: string, contextLength: number): ScoreRequest[] {
  const ids = joined(tokenizer.prefixId, tokenizer.encode(text));
  const requests: ScoreRequest[] = [];
  for (let at = 1; at < ids.length; at += contextLength) {
    const end = Math.min(ids.length, at + contextLength);
    const start = Math.max(0, Math.min(at - 1, end - contextLength - 1));
    requests.push({ context: ids.subarray(start, at), continuation: ids.subarray(at, end) });
  }
  return requests;
}
