// Places of open event streams: how many there are, and who may take them. A stranger's pages take only their share, so that people with a
// log-in always find places. Knows no stream.

import { networkOf } from '../../http/index.ts';
import { streamsFull } from './refusals/requests.ts';

const MAX_OPEN = 2000;
/** Of all without a log-in together: the other places are for users. */
const MAX_PUBLIC = 1000;
/** Of one network without a log-in: an address of IPv4, or 64 bits of IPv6. */
const MAX_FROM_NETWORK = 200;
const MAX_OF_USER = 100;
/** Delay before a client whose stream failed reconnects. */
export const AGAIN_MS = 30_000;

/** Number of open streams by user, and by network of those without a log-in. */
const users = new Map<string, number>();
const networks = new Map<string, number>();

const sum = (open: Map<string, number>): number => [...open.values()].reduce((all, n) => all + n, 0);

/**
 * Takes a place. Returns the function that gives it back.
 * @param user null: without a log-in
 * @throws JikjiError `too-many`
 */
export function takePlace(user: string | null, from: string): () => void {
  const [open, key] = user === null ? [networks, networkOf(from)] : [users, user];
  const count = open.get(key) ?? 0;
  const isFull = user === null ? count >= MAX_FROM_NETWORK || sum(networks) >= MAX_PUBLIC : count >= MAX_OF_USER;
  if (isFull || sum(users) + sum(networks) >= MAX_OPEN)
    throw Object.assign(streamsFull('events'), { retryAfter: AGAIN_MS / 1000 });
  open.set(key, count + 1);
  return () => {
    const rest = open.get(key)! - 1;
    if (rest > 0) open.set(key, rest);
    else open.delete(key);
  };
}
