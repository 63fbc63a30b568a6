// Rate-limits failed log-ins, in memory. Knows no password.
//
// The choice: a user's wrong log-ins, from anywhere, slow down those addresses that were wrong themselves. An address that was not wrong lately is
// heard at once, whoever else tries the same user: so nobody keeps a user out who knows his password, and who guesses has one guess
// for each address he can send from, then a few a minute for all of them together. What is right takes back its own count and no
// other, or a guesser would wash his address clean by logging in as himself.

import { isIP } from 'node:net';
import { JikjiError } from '../../base/index.ts';

/** Wrong ones that cost nothing; an address may stand for a whole office. */
const FREE_FOR_USER = 5;
const FREE_FOR_ADDRESS = 20;
const MAX_WAIT_SECONDS = 60;
const FORGET_MILLISECONDS = 15 * 60_000;
/** Users and addresses that are remembered, of each; those that were wrong longest ago go first. */
const MAX = 10_000;

/** Code `too-many`: nothing was looked at. */
export class TooMany extends JikjiError {
  /** Seconds until it is worth trying again. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('too-many', 'too many wrong log-ins', 'log-in', `wait ${retryAfter} s, then try again`);
    this.retryAfter = retryAfter;
  }
}

class Counts {
  readonly #wrong = new Map<string, { count: number; last: number }>();
  readonly #free: number;

  constructor(free: number) {
    this.#free = free;
  }

  #entry(key: string, now: number): { count: number; last: number } | undefined {
    const entry = this.#wrong.get(key);
    if (!entry || now - entry.last > FORGET_MILLISECONDS) return undefined;
    entry.last = Math.min(entry.last, now); // a clock that was set back must not make anybody wait for it
    return entry;
  }

  has = (key: string, now: number): boolean => this.#entry(key, now) !== undefined;

  /** Milliseconds. */
  wait(key: string, now: number): number {
    const entry = this.#entry(key, now);
    if (!entry || entry.count < this.#free) return 0;
    const seconds = Math.min(2 ** (entry.count - this.#free), MAX_WAIT_SECONDS);
    return Math.max(entry.last + seconds * 1000 - now, 0);
  }

  add(key: string, now: number): void {
    const count = (this.#entry(key, now)?.count ?? 0) + 1;
    this.#wrong.delete(key); // the one that was wrong last stands last
    this.#wrong.set(key, { count, last: now });
    if (this.#wrong.size > MAX) this.#wrong.delete(this.#wrong.keys().next().value!);
  }

  takeBack(key: string): void {
    const entry = this.#wrong.get(key);
    if (entry && --entry.count === 0) this.#wrong.delete(key);
  }

  get size(): number {
    return this.#wrong.size;
  }
}

export class LogInLimits {
  readonly #now: () => Date;
  readonly #users = new Counts(FREE_FOR_USER);
  readonly #addresses = new Counts(FREE_FOR_ADDRESS);

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Runs `work`, of which undefined says that the password was wrong. It counts as wrong until it has ended, so that many at once
   * are not all heard. What is not known (the user of a link, the address of who is logged in) is left out.
   * @throws TooMany instead of running it; else what `work` throws, which counts for nothing
   */
  async attempt<T>(
    by: { user?: string; from?: string },
    work: () => Promise<T | undefined>,
  ): Promise<Awaited<T> | undefined> {
    const now = this.#now().getTime();
    const { user } = by;
    const from = by.from === undefined ? undefined : network(by.from);
    const isKnownWrong = from === undefined || this.#addresses.has(from, now);
    const wait = Math.max(
      from === undefined ? 0 : this.#addresses.wait(from, now),
      user !== undefined && isKnownWrong ? this.#users.wait(user, now) : 0,
    );
    if (wait > 0) throw new TooMany(Math.ceil(wait / 1000));

    if (user !== undefined) this.#users.add(user, now);
    if (from !== undefined) this.#addresses.add(from, now);
    let wrong = false;
    try {
      const result = await work();
      wrong = result === undefined;
      return result;
    } finally {
      if (!wrong && user !== undefined) this.#users.takeBack(user);
      if (!wrong && from !== undefined) this.#addresses.takeBack(from);
    }
  }

  /** Users and addresses that are remembered. */
  get size(): number {
    return this.#users.size + this.#addresses.size;
  }
}

/** Who has one IPv6 address has 2^64 of them: they are one. */
function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain.slice(0, 64);
  const [head = '', tail = ''] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(8 - before.length - after.length, 0)).fill('0');
  const groups = plain.includes('::') ? [...before, ...zeros, ...after] : before;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
