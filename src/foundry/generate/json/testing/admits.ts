// Whether a text can be written by a schema's masks.

import type { JsonReader } from '../mask.ts';

/** What is missing on the way never is more than what comes. */
export function admits(reader: JsonReader, text: string): boolean {
  let at = reader.start();
  for (const byte of Buffer.from(text)) {
    const next = reader.step(at, byte);
    if (!next) return false;
    at = next;
  }
  return at.isComplete;
}
