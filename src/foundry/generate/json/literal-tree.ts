// Texts by their bytes, as a tree: what all texts with one beginning have in common is one node. Knows no JSON.

/** The texts that begin alike, up to where they part. */
export class LiteralNode {
  /** Bytes that all of them begin with. */
  readonly shared: Buffer;
  /** One of them ends here. */
  readonly isText: boolean;
  /** Bytes of the shortest one beyond what is shared, of those that go on; Infinity where none does. */
  readonly least: number;
  /** Those that go on, sorted. */
  readonly #longer: readonly Buffer[];
  #children: ReadonlyMap<number, LiteralNode> | undefined;

  /** `texts` are sorted, each of them once, and at least one. */
  constructor(texts: readonly Buffer[]) {
    const first = texts[0];
    const last = texts.at(-1)!;
    let length = 0;
    while (length < first.length && first[length] === last[length]) length++;
    this.shared = first.subarray(0, length);
    this.isText = first.length === length;
    this.#longer = this.isText ? texts.slice(1) : texts;
    this.least = this.#longer.reduce((least, text) => Math.min(least, text.length - length), Number.POSITIVE_INFINITY);
  }

  /** By the byte after what is shared; made when they are asked for. */
  get children(): ReadonlyMap<number, LiteralNode> {
    if (this.#children) return this.#children;
    const at = this.shared.length;
    const byByte = Map.groupBy(this.#longer, (text) => text[at]);
    this.#children = new Map([...byByte].map(([byte, texts]) => [byte, new LiteralNode(texts)]));
    return this.#children;
  }
}

/** The tree of at least one text. */
export function literalTree(texts: Iterable<string>): LiteralNode {
  return new LiteralNode([...new Set(texts)].map((text) => Buffer.from(text)).sort(Buffer.compare));
}
