// A browser in which a user logged in before keeps a signed mark of that. Guesses elsewhere then do not make him wait there. The key is the hash
// of his password: nothing is stored, and a new password makes all browsers unknown.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const sign = (user: string, nonce: string, hash: string): string =>
  createHmac('sha256', hash).update(`jikji known browser\n${user}\n${nonce}`).digest('base64url');

/** A mark for the browser of a user who has logged in. */
export function markOf(user: string, hash: string): string {
  const nonce = randomBytes(16).toString('base64url');
  return `${user}.${nonce}.${sign(user, nonce, hash)}`;
}

/** What tells a known browser from others of its user; undefined if the mark is not of this user and password. */
export function knownBrowser(mark: string, user: string, hash: string): string | undefined {
  const [owner, nonce, signature = ''] = mark.split('.');
  if (owner !== user || nonce === undefined) return undefined;
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(user, nonce, hash))];
  return given.length === right.length && timingSafeEqual(given, right) ? nonce : undefined;
}
