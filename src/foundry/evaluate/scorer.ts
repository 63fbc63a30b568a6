// A model over the engine, as evaluation asks it: many requests at once, what they share computed once.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { MEMORY_LIMIT } from '../../engine/index.ts';
import type { Model } from '../load/index.ts';
import {
  contextOf,
  type Decoder,
  type DecoderSize,
  Generator,
  type ModelConfig,
  openDecoder,
  type Piece,
  parameterCount,
  sizesOf,
} from '../model/index.ts';
import type { GenerateOptions, LanguageModel, Scored, ScoreRequest } from './language-model.ts';
import { type Node, prefixTree } from './prefix-tree.ts';

/** Activations of a forward pass, and caches: about this many bytes each, where there is room. */
const ACTIVATIONS = 384 << 20;
const CACHES = 512 << 20;

/**
 * Opens a model for evaluation. The model stays the caller's to close.
 * @throws JikjiError `too-large` where it does not fit
 */
export function openLanguageModel(model: Model, { threads }: { threads: number }): LanguageModel {
  const { config } = model;
  const decoder = openDecoder(config, sizeOf(config), { threads }, (name, values) => model.read(name, values));
  return new Scorer(decoder, model.tokenizer.vocabSize);
}

/** As many rows and positions as the memory that the weights leave has room for. */
export function sizeOf(config: ModelConfig): DecoderSize {
  const { numHiddenLayers: L, vocabSize: V } = config;
  const { D, F, Q, KV } = sizesOf(config);
  const context = contextOf(config);
  const left = Math.max(0, 0.8 * MEMORY_LIMIT - 4 * (parameterCount(config) + 2 * V * D));
  const fitting = (budget: number, bytesOfOne: number, least: number, most: number): number =>
    Math.max(least, Math.min(most, Math.floor(budget / bytesOfOne)));
  const rows = fitting(
    Math.min(ACTIVATIONS, left / 3),
    4 * (2 * D + 2 * Q + 2 * F + 2 * KV),
    Math.min(context, 128),
    4096,
  );
  // Two branches and a long leaf, each with a cache of its own, fit whatever they are.
  const cache = fitting(Math.min(CACHES, left / 2), 8 * L * KV, 3 * context, 1 << 17);
  return { rows, context, cache };
}

/** Over a decoder whose caches hold at least three contexts. */
export class Scorer implements LanguageModel {
  readonly contextLength: number;
  readonly #decoder: Decoder;
  readonly #vocabSize: number;

  constructor(decoder: Decoder, vocabSize: number) {
    this.#decoder = decoder;
    this.#vocabSize = vocabSize;
    this.contextLength = decoder.size.context;
  }

  async score(requests: readonly ScoreRequest[], onTokens: (tokens: number) => void = () => {}): Promise<Scored[]> {
    for (const { context, continuation } of requests) {
      const length = context.length + continuation.length;
      if (context.length === 0 || length > this.contextLength + 1) throw new Error(`a request of ${length} tokens`);
    }
    const scored = requests.map(({ continuation }) => ({ nats: new Float64Array(continuation.length), greedy: true }));
    await this.#run(prefixTree(requests, this.#decoder.size.rows), new Map(), 0, scored, onTokens);
    return scored;
  }

  /** Nodes whose parents lie in the caches where `parents` says; what is from `free` on may be used. */
  async #run(
    nodes: readonly Node[],
    parents: ReadonlyMap<Node, Place>,
    free: number,
    scored: Scored[],
    onTokens: (tokens: number) => void,
  ): Promise<void> {
    const { rows, cache } = this.#decoder.size;
    // Those of one length go together through attention.
    const list = [...nodes].sort((a, b) => b.tokens.length - a.tokens.length);
    for (let at = 0; at < list.length; ) {
      const some: Node[] = [];
      const pieces: Piece[] = [];
      const places = new Map<Node, Place>();
      let used = 0;
      let end = free;
      for (; at < list.length; at++) {
        const node = list[at]!;
        const { start, tokens, children } = node;
        const parent = parents.get(node);
        // An only child goes on in its parent's cache, a leaf writes over what its siblings have left there.
        const room = children.length > 0 && !parent?.alone ? roomOf(node) : 0;
        if (some.length > 0 && (used + tokens.length > rows || end + room > cache)) break;
        if (room > 0 && parent) this.#decoder.copyCache(parent.cache, end, start);
        const place = room > 0 ? end : parent?.cache;
        for (const child of children) places.set(child, { cache: place!, alone: children.length === 1 });
        some.push(node);
        pieces.push({ tokens, start, cache: place });
        used += tokens.length;
        end += room;
      }
      this.#decoder.forward(pieces);
      this.#collect(some, scored);
      onTokens(used);
      await setImmediate(); // let signals and the screen have their turn
      const below = some.flatMap(({ children }) => children);
      if (below.length > 0) await this.#run(below, places, end, scored, onTokens);
    }
  }

  #collect(nodes: readonly Node[], scored: Scored[]): void {
    let first = 0;
    const asked = nodes.flatMap((node) => {
      const offset = first - node.start;
      first += node.tokens.length;
      return node.asked.map((one) => ({ ...one, row: offset + one.position }));
    });
    this.#decoder.losses(asked, (i, nats, isGreedy) => {
      const { request, index } = asked[i]!;
      const result = scored[request]!;
      result.nats[index] = nats;
      if (!isGreedy) result.greedy = false;
    });
  }

  async generate(context: ArrayLike<number>, { maxTokens, stop }: GenerateOptions): Promise<number[]> {
    if (context.length === 0 || context.length > this.contextLength) {
      throw new JikjiError(
        'prompt-too-long',
        `${context.length} tokens`,
        'prompt',
        `the context is ${this.contextLength}`,
      );
    }
    const generator = new Generator(this.#decoder);
    const ids: number[] = [];
    for (let logits = generator.feed(context); ids.length < maxTokens; logits = generator.feed([ids.at(-1)!])) {
      let best = 0;
      // Entries of the head that the tokenizer does not have are never chosen.
      for (let i = 1; i < this.#vocabSize; i++) if (logits[i]! > logits[best]!) best = i;
      ids.push(best);
      if (stop(best) || generator.position === this.contextLength) break;
      if (ids.length % 16 === 0) await setImmediate();
    }
    return ids;
  }

  close(): void {
    this.#decoder.close();
  }
}

/** Where a node's parent lies in the caches, and whether it has no other child. */
interface Place {
  cache: number;
  alone: boolean;
}

/** Positions of a cache that holds a node's sequence so far, and after it its children, one at a time. */
function roomOf({ start, tokens, children }: Node): number {
  const end = start + tokens.length;
  if (children.length === 1) return roomOf(children[0]!);
  return children.reduce(
    (most, child) => (child.children.length > 0 ? most : Math.max(most, end + child.tokens.length)),
    end,
  );
}
