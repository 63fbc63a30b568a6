// The score of Cisco's model-provenance-kit (github.com/cisco-ai-defense/model-provenance-kit, docs/signals.md), written anew from its
// description: a weighted mean of five signals of the weights, above 0.75 a "High-Confidence Match". Its scanner first asks whether the two
// configs are equal, or of one family with equal sizes: then the score is 1.0 or 0.9 and weights do not count. That gate is told apart here.
//
// Otherwise than there: the anchor tokens that fill up the 64 are drawn by another generator; a text's first token is the longest one that it
// begins with, not that of its tokenizer; signals are not rounded to four digits. Left out: the signals of tokenizers, which are in no
// score; models without a config; rows of matrices drawn from models above 20 GB.

import { type HeldModel, type Weight, weightOf } from '../lineage-model.ts';

/** Above it two models are a match. */
export const CISCO_MATCH = 0.75;
const SHARES = { anchors: 0.36, norms: 0.08, energy: 0.16, lengths: 0.19, weights: 0.21 };
const ANCHORS = 64;
const SAMPLE = 4096;
const BINS = 20;

const MARKS = [...'0123456789.,!?:;'];
const WORDS: Record<string, string[]> = {
  Latin: 'the of and to in is that for it was on are with as be at ing tion er al ed es re en'.split(' '),
  CJK: [...'的一是不人我在有了这中大'],
  Cyrillic: 'и в не на я что он к'.split(' '),
  Arabic: 'من في على أن هذا الله إلى لا'.split(' '),
  Devanagari: 'के है का की यह से को पर'.split(' '),
};
const SCRIPTS: readonly [name: string, of: RegExp][] = [
  ['CJK', /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}]/u],
  ['Cyrillic', /\p{sc=Cyrillic}/u],
  ['Arabic', /\p{sc=Arabic}/u],
  ['Devanagari', /\p{sc=Devanagari}/u],
  ['Latin', /\p{sc=Latin}/u],
];

/** Shares of the scripts of a vocabulary that have a twentieth of its letters. */
function scriptsOf(tokens: HeldModel['tokens']): [string, number][] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const token of tokens) {
    for (const letter of Buffer.from(token ?? '', 'hex').toString('utf8')) {
      if (!/\p{L}/u.test(letter)) continue;
      const script = SCRIPTS.find(([, of]) => of.test(letter))?.[0] ?? 'Other';
      counts.set(script, (counts.get(script) ?? 0) + 1);
      total++;
    }
  }
  const shares = [...counts].map(([script, count]): [string, number] => [script, count / total]);
  const active = shares.filter(([script, share]) => share >= 0.05 && WORDS[script]);
  return active.length > 0 ? active.sort((a, b) => b[1] - a[1]) : [['Latin', 1]];
}

/** Numbers of mulberry32 with the seed 42. */
function drawing(): (below: number) => number {
  let state = 42;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function anchorIds(tokens: HeldModel['tokens'], size: number) {
  const idOf = new Map(tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const])));
  const ids = new Set<number>();
  const add = (texts: readonly string[]) => {
    for (const text of texts) {
      const hex = Buffer.from(text).toString('hex');
      const ends = Array.from({ length: hex.length / 2 }, (_, i) => hex.length - 2 * i);
      const id = ends.map((end) => idOf.get(hex.slice(0, end))).find((one) => one !== undefined);
      if (id !== undefined) ids.add(id);
    }
  };
  add(MARKS);
  const scripts = scriptsOf(tokens);
  const budget = ANCHORS - ids.size;
  const total = scripts.reduce((sum, [, share]) => sum + share, 0);
  const places = scripts.map(([, share]) => Math.max(2, Math.round((budget * share) / total)));
  const over = places.reduce((sum, n) => sum + n, 0) - budget;
  const most = places.indexOf(Math.max(...places));
  places[most] = Math.max(2, places[most]! - over);
  for (const [i, [script]] of scripts.entries()) add(WORDS[script]!.slice(0, places[i]));
  const pool = Array.from({ length: Math.min(size, 50_000) }, (_, id) => id).filter((id) => !ids.has(id));
  for (const below = drawing(); ids.size < ANCHORS && pool.length > 0; )
    ids.add(pool.splice(below(pool.length), 1)[0]!);
  return [...ids].slice(0, ANCHORS);
}

interface Features {
  anchors: number[];
  norms: number[][];
  energy: number[];
  lengths: number[];
  weights: Float32Array[];
}

type Numbers = readonly number[] | Float32Array;

const rootOfSquares = (values: Numbers) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
};

const rowsOf = ({ shape, values }: Weight) =>
  Array.from({ length: shape[0]! }, (_, i) => values.subarray(i * shape[1]!, (i + 1) * shape[1]!));

/** Cosines of all pairs of anchors. */
function anchorCosines(model: HeldModel, embedding: Float32Array[]) {
  const rows = anchorIds(model.tokens, embedding.length).map((id) => embedding[id]!);
  const lengths = rows.map((row) => Math.max(1e-8, rootOfSquares(row)));
  return rows.flatMap((a, i) =>
    rows.slice(i + 1).map((b, j) => {
      let sum = 0;
      for (const [k, value] of a.entries()) sum += value * b[k]!;
      return sum / (lengths[i]! * lengths[i + 1 + j]!);
    }),
  );
}

function histogram(values: readonly number[]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const bins = new Array<number>(BINS).fill(0);
  for (const value of values)
    bins[Math.min(BINS - 1, Math.floor(((value - least) / (most - least || 1)) * BINS))]! += 1 / values.length;
  return bins;
}

/** At most SAMPLE numbers of a tensor, in even steps. */
function sampled(values: Float32Array) {
  if (values.length <= SAMPLE) return values;
  const step = Math.floor(values.length / SAMPLE);
  return Float32Array.from({ length: SAMPLE }, (_, i) => values[i * step]!);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const known = new WeakMap<HeldModel, Features>();

function featuresOf(model: HeldModel) {
  const found = known.get(model);
  if (found) return found;
  const embedding = rowsOf(weightOf(model, 'model.embed_tokens.weight'));
  const names = [...model.weights.keys()];
  const norms = names.filter((name) => /norm/.test(name)).map((name) => [...weightOf(model, name).values]);
  const layers = Array.from({ length: model.config.numHiddenLayers }, (_, layer) =>
    names
      .filter((name) => name.startsWith(`model.layers.${layer}.`))
      .map((name) => weightOf(model, name))
      .filter(({ shape }) => shape.length === 2),
  );
  const energy = layers.map((matrices) => matrices.reduce((sum, { values }) => sum + rootOfSquares(values), 0));
  const features = {
    anchors: anchorCosines(model, embedding),
    norms: norms.filter(({ length }) => length >= 64),
    energy: energy.map((one) => one / Math.max(...energy)),
    lengths: histogram(embedding.map(rootOfSquares)),
    weights: layers.map((matrices) => joined(matrices.map(({ values }) => sampled(values)))),
  };
  known.set(model, features);
  return features;
}

/** From 0 to 1; not a number where a side is zero. */
function cosine(a: Numbers, b: Numbers) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  const lengths = rootOfSquares(a) * rootOfSquares(b);
  return lengths < 1e-10 ? Number.NaN : Math.max(0, Math.min(1, sum / lengths));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pearson's correlation from 0 to 1; not a number where a side is constant. */
function correlation(a: readonly number[], b: readonly number[]) {
  const [x, y] = [a, b].map((values) => {
    const middle = mean(values);
    return values.map((value) => value - middle);
  }) as [number[], number[]];
  const isConstant = [x, y].some((values) => rootOfSquares(values) / Math.sqrt(values.length) < 1e-8);
  const product = x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return isConstant ? Number.NaN : (product / (rootOfSquares(x) * rootOfSquares(y)) + 1) / 2;
}

/** A profile of layers as one of fewer, by linear interpolation. */
const resampled = (values: readonly number[], count: number) =>
  Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? 0 : (i * (values.length - 1)) / (count - 1);
    const low = Math.floor(at);
    return values[low]! + (at - low) * ((values[low + 1] ?? values[low]!) - values[low]!);
  });

/** Mean, deviation, greatest and least of each norm. */
const statistics = (norms: readonly number[][]) =>
  norms.flatMap((values) => {
    const middle = mean(values);
    const deviation = rootOfSquares(values.map((value) => value - middle)) / Math.sqrt(values.length);
    return [middle, deviation, Math.max(...values), Math.min(...values)];
  });

function normSimilarity(a: readonly number[][], b: readonly number[][]) {
  const [x, y] = [a.flat(), b.flat()];
  if (x.length === y.length) return cosine(x, y);
  const [few, many] = [statistics(a), statistics(b)].sort((s, t) => s.length - t.length) as [number[], number[]];
  return few.length < 4 ? Number.NaN : cosine(few, many.slice(0, few.length));
}

function weightSimilarity(a: readonly Float32Array[], b: readonly Float32Array[]) {
  const cosines = a.slice(0, b.length).map((ours, layer) => {
    const length = Math.min(ours.length, b[layer]!.length);
    return cosine(ours.subarray(0, length), b[layer]!.subarray(0, length));
  });
  return cosines.length < 2 ? Number.NaN : mean(cosines);
}

/** The score of the weights of two models. */
export function ciscoScore(first: HeldModel, second: HeldModel): number {
  const [a, b] = [featuresOf(first), featuresOf(second)];
  const layers = Math.min(a.energy.length, b.energy.length);
  const signals = {
    anchors: correlation(a.anchors, b.anchors),
    norms: normSimilarity(a.norms, b.norms),
    energy: correlation(resampled(a.energy, layers), resampled(b.energy, layers)),
    lengths: cosine(a.lengths, b.lengths),
    weights: weightSimilarity(a.weights, b.weights),
  };
  const valid = Object.entries(SHARES).filter(([name]) => !Number.isNaN(signals[name as keyof typeof signals]));
  const total = valid.reduce((sum, [, share]) => sum + share, 0);
  return valid.reduce((sum, [name, share]) => sum + (share / total) * signals[name as keyof typeof signals], 0);
}

/** What the scanner says without a look at the weights: 1 for equal configs, 0.9 for one family, tokenizer and size. */
export function ciscoGate({ config: a, tokens: ours }: HeldModel, { config: b, tokens: theirs }: HeldModel) {
  const sizes = ['hiddenSize', 'numHiddenLayers'] as const;
  const shape = ['numAttentionHeads', 'numKeyValueHeads', 'intermediateSize', 'vocabSize'] as const;
  if (!sizes.every((key) => a[key] === b[key])) return undefined;
  if (shape.every((key) => a[key] === b[key])) return 1;
  return ours === theirs ? 0.9 : undefined;
}
