// The parts that both tokenizers share: the pattern that finds special tokens, the decoder of bytes, the error for an unknown id.

import { JikjiError } from '../../base/index.ts';
import type { TextStream } from './text-tokenizer.ts';

/** A pattern that finds these texts, the longest first. */
export function anyOf(texts: readonly string[]): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'gu');
}

/** Decodes the bytes of tokens; a byte order mark is ordinary text. */
export const newTextDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

/** A stream over the bytes of ids. At the end an incomplete character becomes U+FFFD, and the stream is reset. */
export function textStream(bytesOf: (ids: ArrayLike<number>) => Uint8Array): TextStream {
  const decoder = newTextDecoder();
  return {
    push: (ids) => decoder.decode(bytesOf(typeof ids === 'number' ? [ids] : ids), { stream: true }),
    end: () => decoder.decode(),
  };
}

export const unknownToken = (id: number, vocabSize: number): JikjiError =>
  new JikjiError(
    'token-unknown',
    `there is no token with this id; ids are 0 to ${vocabSize - 1}`,
    String(id),
    'use the tokenizer that made the ids',
  );
