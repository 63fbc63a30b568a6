// What waits for its turn: clients in turn, and for each client what came first.

export class FairQueue<T> {
  /** In the order of turns. */
  readonly #clients = new Map<string, T[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(client: string, item: T): void {
    this.#lane(client).push(item);
  }

  /** Puts an item in front of the others of its client: it was taken out and could not be finished. */
  putBack(client: string, item: T): void {
    this.#lane(client).unshift(item);
  }

  #lane(client: string): T[] {
    this.#length++;
    const lane = this.#clients.get(client) ?? [];
    this.#clients.set(client, lane);
    return lane;
  }

  /**
   * The next item that may go, in the order of turns: its client is behind all others then. `onPassed` gets those whose turn was before,
   * and that may not go.
   */
  take(mayGo: (item: T) => boolean, onPassed: (item: T) => void = () => {}): T | undefined {
    const passed: T[] = [];
    for (const [client, lane] of this.#clients) {
      const item = lane[0]!;
      if (!mayGo(item)) {
        passed.push(item);
        continue;
      }
      passed.forEach(onPassed);
      lane.shift();
      this.#length--;
      this.#clients.delete(client);
      if (lane.length > 0) this.#clients.set(client, lane);
      return item;
    }
    return undefined;
  }

  /** What is next for each client, in the order of turns. */
  heads(): T[] {
    return [...this.#clients.values()].map(([first]) => first!);
  }

  /** Takes out what no longer needs to wait. */
  remove(isGone: (item: T) => boolean): T[] {
    const gone: T[] = [];
    for (const [client, lane] of this.#clients) {
      const left = lane.filter((item) => !isGone(item));
      gone.push(...lane.filter(isGone));
      if (left.length > 0) this.#clients.set(client, left);
      else this.#clients.delete(client);
    }
    this.#length -= gone.length;
    return gone;
  }
}

/**
 * What clients owe each other: time that the work of one took from the passes of all. Who owes waits while others are computed. Knows no
 * clock.
 */
export class Debts {
  /** Milliseconds, above 0. */
  readonly #owed = new Map<string, number>();

  of(client: string): number {
    return this.#owed.get(client) ?? 0;
  }

  charge(client: string, ms: number): void {
    if (ms > 0) this.#owed.set(client, this.of(client) + ms);
  }

  /** Of clients that are there nobody owes what all of them owe. */
  level(clients: ReadonlySet<string>): void {
    const least = Math.min(...[...clients].map((client) => this.of(client)));
    for (const client of clients) this.#pay(client, least);
  }

  /** Others had `ms` for themselves: that pays what all who had no part in it owe together. */
  repay(ms: number, taking: ReadonlySet<string>): void {
    const paying = [...this.#owed.keys()].filter((client) => !taking.has(client));
    for (const client of paying) this.#pay(client, ms / paying.length);
  }

  #pay(client: string, ms: number): void {
    const left = this.of(client) - ms;
    if (left > 0) this.#owed.set(client, left);
    else this.#owed.delete(client);
  }

  clear(): void {
    this.#owed.clear();
  }
}
