// Text for small models: it can be learned, and not by heart.

import { writeFileSync } from 'node:fs';

/** Each token is one of eight that follow the one before. */
export function writeTokens(path: string, vocabulary: number): void {
  const tokens = Buffer.alloc(2 * 40_000);
  let [token, random] = [1, 1];
  for (let i = 0; i < 40_000; i++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    token = (token * 7 + ((random >>> 16) & 7)) % vocabulary;
    tokens.writeUInt16LE(token, 2 * i);
  }
  writeFileSync(path, tokens);
}
