// The `LanguageModel` over the engine: scores many requests together and computes their common prefixes once.

import { setImmediate } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { MEMORY_LIMIT } from '../../engine/index.ts';
import { Continuation, Scheduler, type ScoreRequest } from '../generate/index.ts';
import type { Model } from '../load/index.ts';
import {
  contextOf,
  type Decoder,
  type DecoderSize,
  openDecoder,
  PAGE_POSITIONS,
  type Piece,
  pagesOf,
  sizesOf,
  weightBytes,
} from '../model/index.ts';
import type { ContinuationScore, GenerateOptions, LanguageModel } from './language-model.ts';
import { type Node, prefixTree } from './prefix-tree.ts';

/** Bytes for the activations of a forward pass, and for keys and values, if memory allows. */
const MAX_ACTIVATIONS = 384 << 20;
const MAX_KEYS_VALUES = 512 << 20;

/**
 * Opens a model for evaluation. The caller still closes `model`.
 * @throws JikjiError `too-large` where it does not fit
 */
export function openLanguageModel(model: Model, { threads }: { threads: number }): LanguageModel {
  const { config } = model;
  const decoder = openDecoder(config, sizeOf(model), { threads }, model);
  return new Scorer(decoder, model.tokenizer.vocabSize);
}

/** The rows of a forward pass and the pages that fit into the memory beside the weights. */
export function sizeOf(model: Pick<Model, 'config' | 'q8'>): DecoderSize {
  const { config } = model;
  const { numHiddenLayers: L } = config;
  const { D, F, Q, KV } = sizesOf(config);
  const context = contextOf(config);
  const free = Math.max(0, 0.8 * MEMORY_LIMIT - weightBytes(config, model));
  const clamp = (count: number, min: number, max: number): number => Math.max(min, Math.min(max, Math.floor(count)));
  const bytesPerRow = 4 * (2 * D + 2 * Q + 2 * F + 2 * KV);
  const rows = clamp(Math.min(MAX_ACTIVATIONS, free / 3) / bytesPerRow, Math.min(context, 128), 4096);
  // At least three contexts: two branches and a leaf, each with its own pages.
  const positions = Math.min(MAX_KEYS_VALUES, free / 2) / (8 * L * KV);
  const pages = clamp(positions / PAGE_POSITIONS, 3 * pagesOf(context), (1 << 17) / PAGE_POSITIONS);
  return { rows, context, pages };
}

/** Needs a decoder whose pages hold at least three contexts. */
export class Scorer implements LanguageModel {
  readonly contextLength: number;
  readonly #decoder: Decoder;
  readonly #vocabSize: number;

  constructor(decoder: Decoder, vocabSize: number) {
    this.#decoder = decoder;
    this.#vocabSize = vocabSize;
    this.contextLength = decoder.size.context;
  }

  async score(
    requests: readonly ScoreRequest[],
    onTokens: (tokens: number) => void = () => {},
  ): Promise<ContinuationScore[]> {
    for (const { context, continuation } of requests) {
      const length = context.length + continuation.length;
      if (context.length === 0 || length > this.contextLength + 1) throw new Error(`a request of ${length} tokens`);
    }
    const scored = requests.map(({ continuation }) => ({ nats: new Float64Array(continuation.length), greedy: true }));
    const roots = prefixTree(requests, this.#decoder.size.rows);
    await this.#run({ nodes: roots, parents: new Map(), free: 0, scored, onTokens });
    return scored;
  }

  async #run({ nodes, parents, free, scored, onTokens }: Work): Promise<void> {
    const { rows, pages: count } = this.#decoder.size;
    // Attention handles whole nodes of equal length together.
    const list = [...nodes].sort((a, b) => b.tokens.length - a.tokens.length);
    for (let at = 0; at < list.length; ) {
      const batch: Node[] = [];
      const pieces: Piece[] = [];
      const pagesOfParents = new Map<Node, ParentPages>();
      let used = 0;
      let end = free;
      let deepest = 0;
      for (; at < list.length; at++) {
        const node = list[at];
        const { start, tokens, children } = node;
        const parent = parents.get(node);
        const before = parent?.pages ?? [];
        const kept = children.length > 0 || start > 0;
        const shared = sharedPages(node, parent?.hasOneChild ?? false);
        const room = kept ? pagesOf(start + tokens.length) - shared : 0;
        const depth = Math.max(deepest, pagesBelow(node));
        if (batch.length > 0 && (used + tokens.length > rows || end + room + depth > count)) break;
        deepest = depth;
        const own = Array.from({ length: room }, (_, i) => end + i);
        if (before.length > shared) this.#decoder.copyPage(before[shared], own[0]);
        const pages = [...before.slice(0, shared), ...own];
        for (const child of children) pagesOfParents.set(child, { pages, hasOneChild: children.length === 1 });
        batch.push(node);
        pieces.push({ tokens, start, pages: kept ? pages : undefined });
        used += tokens.length;
        end += room;
      }
      this.#decoder.forward(pieces);
      this.#collect(batch, scored);
      onTokens(used);
      await setImmediate(); // lets signal handlers and the screen run
      const below = batch.flatMap(({ children }) => children);
      if (below.length > 0) await this.#run({ nodes: below, parents: pagesOfParents, free: end, scored, onTokens });
    }
  }

  #collect(nodes: readonly Node[], scored: ContinuationScore[]): void {
    let first = 0;
    const asked = nodes.flatMap((node) => {
      const offset = first - node.start;
      first += node.tokens.length;
      return node.targets.map((one) => ({ ...one, row: offset + one.position }));
    });
    this.#decoder.losses(asked, (i, nats, isGreedy) => {
      const { request, index } = asked[i];
      const result = scored[request];
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
    const ids: number[] = [];
    const task = new Continuation(Array.from(context), {
      ...{ temperature: 0, topK: 0, topP: 1, seed: 0, maxTokens, full: 'end', ends: new Set() },
      vocabSize: this.#vocabSize,
      context: this.contextLength,
      onToken: ({ id }) => {
        ids.push(id);
        return stop(id);
      },
    });
    // A scheduler of its own: between two texts the pages belong to those that are scored.
    await new Scheduler(this.#decoder).run(task);
    return ids;
  }

  close(): void {
    this.#decoder.close();
  }
}

/** The pages of a node's parent, and whether it has one child only. */
interface ParentPages {
  pages: readonly number[];
  hasOneChild: boolean;
}

/** The first pages that a node has from its parent: an only child goes on in the parent's last page, others copy it. */
const sharedPages = ({ start }: Node, isOnlyChild: boolean) =>
  isOnlyChild ? pagesOf(start) : Math.floor(start / PAGE_POSITIONS);

/** Pages that the longest way below a node needs. */
const pagesBelow = ({ children }: Node): number =>
  children.reduce((most, child) => {
    const own = pagesOf(child.start + child.tokens.length) - sharedPages(child, children.length === 1);
    return Math.max(most, own + pagesBelow(child));
  }, 0);

interface Work {
  nodes: readonly Node[];
  parents: ReadonlyMap<Node, ParentPages>;
  /** First unused page. */
  free: number;
  scored: ContinuationScore[];
  onTokens: (tokens: number) => void;
}
