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
