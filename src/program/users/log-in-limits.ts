// Rate-limits failed log-ins, in memory. Knows no password.
//
// A user's failed log-ins, from any address, delay addresses that have failed themselves. An address without a recent failure is never
// delayed, so nobody can lock out a user who knows his password; a browser in which he logged in before is counted by itself, also after a
// failure there (known-browsers.ts). An attacker has one guess for each address, then a few per minute for all
// addresses together. A successful log-in takes back only its own count: otherwise an attacker could clear his address with his own
// log-in.

import { JikjiError } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';
import { tooManyLogIns } from './refusals.ts';

/** Failures without delay; a whole office may share one address. */
const FREE_FOR_USER = 5;
const FREE_FOR_ADDRESS = 20;
const MAX_WAIT_SECONDS = 60;
const FORGET_MILLISECONDS = 15 * 60_000;
/** Users, and addresses, that are remembered; those with the oldest failure are forgotten first. */
const MAX_KEYS = 10_000;

/** Code `too-many`: the password was not checked. */
export class TooMany extends JikjiError {
  /** Seconds to wait. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    const { message, input, hint, ko } = tooManyLogIns('log-in', retryAfter);
    super('too-many', message, input, hint, { ko });
    this.retryAfter = retryAfter;
  }
}

class Counts {
  /** The key that failed last is last. */
  readonly #failures = new Map<string, { count: number; last: number }>();
  readonly #free: number;

  constructor(free: number) {
    this.#free = free;
  }

  #entry(key: string, now: number): { count: number; last: number } | undefined {
    const entry = this.#failures.get(key);
    if (!entry || now - entry.last > FORGET_MILLISECONDS) return undefined;
    entry.last = Math.min(entry.last, now); // a clock that was set back must not extend a delay
    return entry;
  }

  has = (key: string, now: number): boolean => this.#entry(key, now) !== undefined;

  /** Remaining delay in milliseconds. */
  wait(key: string, now: number): number {
    const entry = this.#entry(key, now);
    if (!entry || entry.count < this.#free) return 0;
    const seconds = Math.min(2 ** (entry.count - this.#free), MAX_WAIT_SECONDS);
    return Math.max(entry.last + seconds * 1000 - now, 0);
  }

  add(key: string, now: number): void {
    const count = (this.#entry(key, now)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, last: now });
    if (this.#failures.size > MAX_KEYS) this.#failures.delete(this.#failures.keys().next().value!);
  }

  takeBack(key: string): void {
    const entry = this.#failures.get(key);
    if (entry && --entry.count === 0) this.#failures.delete(key);
  }

  get size(): number {
    return this.#failures.size;
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
   * Runs `work`, whose result is undefined for a wrong password. It counts as failed until it has ended, so that parallel attempts are
   * limited too. Leave out what is not known: the user of a link, the address of a logged-in user.
   * @throws TooMany instead of running `work`; errors of `work` do not count as failed
   */
  async attempt<T>(
    by: { user?: string; from?: string },
    work: () => Promise<T | undefined>,
  ): Promise<Awaited<T> | undefined> {
    const now = this.#now().getTime();
    const { user } = by;
    const from = by.from === undefined ? undefined : networkOf(by.from);
    const hasFailed = from === undefined || this.#addresses.has(from, now);
    const wait = Math.max(
      from === undefined ? 0 : this.#addresses.wait(from, now),
      user !== undefined && hasFailed ? this.#users.wait(user, now) : 0,
    );
    if (wait > 0) throw new TooMany(Math.ceil(wait / 1000));

    if (user !== undefined) this.#users.add(user, now);
    if (from !== undefined) this.#addresses.add(from, now);
    let isWrong = false;
    try {
      const result = await work();
      isWrong = result === undefined;
      return result;
    } finally {
      if (!isWrong && user !== undefined) this.#users.takeBack(user);
      if (!isWrong && from !== undefined) this.#addresses.takeBack(from);
    }
  }

  /** Users and addresses that are remembered. */
  get size(): number {
    return this.#users.size + this.#addresses.size;
  }
}
