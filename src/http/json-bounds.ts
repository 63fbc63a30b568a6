// Limits the depth and the number of values of a JSON text in one pass over its bytes, before it is parsed: a short text of brackets
// parses to very many objects. Does not know whether the text is valid JSON: the parser does.

import * as refuse from './refusals.ts';

/** Levels of nesting. */
export const MAX_DEPTH = 32;
/** Values in the body of a request. */
export const MAX_VALUES = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}` differ in this bit alone. */
const CURLY = 0x20;
const OPENS = 0x5b | CURLY;
const CLOSES = 0x5d | CURLY;

/**
 * Stops at the first byte beyond a limit.
 * @param text UTF-8: no byte of a multi-byte character equals a structural character of JSON
 * @throws JikjiError `request-too-deep`, `request-too-many`
 */
export function checkJsonBounds(text: Uint8Array, maxValues = MAX_VALUES): void {
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
    if (depth > MAX_DEPTH) throw refuse.tooDeep('the body', MAX_DEPTH);
    if (values > maxValues) throw refuse.tooMany('the body', maxValues);
  }
}
