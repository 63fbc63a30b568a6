// What clients owe each other: time that the work of one took from the passes of all. Who owes waits while others are computed. Knows no
// clock.

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
