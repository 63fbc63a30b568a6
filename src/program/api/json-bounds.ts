// How deep and how large a JSON text is, found by one look at its bytes. It is asked before the text is parsed: a short text of brackets
// becomes very many objects. Does not know whether the text is JSON; the parser says that.

import { type ErrorCode, JikjiError } from '../../base/index.ts';

/** Values inside of values. */
export const MAX_DEPTH = 32;
/** Values in the whole text. */
export const MAX_VALUES = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}` differ in this bit alone. */
const CURLY = 0x20;
const OPENS = 0x5b | CURLY;
const CLOSES = 0x5d | CURLY;

/**
 * Ends at the first byte that is too much.
 * @param text UTF-8: there no byte of a longer character is one of those that JSON is built with
 * @throws JikjiError `request-too-deep`, `request-too-many`
 */
export function checkJsonBounds(text: Uint8Array): void {
  let depth = 0;
  let values = 1;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    if (isString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isString = false;
    } else if (byte === QUOTE) isString = true;
    else if (byte === COMMA) values++;
    else if ((byte | CURLY) === OPENS) {
      depth++;
      values++;
    } else if ((byte | CURLY) === CLOSES) depth--;
    if (depth > MAX_DEPTH) throw tooMuch('request-too-deep', `is nested more than ${MAX_DEPTH} levels deep`);
    if (values > MAX_VALUES) throw tooMuch('request-too-many', `has more than ${MAX_VALUES} values`);
  }
}

const tooMuch = (code: ErrorCode, message: string): JikjiError =>
  new JikjiError(code, message, 'the body', 'GET /api/openapi.json says what the route takes');
