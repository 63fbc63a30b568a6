// A parent's vocabulary with more entries: against a naive trainer, Hugging Face's library and the reader of GGUF.

import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { extendTokenizer, ggufTokenizerJson, Tokenizer, toGgufTokenizer, trainTokenizer } from './index.ts';
import type { WeightedDocument } from './learn.ts';
import { SPLIT_PATTERN } from './split.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';

const TURNS = ['<|user|>', '<|end|>'];
interface TokenizerJson {
  model: { vocab: Record<string, number>; merges: string[] };
}
type Merge = [left: number, right: number, made: number];

/** All occurrences of a pair become one id, from left to right. */
function join(ids: readonly number[], [left, right, made]: Merge) {
  const out: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const both = ids[i] === left && ids[i + 1] === right;
    out.push(both ? made : ids[i]);
    if (both) i++;
  }
  return out;
}

const mergesOf = (tokenizer: Tokenizer): Merge[] => {
  const ids = new Map(tokenizer.spelledTokens().map((token, id) => [token, id]));
  return tokenizer.spelledMerges().map((merge) => {
    const [left, right] = merge.split(' ') as [string, string];
    return [ids.get(left)!, ids.get(right)!, ids.get(left + right)!];
  });
};
const spelledBytes = (tokenizer: Tokenizer, id: number) => Buffer.from(tokenizer.decodeBytes([id])).toString('hex');

/** The rule as plainly as it goes: the parent's merges one by one over all words, then every pair counted anew at every step. */
function naiveMerges(parent: Tokenizer, documents: readonly WeightedDocument[], steps: number) {
  const units = (weight: number) => Math.max(1, Math.round(weight * 4096));
  const byteIds = new Map(Array.from({ length: parent.vocabSize }, (_, id) => [spelledBytes(parent, id), id]));
  const words = documents.flatMap(({ text, weight }) =>
    (text.match(new RegExp(SPLIT_PATTERN, 'gu')) ?? []).map((piece) => {
      const bytes = [...Buffer.from(piece)].map((byte) => byteIds.get(byte.toString(16).padStart(2, '0'))!);
      return { ids: mergesOf(parent).reduce<number[]>(join, bytes), weight: units(weight) };
    }),
  );
  const least = 2 * Math.min(...documents.map(({ weight }) => units(weight)));
  const known = [...byteIds].sort((a, b) => a[1] - b[1]).map(([bytes]) => bytes);
  const taken = new Set([...known, ...TURNS.map((token) => Buffer.from(token).toString('hex'))]);
  const merges: Merge[] = [];
  while (merges.length < steps) {
    const counts = new Map<string, number>();
    for (const { ids, weight } of words) {
      for (let i = 0; i + 1 < ids.length; i++) {
        const key = `${ids[i]} ${ids[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + weight);
      }
    }
    const best = [...counts]
      .map(([key, count]) => ({ count, pair: key.split(' ').map(Number) as [number, number] }))
      .filter(({ count, pair: [a, b] }) => count >= least && !taken.has(known[a] + known[b]))
      .sort((x, y) => y.count - x.count || x.pair[0] - y.pair[0] || x.pair[1] - y.pair[1])[0];
    if (!best) break;
    const merge: Merge = [...best.pair, known.length];
    for (const word of words) word.ids = join(word.ids, merge);
    merges.push(merge);
    known.push(known[merge[0]] + known[merge[1]]);
    taken.add(known.at(-1)!);
  }
  return merges;
}

const documentsOf = (r: (n: number) => number, alphabet: string): WeightedDocument[] =>
  Array.from({ length: 1 + r(4) }, () => ({
    text: Array.from({ length: 2 + r(90) }, () => alphabet[r(alphabet.length)]).join('') + randomProse(r, r(6)),
    weight: [1, 1, 2, 0.3, 7.77][r(5)],
  }));

/** A parent of some prose, and its extension by other texts. */
async function pairOf(seed: number) {
  const r = randomOf(seed);
  const prose = Array.from({ length: 60 }, () => ({ text: randomProse(r, 60), weight: 1 }));
  const parent = await trainTokenizer(prose, { vocabSize: 330 });
  const texts = Array.from({ length: 200 }, (_, i) => ({
    text: i % 2 ? randomProse(r, 40) : Array.from({ length: 8 }, () => randomText(r)).join(' '),
    weight: 1 + (i % 3),
  }));
  const child = await extendTokenizer(parent, texts, { vocabSize: 1200, turnTokens: TURNS });
  return { parent, child, texts };
}

describe('extendTokenizer', () => {
  test('learns the merges of a naive trainer on top of those of the parent', async () => {
    const r = randomOf(31);
    const alphabets = ['ab', 'a', 'abc ', 'aab', 'abcdefgh  ', '가각갂 ', 'a\n ', "'s't"];
    for (let round = 0; round < 120; round++) {
      const alphabet = alphabets[r(alphabets.length)];
      const first = await trainTokenizer(documentsOf(r, alphabet), { vocabSize: 257 + r(12) });
      const documents = documentsOf(r, round % 3 === 0 ? alphabets[r(alphabets.length)] : alphabet);
      // A parent that was extended itself has special tokens in between.
      const parent =
        round % 4 > 0
          ? first
          : await extendTokenizer(first, documentsOf(r, alphabet), {
              vocabSize: first.vocabSize + 1 + r(6),
              turnTokens: ['<|x|>'],
            });
      const steps = 1 + r(25);
      const child = await extendTokenizer(parent, documents, {
        vocabSize: parent.vocabSize + steps + TURNS.length,
        turnTokens: TURNS,
      });
      const merges = mergesOf(child);
      const old = mergesOf(parent);
      expect(merges.slice(0, old.length)).toEqual(old);
      expect(merges.slice(old.length)).toEqual(naiveMerges(parent, documents, steps));
      expect(child.extends(parent)).toBe(true);
      expect(TURNS.map((token) => child.specials.get(token))).toEqual([child.vocabSize - 2, child.vocabSize - 1]);
    }
  });

  test('Hugging Face’s library and the reader of GGUF give the same ids', async () => {
    const { child } = await pairOf(32);
    expect(child.vocabSize).toBe(1200);
    const json = child.toJson();
    const config = { clean_up_tokenization_spaces: false };
    const theirs = new HuggingFace(JSON.parse(json), config);
    const again = Tokenizer.fromJson(json);
    const gguf = Tokenizer.fromJson(ggufTokenizerJson(toGgufTokenizer(json, 'x'), 'x'));
    expect(again.toJson()).toBe(json);
    expect(gguf.toJson()).toBe(json);
    const r = randomOf(33);
    let turns = 0;
    for (let i = 0; i < 1500; i++) {
      const text = randomText(r) + (i % 3 ? '' : `${TURNS[r(2)]}${randomProse(r, 3)}`);
      const ids = [...child.encode(text, { special: true })];
      expect(ids).toEqual(theirs.encode(text).ids);
      expect([...gguf.encode(text, { special: true })]).toEqual(ids);
      expect(child.decode(ids)).toBe(text.toWellFormed());
      if (ids.some((id) => id >= 1198)) turns++;
      expect(child.encode(text).every((id) => id < 1198)).toBe(true);
    }
    expect(turns).toBeGreaterThan(400);
  });

  test('each new entry joins the entries that the parent has at its place, in every text', async () => {
    const { parent, child, texts } = await pairOf(34);
    const size = parent.vocabSize;
    for (let id = size; id < child.vocabSize - TURNS.length; id++) {
      expect(parent.decodeBytes(child.partsOf(id, size)!)).toEqual(child.decodeBytes([id]));
    }
    for (const token of TURNS) expect(child.partsOf(child.specials.get(token)!, size)).toBeUndefined();
    expect(child.partsOf(300, size)).toEqual([300]);
    for (const { text } of texts) {
      const taken = [...child.encode(text)].flatMap((id) => child.partsOf(id, size)!);
      expect(taken).toEqual([...parent.encode(text)]);
    }
  });

  test('turn tokens alone: no document is read; those that the parent has keep their ids', async () => {
    const { child } = await pairOf(35);
    function* unread(): Generator<WeightedDocument> {
      yield expect.unreachable('no document is needed');
    }
    const more = await extendTokenizer(child, unread(), { vocabSize: 1201, turnTokens: [...TURNS, '<|tool|>'] });
    expect(more.vocabSize).toBe(1201);
    expect([...more.specials]).toEqual([...child.specials, ['<|tool|>', 1200]]);
    expect(more.spelledMerges()).toEqual(child.spelledMerges());
    expect(more.extends(child)).toBe(true);
    const same = await extendTokenizer(child, unread(), { vocabSize: 1200, turnTokens: TURNS });
    expect(same.toJson()).toBe(child.toJson());
  });

  test('a short text gives fewer merges, and the turn tokens follow them', async () => {
    const parent = await trainTokenizer([{ text: 'abab', weight: 1 }], { vocabSize: 300 });
    const documents = [{ text: 'abab cdcd', weight: 1 }];
    const child = await extendTokenizer(parent, documents, { vocabSize: 400, turnTokens: TURNS });
    expect(child.spelledMerges()).toEqual(['a b', 'c d']);
    expect([...child.specials.values()]).toEqual([0, 259, 260]);
    expect(child.training).toMatchObject({ requestedVocabSize: 400, documents: 1 });
  });

  test('a new merge never spells an entry of the parent or a turn token', async () => {
    const parent = await trainTokenizer([{ text: 'ab ab', weight: 1 }], { vocabSize: 258 });
    const child = await extendTokenizer(parent, [{ text: 'xyxy abxy', weight: 1 }], {
      vocabSize: 400,
      turnTokens: ['xy'],
    });
    expect(child.spelledTokens().filter((token) => token === 'xy')).toHaveLength(1);
    expect(Tokenizer.fromJson(child.toJson()).toJson()).toBe(child.toJson());
  });

  test.each([
    ['tokenizer-vocab-size', { vocabSize: 258, turnTokens: TURNS }],
    ['tokenizer-vocab-size', { vocabSize: 257 }],
    ['tokenizer-special-token', { vocabSize: 300, turnTokens: ['ab'] }],
    ['tokenizer-special-token', { vocabSize: 300, turnTokens: ['<|x|>', '<|x|>'] }],
    ['tokenizer-no-text', { vocabSize: 300 }],
  ])('%s for %o', async (code, options) => {
    const parent = await trainTokenizer([{ text: 'ab ab', weight: 1 }], { vocabSize: 258 });
    await expect(extendTokenizer(parent, [], options)).rejects.toMatchObject({ name: 'JikjiError', code });
  });
});

test('what is not an extension', async () => {
  const { parent, child } = await pairOf(36);
  const file = JSON.parse(child.toJson());
  const changed = (change: (file: TokenizerJson) => void) => {
    const copy = structuredClone(file);
    change(copy);
    return Tokenizer.fromJson(JSON.stringify(copy));
  };
  const swapIds = (copy: TokenizerJson, a: number, b: number) => {
    const { vocab } = copy.model;
    for (const [token, id] of Object.entries(vocab)) if (id === a || id === b) vocab[token] = id === a ? b : a;
  };
  expect(changed(() => {}).extends(parent)).toBe(true);
  expect(parent.extends(child)).toBe(false);
  expect(parent.extends(parent)).toBe(true);
  expect(changed((copy) => swapIds(copy, 300, 301)).extends(parent)).toBe(false);
  expect(changed((copy) => swapIds(copy, 300, 900)).extends(parent)).toBe(false);
  expect(changed((copy) => swapIds(copy, 900, 901)).extends(parent)).toBe(true);
  expect(changed(({ model }) => model.merges.splice(3, 1)).extends(parent)).toBe(false);
  expect(changed(({ model }) => model.merges.unshift(model.merges.pop()!)).extends(parent)).toBe(false);
  // A later merge that makes an entry of the parent in another way.
  const known = new Set(parent.spelledTokens());
  const merges = new Set(child.spelledMerges());
  const cuts = [...known].flatMap((token) => [...token].map((_, i) => [token.slice(0, i), token.slice(i)] as const));
  const other = cuts.find(([a, b]) => known.has(a) && known.has(b) && !merges.has(`${a} ${b}`))!;
  expect(changed(({ model }) => model.merges.push(other.join(' '))).extends(parent)).toBe(false);
});
