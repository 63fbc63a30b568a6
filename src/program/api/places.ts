// Places for what takes long, such as open streams: how many there are, and who may take them. Strangers take only their share, so that people
// with a log-in always find places. Knows not what they are for.

import type { JikjiError } from '../../base/index.ts';
import { networkOf } from '../../http/index.ts';

interface Limits {
  all: number;
  /** Of all without a log-in together. */
  public: number;
  /** Of one network without a log-in: an address of IPv4, or 64 bits of IPv6. */
  fromNetwork: number;
  ofUser: number;
}

const sum = (taken: Map<string, number>): number => [...taken.values()].reduce((all, n) => all + n, 0);

export class Places {
  readonly #limits: Limits;
  readonly #full: () => JikjiError;
  /** Number of places by user, and by network of those without a log-in. */
  readonly #users = new Map<string, number>();
  readonly #networks = new Map<string, number>();

  /** @param full the error where none is left */
  constructor(limits: Limits, full: () => JikjiError) {
    this.#limits = limits;
    this.#full = full;
  }

  /**
   * Takes a place. Returns the function that gives it back.
   * @param user null: without a log-in
   * @throws JikjiError `too-many`
   */
  take(user: string | null, from: string): () => void {
    const { all, public: most, fromNetwork, ofUser } = this.#limits;
    const [taken, key] = user === null ? [this.#networks, networkOf(from)] : [this.#users, user];
    const count = taken.get(key) ?? 0;
    const isFull = user === null ? count >= fromNetwork || sum(this.#networks) >= most : count >= ofUser;
    if (isFull || sum(this.#users) + sum(this.#networks) >= all) throw this.#full();
    taken.set(key, count + 1);
    return () => {
      const rest = taken.get(key)! - 1;
      if (rest > 0) taken.set(key, rest);
      else taken.delete(key);
    };
  }
}
