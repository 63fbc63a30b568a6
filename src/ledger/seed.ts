// The seed of a run, as 16 hex digits: the recipe's seed, or the seed that follows from an office's nonce.

import { createHash } from 'node:crypto';

/** A recipe's seed (a whole number up to 2^53 - 1) as 16 hex digits. */
export const seedHex = (seed: number): string => BigInt(seed).toString(16).padStart(16, '0');

/**
 * First 64 bits of SHA-256(recipe digest || maker's SPKI || nonce), all as raw bytes: a maker can neither try seeds nor copy a run.
 * `recipe` and `nonce` in hex, `makerKey` in base64.
 */
export const seedOfLodging = (recipe: string, makerKey: string, nonce: string): string =>
  createHash('sha256')
    .update(Buffer.from(recipe, 'hex'))
    .update(Buffer.from(makerKey, 'base64'))
    .update(Buffer.from(nonce, 'hex'))
    .digest('hex')
    .slice(0, 16);
