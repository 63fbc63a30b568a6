// Pages of a decoder by their numbers, and how many use each. Knows no tokens.

export class PagePool {
  /** Uses of each page. */
  readonly #uses: Int32Array;
  readonly #free: number[];

  constructor(count: number) {
    this.#uses = new Int32Array(count);
    this.#free = [...Array(count).keys()].reverse();
  }

  /** Pages that nobody uses. */
  get free(): number {
    return this.#free.length;
  }

  uses(page: number): number {
    return this.#uses[page];
  }

  /** A page that nobody used, with one use now; undefined where there is none. */
  take(): number | undefined {
    const page = this.#free.pop();
    if (page !== undefined) this.#uses[page] = 1;
    return page;
  }

  /** One use more of a page that is in use. */
  share(page: number): void {
    if (!(this.#uses[page] > 0)) throw new Error(`page ${page} is not in use`);
    this.#uses[page]++;
  }

  /** One use less; the last one makes the page free. */
  release(page: number): void {
    if (!(this.#uses[page] > 0)) throw new Error(`page ${page} is not in use`);
    if (--this.#uses[page] === 0) this.#free.push(page);
  }
}
