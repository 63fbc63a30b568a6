import { describe, expect, test } from 'vitest';
import { Tokenizer, trainTokenizer } from './index.ts';
import type { WeightedDocument } from './learn.ts';
import { SPLIT_PATTERN } from './split.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';

/** The rules of trainTokenizer written as plainly as they go: every pair counted anew at every step. */
function naiveMerges(documents: WeightedDocument[], steps: number) {
  const words: { symbols: number[]; weight: number }[] = [];
  const units = (weight: number) => Math.max(1, Math.round(weight * 4096));
  for (const { text, weight } of documents) {
    for (const piece of text.match(new RegExp(SPLIT_PATTERN, 'gu')) ?? []) {
      words.push({ symbols: [...Buffer.from(piece)].map((byte) => byte + 1), weight: units(weight) });
    }
  }
  const least = 2 * Math.min(...documents.map(({ weight }) => units(weight)));
  const spelled: string[] = ['<|endoftext|>', ...Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))];
  const merges: string[] = [];
  while (merges.length < steps) {
    const counts = new Map<string, number>();
    for (const { symbols, weight } of words) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const key = `${symbols[i]} ${symbols[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + weight);
      }
    }
    const best = [...counts]
      .map(([key, count]) => ({ count, pair: key.split(' ').map(Number) as [number, number] }))
      .filter(({ count, pair: [a, b] }) => count >= least && !spelled.includes(spelled[a] + spelled[b]))
      .sort((x, y) => y.count - x.count || x.pair[0] - y.pair[0] || x.pair[1] - y.pair[1])[0];
    if (!best) break;
    const [a, b] = best.pair;
    for (const word of words) {
      const merged: number[] = [];
      for (let i = 0; i < word.symbols.length; i++) {
        const both = word.symbols[i] === a && word.symbols[i + 1] === b;
        merged.push(both ? spelled.length : word.symbols[i]);
        if (both) i++;
      }
      word.symbols = merged;
    }
    merges.push(`${a} ${b}`);
    spelled.push(spelled[a] + spelled[b]);
  }
  return merges;
}

const mergesOf = (tokenizer: Tokenizer) => {
  const ids = new Map(tokenizer.spelledTokens().map((token, id) => [token, id]));
  return tokenizer.spelledMerges().map((merge) =>
    merge
      .split(' ')
      .map((token) => ids.get(token))
      .join(' '),
  );
};

describe('trainTokenizer', () => {
  test('learns the merges of a naive trainer, ties and weights included', async () => {
    const r = randomOf(21);
    const alphabets = ['ab', 'a', 'abc ', 'aab', 'abcdefgh  ', '가각갂 ', 'a\n ', "'s't"];
    const weights = [1, 2, 0.3, 0.0001, 1.5, 7.77, 1];
    for (let round = 0; round < 150; round++) {
      const alphabet = alphabets[r(alphabets.length)];
      const documents = Array.from({ length: 1 + r(5) }, () => ({
        text:
          round % 5 === 0
            ? randomText(r).toWellFormed() + randomProse(r, 10)
            : Array.from({ length: 1 + r(80) }, () => alphabet[r(alphabet.length)]).join(''),
        weight: weights[round % 3 === 0 ? r(weights.length) : 0],
      }));
      const steps = 1 + r(40);
      const tokenizer = await trainTokenizer(documents, { vocabSize: 257 + steps });
      expect(mergesOf(tokenizer)).toEqual(naiveMerges(documents, steps));
    }
  });

  test('breaks ties by the lower left id, then the lower right id', async () => {
    const merges = async (text: string, vocabSize: number) =>
      (await trainTokenizer([{ text, weight: 1 }], { vocabSize })).spelledMerges();
    expect(await merges('ac\nac\nab\nab', 259)).toEqual(['a b', 'a c']);
    expect(await merges('ba\nba\nab\nab', 259)).toEqual(['a b', 'b a']);
    // " c" weighs 3. Then " a", "ab" and " cb" weigh 2: a space has a lower id than a letter, a letter than a merge.
    expect(await merges('cd cb ab ab cb cd', 260)).toEqual(['Ġ c', 'Ġ a', 'Ġc b']);
  });

  test('the same input gives the same bytes; other weights give other bytes', async () => {
    const make = async (weight: number) => {
      const r = randomOf(22);
      async function* documents(): AsyncGenerator<WeightedDocument> {
        for (let i = 0; i < 50; i++) yield { text: randomProse(r, 50) + randomText(r), weight: i % 2 ? weight : 1 };
      }
      return (await trainTokenizer(documents(), { vocabSize: 600 })).toJson();
    };
    const json = await make(3);
    expect(await make(3)).toBe(json);
    expect(await make(0)).not.toBe(json);
    expect(Tokenizer.fromJson(json).toJson()).toBe(json);
  });

  test('scaling all weights equally changes nothing', async () => {
    const make = async (scale: number) => {
      const r = randomOf(23);
      const documents = Array.from({ length: 20 }, (_, i) => ({
        text: randomProse(r, 20),
        weight: (1 + (i % 3)) * scale,
      }));
      return (await trainTokenizer(documents, { vocabSize: 2000 })).toJson();
    };
    expect(await make(0.25)).toBe(await make(1));
    expect(await make(64)).toBe(await make(1));
  });

  test('a text that is too short gives fewer entries and reports it', async () => {
    const tokenizer = await trainTokenizer([{ text: 'abab', weight: 1 }], { vocabSize: 4096 });
    expect(tokenizer.vocabSize).toBe(258);
    expect(tokenizer.spelledMerges()).toEqual(['a b']);
    expect(tokenizer.training).toMatchObject({ requestedVocabSize: 4096, documents: 1, bytes: 4 });
    expect(JSON.parse(tokenizer.toJson()).model.merges).toEqual(['a b']);
  });

  test('without room for merges the vocabulary is the bytes', async () => {
    const tokenizer = await trainTokenizer([{ text: 'abab', weight: 1 }], { vocabSize: 257 });
    expect([...tokenizer.encode('ab')]).toEqual([1 + 97, 1 + 98]);
    expect(Tokenizer.fromJson(tokenizer.toJson()).toJson()).toBe(tokenizer.toJson());
  });

  test('reads no more than trainingBytes and closes the source', async () => {
    let closed = false;
    let given = 0;
    function* documents(): Generator<WeightedDocument> {
      try {
        for (;;) {
          given++;
          yield { text: '가나다 '.repeat(10), weight: 1 }; // 100 bytes
        }
      } finally {
        closed = true;
      }
    }
    const tokenizer = await trainTokenizer(documents(), { vocabSize: 300, trainingBytes: 1001 });
    expect(tokenizer.training).toMatchObject({ bytes: 1000, documents: 11, reachedTrainingBytes: true });
    expect([given, closed]).toEqual([11, true]);
  });

  test('reports its progress', async () => {
    const told: string[] = [];
    const r = randomOf(24);
    await trainTokenizer([{ text: randomProse(r, 3000), weight: 1 }], {
      vocabSize: 400,
      onProgress: ({ phase, done, total }) => {
        expect(done).toBeLessThanOrEqual(total);
        told.push(phase);
      },
    });
    expect(new Set(told)).toEqual(new Set(['read', 'merge']));
  });

  test('a merge never spells a special token', async () => {
    const tokenizer = await trainTokenizer([{ text: 'abcabc abcabc ee', weight: 1 }], {
      vocabSize: 400,
      specialTokens: ['ab'],
    });
    expect(tokenizer.spelledTokens().filter((token) => token === 'ab')).toHaveLength(1);
    expect([...tokenizer.encode('ab')]).not.toContain(1);
    expect([...tokenizer.encode('ab', { special: true })]).toEqual([1]);
    expect(Tokenizer.fromJson(tokenizer.toJson()).toJson()).toBe(tokenizer.toJson());
  });

  test.each([
    ['tokenizer-vocab-size', { vocabSize: 256 }, 'ab', 1],
    ['tokenizer-vocab-size', { vocabSize: 257, specialTokens: ['<|user|>'] }, 'ab', 1],
    ['tokenizer-vocab-size', { vocabSize: 300.5 }, 'ab', 1],
    ['tokenizer-vocab-size', { vocabSize: 2 ** 21 }, 'ab', 1],
    ['tokenizer-vocab-size', { vocabSize: Number.NaN }, 'ab', 1],
    ['tokenizer-special-token', { vocabSize: 300, specialTokens: ['a'] }, 'ab', 1],
    ['tokenizer-special-token', { vocabSize: 300, specialTokens: ['<|endoftext|>'] }, 'ab', 1],
    ['tokenizer-special-token', { vocabSize: 300, specialTokens: ['\ud800x'] }, 'ab', 1],
    ['tokenizer-training-bytes', { vocabSize: 300, trainingBytes: 0 }, 'ab', 1],
    ['tokenizer-weight', { vocabSize: 300 }, 'ab', -1],
    ['tokenizer-weight', { vocabSize: 300 }, 'ab', Number.NaN],
    ['tokenizer-weight', { vocabSize: 300 }, 'ab', 1025],
    ['tokenizer-no-text', { vocabSize: 300 }, '', 1],
    ['tokenizer-no-text', { vocabSize: 300 }, 'ab', 0],
  ])('%s for %o', async (code, options, text, weight) => {
    await expect(trainTokenizer([{ text, weight }], options)).rejects.toMatchObject({ name: 'JikjiError', code });
  });
});
