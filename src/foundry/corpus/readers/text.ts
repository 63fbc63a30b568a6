// `text`: a file is a document.

import type { Reader, ReaderContext } from './reader.ts';

export function textReader({ piece, endOfText }: ReaderContext): Reader {
  return { push: piece, end: endOfText };
}
