// Keeps pages whose keys and values are computed, by the tokens that they stand for: a tree with a page at each node. A text that begins
// as an earlier one did takes its pages over. A cached page is never written again.

import type { PagePool } from './page-pool.ts';

/** Positions below which a page that is only begun alike is computed rather than copied. */
const MIN_COPIED = 8;

interface Node {
  parent: Node | undefined;
  /** The tokens of the page: as many as it has positions, or fewer in a leaf. */
  tokens: readonly number[];
  page: number;
  children: Node[];
  lastUsed: number;
}

/** What of a text is in the cache. */
export interface CachedPrefix {
  /** Full pages; the caller has one use of each. */
  pages: number[];
  /** A page that goes on like the text for some positions, to be copied at once; the caller has no use of it. */
  begun?: { page: number; positions: number };
}

export class PrefixCache {
  readonly #pool: PagePool;
  readonly #positions: number;
  readonly #roots: Node[] = [];
  #clock = 0;
  #count = 0;

  /** `positions` of a page. */
  constructor(pool: PagePool, positions: number) {
    this.#pool = pool;
    this.#positions = positions;
  }

  /** Pages in the cache. */
  get size(): number {
    return this.#count;
  }

  /** Positions at the beginning of a text that are in the cache; changes nothing. */
  known(tokens: readonly number[]): number {
    const { path, begun } = this.#find(tokens);
    return path.length * this.#positions + (begun?.positions ?? 0);
  }

  /** Takes over what is known of the beginning of a text. */
  take(tokens: readonly number[]): CachedPrefix {
    const { path, begun } = this.#find(tokens);
    for (const node of path) {
      this.#pool.share(node.page);
      node.lastUsed = ++this.#clock;
    }
    const pages = path.map(({ page }) => page);
    if (!begun) return { pages };
    begun.node.lastUsed = ++this.#clock;
    return { pages, begun: { page: begun.node.page, positions: begun.positions } };
  }

  #find(tokens: readonly number[]): { path: Node[]; begun?: { node: Node; positions: number } } {
    const path: Node[] = [];
    for (let siblings = this.#roots; ; ) {
      const at = path.length * this.#positions;
      let best: Node | undefined;
      let common = 0;
      for (const node of siblings) {
        const length = commonLength(node.tokens, tokens, at);
        if (length > common) [best, common] = [node, length];
      }
      if (!best) return { path };
      if (common < this.#positions) {
        return common < MIN_COPIED ? { path } : { path, begun: { node: best, positions: common } };
      }
      path.push(best);
      siblings = best.children;
    }
  }

  /**
   * Keeps the pages of a text, all of whose tokens are computed. A page that the cache has already is not kept twice: the returned list
   * names the cache's page in its place. The caller's uses stay with the pages that it gave, but for those replaced, which are exchanged.
   */
  keep(tokens: readonly number[], pages: readonly number[]): number[] {
    const kept: number[] = [];
    let parent: Node | undefined;
    let siblings = this.#roots;
    for (let at = 0; at < tokens.length; at += this.#positions) {
      const own = tokens.slice(at, at + this.#positions);
      const page = pages[kept.length];
      const same = siblings.find(
        (node) => node.tokens.length >= own.length && commonLength(node.tokens, own, 0) === own.length,
      );
      const isFull = own.length === this.#positions;
      if (same && !isFull) break; // what is begun is known already
      const node = same ?? this.#add(parent, siblings, own, page);
      if (same && same.page !== page) {
        this.#pool.share(same.page);
        this.#pool.release(page);
      }
      node.lastUsed = ++this.#clock;
      kept.push(node.page);
      if (!isFull) break;
      parent = node;
      siblings = node.children;
    }
    return [...kept, ...pages.slice(kept.length)];
  }

  #add(parent: Node | undefined, siblings: Node[], tokens: readonly number[], page: number): Node {
    // A leaf that stood for the beginning of these tokens is no longer needed.
    for (const node of siblings.filter((node) => node.children.length === 0 && node.tokens.length < tokens.length)) {
      if (commonLength(node.tokens, tokens, 0) === node.tokens.length) this.#remove(node);
    }
    const node: Node = { parent, tokens, page, children: [], lastUsed: 0 };
    siblings.push(node);
    this.#pool.share(page);
    this.#count++;
    return node;
  }

  #remove(node: Node): void {
    const siblings = node.parent?.children ?? this.#roots;
    siblings.splice(siblings.indexOf(node), 1);
    this.#pool.release(node.page);
    this.#count--;
  }

  /** Gives up the page that was used longest ago and that nobody else uses; false where there is none. */
  evict(): boolean {
    let oldest: Node | undefined;
    const open = [...this.#roots];
    for (let node = open.pop(); node; node = open.pop()) {
      open.push(...node.children);
      if (node.children.length > 0 || this.#pool.uses(node.page) > 1) continue;
      if (!oldest || node.lastUsed < oldest.lastUsed) oldest = node;
    }
    if (oldest) this.#remove(oldest);
    return oldest !== undefined;
  }
}

/** How many tokens of `page` are those of `tokens` from `at` on. */
function commonLength(page: readonly number[], tokens: readonly number[], at: number): number {
  const length = Math.min(page.length, tokens.length - at);
  for (let i = 0; i < length; i++) if (page[i] !== tokens[at + i]) return i;
  return Math.max(0, length);
}
