// Reads JSON that anybody may have written: its size, depth and number of values are bounded before it is parsed.

import { JikjiError, parseJson } from '../../base/index.ts';
import { checkJsonBounds } from '../../http/index.ts';

/** A text, and the name of its file in errors. */
export interface NamedText {
  path: string;
  text: string;
}

/** Values of a file: the ids of long answers. */
const MAX_VALUES = 1 << 22;

const CONTENTS = 'give a receipt, the body of a request, or an answer as the server gave it';

export const notOne = (path: string, what: string, cause?: unknown): JikjiError =>
  new JikjiError('not-a-receipt', what, path, CONTENTS, { cause });

/** @throws JikjiError `not-a-receipt` */
export function parseBounded({ text, path }: NamedText): unknown {
  try {
    checkJsonBounds(Buffer.from(text), MAX_VALUES);
    return parseJson(text);
  } catch (cause) {
    throw notOne(path, cause instanceof JikjiError ? cause.message : 'is not JSON', cause);
  }
}
