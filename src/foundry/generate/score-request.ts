// What is to be scored, as ids: a continuation after a context, or a whole text in windows as lm-evaluation-harness cuts it.

/** A continuation to be scored after a context of at least one token; together at most contextLength + 1 tokens. */
export interface ScoreRequest {
  context: ArrayLike<number>;
  continuation: ArrayLike<number>;
}

/** The part of a tokenizer that requests need. */
export interface Encoder {
  readonly prefixId: number;
  encode(text: string): Uint32Array;
}

/** The ids after the prefix token, as every document has it in training. */
export function withPrefix(prefix: number, ids: Uint32Array): Uint32Array {
  const all = new Uint32Array(ids.length + 1);
  all[0] = prefix;
  all.set(ids, 1);
  return all;
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
