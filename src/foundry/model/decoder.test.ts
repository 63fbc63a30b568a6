// Cached generation gives the bits of the full forward pass, for any cut of the text into a prompt and single positions.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { philox4x32 } from '../../engine/index.ts';
import { smallModel } from '../train/testing/small.ts';
import {
  ARCHITECTURES,
  type DecoderSize,
  type ModelConfig,
  openDecoder,
  PAGE_POSITIONS,
  pagesOf,
  parameters,
} from './index.ts';
import { Generator } from './testing/generator.ts';
import { openTraining } from './testing/training-pass.ts';
import { openWhole, wholeLogits, wholeNats } from './testing/whole-pass.ts';

const POSITIONS = 150;

/** Number `i` of a series, from 0 up to 1. */
const random = (series: number, i: number) => philox4x32([i, 0, 0, 0], [series, 0])[0] / 2 ** 32;

const randomTokens = (length: number, vocabSize: number, series: number) =>
  Uint32Array.from({ length }, (_, i) => Math.floor(random(series, i) * vocabSize));

const base = smallModel({ numHiddenLayers: 3 });
const PROMPTS = [1, 2, 47, 48, 49, 97];

/** The same weights for every model of a shape, asked for in the order of names: far from the tidy ones at a training's start. */
function weightsOf(config: ModelConfig): (name: string, values: Float32Array) => void {
  const list = new Map(parameters(config).map((p) => [p.name, p]));
  let n = 0;
  return (name, values) => {
    const { std } = list.get(name)!;
    for (let i = 0; i < values.length; i++)
      values[i] = (random(8, n++) - 0.5) * (std === undefined ? 1 : 0.4) + (std ? 0 : 1);
  };
}

const decoderOf = (config: ModelConfig, size: DecoderSize, threads: number) =>
  openDecoder(config, size, { threads }, { read: weightsOf(config) });

/** Logits of all positions in one forward pass, [T, V]. */
function fullLogits(config: ModelConfig, tokens: Uint32Array) {
  const decoder = openWhole(config, [1, tokens.length], { read: weightsOf(config) });
  try {
    return wholeLogits(decoder, tokens, tokens.length);
  } finally {
    decoder.close();
  }
}

/** The bits of the numbers; -0 counts as +0. */
const bitsOf = (x: Float32Array) => new Uint32Array(x.map((v) => (v === 0 ? 0 : v)).buffer);

const shapes: [string, Partial<ModelConfig>][] = [
  ['every head its own keys, a tied head', {}],
  [
    'grouped heads, an untied head',
    { hiddenSize: 48, numAttentionHeads: 6, numKeyValueHeads: 2, tieWordEmbeddings: false },
  ],
  [
    'one key-value head, odd sizes',
    { hiddenSize: 30, intermediateSize: 41, numAttentionHeads: 3, numKeyValueHeads: 1, vocabSize: 133 },
  ],
  ...[...ARCHITECTURES.keys()].map((architecture): [string, Partial<ModelConfig>] => [
    `${architecture}, its own head size`,
    { architecture, hiddenSize: 30, numAttentionHeads: 3, numKeyValueHeads: 1, headDim: 14 },
  ]),
  [
    'head size 2, one layer',
    { hiddenSize: 10, numHiddenLayers: 1, numAttentionHeads: 5, numKeyValueHeads: 5, vocabSize: 19 },
  ],
];

describe.each(shapes)('%s', (_, changes) => {
  const config = { ...base, ...changes };
  const V = config.vocabSize;
  const tokens = randomTokens(POSITIONS, V, 2);
  let full: Float32Array;
  const threads = config.tieWordEmbeddings ? 1 : 2;
  let generator: Generator;
  beforeAll(() => {
    full = fullLogits(config, tokens);
    generator = new Generator(decoderOf(config, { rows: 64, context: POSITIONS, pages: pagesOf(POSITIONS) }, threads));
  });
  afterAll(() => generator.close());
  const rowOf = (position: number) => bitsOf(full.slice(position * V, (position + 1) * V));

  test("the full pass can show errors: finite, different at every position; a training's forward pass has the same bits", () => {
    expect(full.every(Number.isFinite)).toBe(true);
    expect(new Set(Array.from({ length: POSITIONS }, (_, i) => rowOf(i).join())).size).toBe(POSITIONS);
    const [ids, targets] = [tokens.subarray(0, -1), tokens.subarray(1)].map((part) => Int32Array.from(part));
    const decoder = openWhole(config, [1, ids.length], { read: weightsOf(config) });
    const training = openTraining(config, POSITIONS, { read: weightsOf(config) });
    expect(training.nats(ids, targets)).toEqual(wholeNats(decoder, ids, targets));
    expect(bitsOf(training.logits(tokens))).toEqual(bitsOf(full));
    training.close();
    decoder.close();
  });

  test.each(PROMPTS)('a prompt of %d, then position by position', (prompt) => {
    generator.reset();
    expect(bitsOf(generator.feed(tokens.subarray(0, prompt)))).toEqual(rowOf(prompt - 1));
    for (let i = prompt; i < POSITIONS; i++) {
      const bits = bitsOf(generator.feed([tokens[i]]));
      if (Buffer.compare(Buffer.from(bits.buffer), Buffer.from(rowOf(i).buffer)) !== 0) {
        expect({ position: i, bits }).toEqual({ position: i, bits: rowOf(i) });
      }
    }
    expect(generator.position).toBe(POSITIONS);
  });

  test('later pieces of several tokens, and the whole at once', () => {
    generator.reset();
    generator.feed(tokens.subarray(0, 5));
    expect(bitsOf(generator.feed(tokens.subarray(5, 60)))).toEqual(rowOf(59));
    generator.reset();
    expect(bitsOf(generator.feed(tokens))).toEqual(rowOf(POSITIONS - 1));
    expect(() => generator.feed([0])).toThrow('the context is full');
  });

  test('a new prompt forgets earlier input', () => {
    generator.reset();
    generator.feed(randomTokens(POSITIONS, V, 77));
    generator.reset();
    expect(bitsOf(generator.feed(tokens.subarray(0, 3)))).toEqual(rowOf(2));
    expect(bitsOf(generator.feed([tokens[3]]))).toEqual(rowOf(3));
  });
});

test('pieces of many sequences together, with and without shared prefixes computed once: the same bits', () => {
  const config = { ...base, vocabSize: 23, hiddenSize: 48, numAttentionHeads: 6, numKeyValueHeads: 2 };
  const V = config.vocabSize;
  const sequences = [60, 60, 7, 1, 50, 49, 97].map((length, i) => randomTokens(length, V, 20 + i));
  const targets = (rows: number, first = 0) =>
    Array.from({ length: rows }, (_, i) => ({ row: first + i, token: (i * 7) % V }));
  const wanted = sequences.map((tokens) => {
    const decoder = openWhole(config, [1, tokens.length], { read: weightsOf(config) });
    const nats = wholeNats(
      decoder,
      tokens,
      targets(tokens.length).map((t) => t.token),
    );
    const logits = wholeLogits(decoder, tokens, tokens.length);
    decoder.close();
    const greedy = targets(tokens.length).map(({ token }, i) => {
      const row = logits.subarray(i * V, (i + 1) * V);
      return row.indexOf(Math.max(...row)) === token;
    });
    return { nats: [...nats], greedy };
  });
  const decoder = decoderOf(config, { rows: 400, context: 100, pages: 30 }, 2);
  const found = (rows: number, first: number) => {
    const nats: number[] = [];
    const greedy: boolean[] = [];
    decoder.losses(targets(rows, first), (_, n, g) => {
      nats.push(n);
      greedy.push(g);
    });
    return { nats, greedy };
  };
  try {
    // All of them whole.
    decoder.forward(sequences.map((tokens) => ({ tokens, start: 0 })));
    let first = 0;
    sequences.forEach((tokens, i) => {
      expect(found(tokens.length, first)).toEqual(wanted[i]);
      first += tokens.length;
    });
    expect(wanted.flatMap(({ greedy }) => greedy)).toContain(true);

    // Cut at some place: the first parts into pages, then the rest of each, twice, each time after a copy of the first part's pages.
    const cuts = [30, 59, 3, 1, 48, 1, 95];
    const free = [...Array(30).keys()].reverse();
    const take = (tokens: Uint32Array) => free.splice(0, pagesOf(tokens.length));
    const parts = cuts.map((cut, i) => ({
      tokens: sequences[i].subarray(0, cut),
      start: 0,
      pages: take(sequences[i]),
    }));
    decoder.forward(parts);
    const rests = parts.flatMap(({ pages }, i) => {
      const tokens = sequences[i].subarray(cuts[i]);
      if (tokens.length === 0) return [];
      const rest = { tokens, start: cuts[i] };
      const other = { ...rest, tokens: tokens.map((id) => (id + 1) % V) };
      return [rest, other].map((piece) => {
        // What is full is shared, the last page copied.
        const shared = pages.slice(0, Math.floor(cuts[i] / PAGE_POSITIONS));
        const own = free.splice(0, pages.length - shared.length);
        decoder.copyPage(pages[shared.length], own[0]);
        return { i: piece === rest ? i : -1, piece: { ...piece, pages: [...shared, ...own] } };
      });
    });
    decoder.forward(rests.map(({ piece }) => piece));
    first = 0;
    for (const { i, piece } of rests) {
      if (i >= 0) {
        // The targets go by position: those of the rest stand behind those of the first part.
        const nats: number[] = [];
        const list = targets(sequences[i].length).slice(cuts[i]);
        decoder.losses(
          list.map(({ token }, at) => ({ row: first + at, token })),
          (_, n) => nats.push(n),
        );
        expect(nats).toEqual(wanted[i].nats.slice(cuts[i]));
      }
      first += piece.tokens.length;
    }
    expect(() => decoder.forward([{ tokens: [1], start: 5 }])).toThrow('needs pages');
    expect(() => decoder.forward([{ tokens: randomTokens(101, V, 1), start: 0 }])).toThrow(
      'do not fit into the context',
    );
  } finally {
    decoder.close();
  }
});
