// Scores of many requests together are bit for bit those of each request alone in a full forward pass: batching and shared prefixes change
// nothing.

import { afterAll, describe, expect, test } from 'vitest';
import { philox4x32 } from '../../engine/index.ts';
import type { ScoreRequest } from '../generate/index.ts';
import { type ModelConfig, openDecoder, pagesOf, parameters } from '../model/index.ts';
import { openWhole, wholeLogits, wholeNats } from '../model/testing/whole-pass.ts';
import type { ContinuationScore } from './language-model.ts';
import { type Node, prefixTree } from './prefix-tree.ts';
import { Scorer } from './scorer.ts';

const CONTEXT = 64;
const config: ModelConfig = {
  vocabSize: 19,
  hiddenSize: 24,
  intermediateSize: 40,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  maxPositionEmbeddings: CONTEXT,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.05,
  tieWordEmbeddings: true,
};

let drawn = 0;
const random = () => philox4x32([drawn++, 0, 0, 0], [5, 0])[0] / 2 ** 32;
const below = (n: number) => Math.floor(random() * n);
const tokens = (n: number) => Array.from({ length: n }, () => below(config.vocabSize));

function weights(name: string, values: Float32Array) {
  const { std } = parameters(config).find((p) => p.name === name)!;
  const key = [...name].reduce((sum, c) => sum + c.charCodeAt(0), 0);
  for (let i = 0; i < values.length; i++) {
    const x = philox4x32([i, 1, 0, 0], [key, 9])[0] / 2 ** 32 - 0.5;
    values[i] = std === undefined ? 1 + x : x;
  }
}

const whole = openWhole(config, [1, CONTEXT], { read: weights });
afterAll(() => whole.close());

/** A single request, in one pass without pages. */
function alone({ context, continuation }: ScoreRequest): ContinuationScore {
  const all = [...Array.from(context), ...Array.from(continuation)];
  const ids = all.slice(0, -1);
  const nats = wholeNats(whole, ids, all.slice(1)).slice(context.length - 1);
  const logits = wholeLogits(whole, ids, ids.length);
  const V = config.vocabSize;
  const greedy = Array.from(continuation).every((token, i) => {
    const row = logits.subarray((context.length - 1 + i) * V, (context.length + i) * V);
    return row.indexOf(Math.max(...row)) === token;
  });
  return { nats, greedy };
}

/** Texts with long common prefixes: a preamble, questions after it, choices after each question; and unrelated texts. */
function requests() {
  const preamble = tokens(below(30));
  const list: ScoreRequest[] = [];
  for (let q = 2 + below(6); q > 0; q--) {
    const context = [...(below(5) ? preamble : []), ...tokens(1 + below(18))];
    const beginning = below(3) ? [] : tokens(below(17));
    for (let c = 1 + below(4); c > 0; c--) {
      const continuation = [...beginning, ...tokens(1 + below(6))].slice(0, CONTEXT + 1 - context.length);
      list.push({ context, continuation });
      if (below(6) === 0) list.push({ context, continuation: continuation.slice(0, 1 + below(continuation.length)) });
    }
  }
  list.push({ context: tokens(1), continuation: tokens(CONTEXT) });
  return list.sort(() => random() - 0.5);
}

describe.each([
  ['room for everything', { rows: 500, context: CONTEXT, pages: 80 }],
  ['hardly any room', { rows: 7, context: CONTEXT, pages: 3 * pagesOf(CONTEXT) }],
  ['many small passes', { rows: 90, context: CONTEXT, pages: 3 * pagesOf(CONTEXT) }],
])('%s', (_, size) => {
  const decoder = openDecoder(config, size, { threads: 2 }, { read: weights });
  const scorer = new Scorer(decoder, config.vocabSize);
  afterAll(() => scorer.close());

  test('all together and each alone: the same bits', async () => {
    for (let round = 0; round < 12; round++) {
      const list = requests();
      expect(await scorer.score(list)).toEqual(list.map(alone));
    }
  });

  test('every token is computed at most once per text, and fewer if texts share prefixes', async () => {
    const preamble = tokens(40);
    const list = Array.from({ length: 8 }, () => ({ context: [...preamble, ...tokens(9)], continuation: tokens(3) }));
    let computed = 0;
    await scorer.score(list, (n) => {
      computed += n;
    });
    expect(computed).toBeGreaterThanOrEqual(40 + 8 * 8);
    expect(computed).toBeLessThan(40 + 8 * 12);
  });

  test('the likeliest continuation, token by token', async () => {
    const context = tokens(20);
    const ids = await scorer.generate(context, { maxTokens: 12, stop: () => false });
    expect(ids).toHaveLength(12);
    expect(alone({ context, continuation: ids }).greedy).toBe(true);
    expect(await scorer.generate(context, { maxTokens: 12, stop: (id) => id === ids[3] })).toEqual(
      ids.slice(0, ids.indexOf(ids[3]) + 1),
    );
    expect(await scorer.generate(tokens(CONTEXT), { maxTokens: 12, stop: () => false })).toHaveLength(1);
    await expect(scorer.generate(tokens(CONTEXT + 1), { maxTokens: 1, stop: () => false })).rejects.toMatchObject({
      code: 'prompt-too-long',
    });
  });

  test('invalid requests are refused', async () => {
    await expect(scorer.score([{ context: [], continuation: [1] }])).rejects.toThrow('a request of 1 tokens');
    await expect(scorer.score([{ context: [1], continuation: tokens(CONTEXT + 1) }])).rejects.toThrow();
    expect(await scorer.score([{ context: [1], continuation: [] }])).toEqual([
      { nats: new Float64Array(0), greedy: true },
    ]);
    expect(await scorer.score([])).toEqual([]);
  });
});

test('the tree contains every request: its path gives the tokens, and each target occurs once', () => {
  for (let round = 0; round < 200; round++) {
    const list = requests();
    const most = 1 + below(40);
    const seen = new Set<string>();
    let branches = 0;
    const walk = (node: Node, before: number[], open: number) => {
      const text = [...before, ...node.tokens];
      expect(node.start).toBe(before.length);
      expect(node.tokens.length).toBeGreaterThan(0);
      expect(node.tokens.length).toBeLessThanOrEqual(most);
      for (const { request, index, position, token } of node.targets) {
        const { context, continuation } = list[request];
        const all = [...Array.from(context), ...Array.from(continuation)];
        expect(text.slice(0, position + 1)).toEqual(all.slice(0, position + 1));
        expect(position).toBeGreaterThanOrEqual(node.start);
        expect([position, token]).toEqual([context.length - 1 + index, continuation[index]]);
        seen.add(`${request} ${index}`);
      }
      const inside = open + (node.children.length > 1 ? 1 : 0);
      branches = Math.max(branches, inside);
      for (const child of node.children) walk(child, text, inside);
    };
    const roots = prefixTree(list, most);
    for (const root of roots) walk(root, [], 0);
    expect(seen.size).toBe(list.reduce((sum, { continuation }) => sum + continuation.length, 0));
    expect(branches).toBeLessThanOrEqual(2);
  }
});
