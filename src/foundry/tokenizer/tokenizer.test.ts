import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { Tokenizer, trainTokenizer } from './index.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';

const folder = temporaryFolder();
let tokenizer: Tokenizer;
beforeAll(async () => {
  const r = randomOf(31);
  const text = `${randomProse(r, 3000)} ${'a'.repeat(64)} ${' '.repeat(64)}x ${'abc'.repeat(40)}`;
  tokenizer = await trainTokenizer([{ text, weight: 1 }], { vocabSize: 900 });
});

/** BPE as it is taught: find the first merge that applies anywhere, apply it at its leftmost place, begin again. */
function naiveIds(piece: Uint8Array) {
  const ids = new Map(tokenizer.spelledTokens().map((token, id) => [token, id]));
  const merges = tokenizer.spelledMerges().map((merge) => {
    const [left, right] = merge.split(' ') as [string, string];
    return [ids.get(left)!, ids.get(right)!, ids.get(left + right)!] as const;
  });
  const symbols = [...piece].map((byte) => byte + 1);
  for (const [left, right, product] of merges) {
    // Merges are numbered in the order of learning: a product takes part in later merges only, so one pass for each is enough.
    for (let i = 0; i + 1 < symbols.length; i++) {
      if (symbols[i] === left && symbols[i + 1] === right) symbols.splice(i, 2, product);
    }
  }
  return symbols;
}

describe('Tokenizer', () => {
  test('any bytes are decoded unchanged', () => {
    const r = randomOf(32);
    for (let i = 0; i < 3000; i++) {
      const bytes =
        i % 2
          ? Uint8Array.from({ length: r(200) }, () => r(256))
          : Buffer.from(randomText(r)).subarray(r(3), -1 - r(3));
      const ids = tokenizer.encodeBytes(bytes);
      expect(Buffer.compare(tokenizer.decodeBytes(ids), bytes)).toBe(0);
    }
    const all = Uint8Array.from({ length: 65536 }, (_, i) => (i % 2 ? i >> 8 : i) & 255);
    expect(Buffer.compare(tokenizer.decodeBytes(tokenizer.encodeBytes(all)), all)).toBe(0);
    expect(tokenizer.encode('')).toEqual(new Uint32Array(0));
  });

  test('short, cached and long pre-tokens merge as in the naive algorithm', () => {
    const r = randomOf(33);
    for (let i = 0; i < 300; i++) {
      const alphabet = ['a', 'ab', 'abc', 'theofand', '대한민국의'][i % 5];
      const word = Array.from({ length: 1 + r(i < 250 ? 60 : 400) }, () => alphabet[r(alphabet.length)]).join('');
      const expected = naiveIds(Buffer.from(word));
      expect([...tokenizer.encode(word)]).toEqual(expected);
      expect([...tokenizer.encode(word)]).toEqual(expected); // now from the cache
    }
  });

  test('earlier texts change no encoding', () => {
    const r = randomOf(34);
    const texts = Array.from({ length: 200 }, () => randomText(r));
    const fresh = texts.map((text) => [...Tokenizer.fromJson(tokenizer.toJson()).encode(text)]);
    for (let i = 0; i < 50_000; i++) tokenizer.encode(` w${r(1e9).toString(36)}`); // more than the cache holds
    expect(texts.map((text) => [...tokenizer.encode(text)])).toEqual(fresh);
  });

  test('a pre-token of a megabyte takes bounded time', () => {
    for (const [text, most] of [
      ['a'.repeat(1 << 20), 1 << 15],
      [' '.repeat(1 << 20), 1 << 15],
      ['abc'.repeat(1 << 18), 1 << 17],
      ['대한민국의'.repeat(1 << 16), 1 << 19],
      ['!'.repeat(1 << 20), 1 << 20],
    ] as const) {
      const ids = tokenizer.encode(text);
      expect(ids.length).toBeLessThanOrEqual(most);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test('special tokens in a text are text unless the caller asks for them', () => {
    const text = 'a<|endoftext|>b<|endoftext|>';
    const plain = tokenizer.encode(text);
    expect([...plain]).not.toContain(tokenizer.endOfTextId);
    expect(tokenizer.decode(plain)).toBe(text);
    const special = tokenizer.encode(text, { special: true });
    expect([...special]).toEqual([98, 0, 99, 0]);
    expect(tokenizer.decode(special)).toBe(text);
    expect(tokenizer.endOfTextId).toBe(0);
  });

  test('lone surrogates become U+FFFD', () => {
    expect(tokenizer.decode(tokenizer.encode('a\ud800b\udc00'))).toBe('a\ufffdb\ufffd');
  });

  test('a byte order mark stays', () => {
    expect(tokenizer.decode(tokenizer.encode('\ufeffa'))).toBe('\ufeffa');
    const stream = tokenizer.stream();
    expect(stream.push(tokenizer.encode('\ufeffa')) + stream.end()).toBe('\ufeffa');
  });

  test('a stream gives the whole text, and never a broken character', () => {
    const r = randomOf(35);
    for (let i = 0; i < 500; i++) {
      const text = randomText(r).toWellFormed();
      const stream = tokenizer.stream();
      let got = '';
      for (const byte of Buffer.from(text)) {
        got += stream.push(byte + 1); // byte by byte: the worst case
        expect(text.startsWith(got)).toBe(true);
      }
      expect(got).toBe(text);
      expect(stream.end()).toBe('');
      const ids = Array.from({ length: r(30) }, () => r(tokenizer.vocabSize));
      const pieces = ids.map((id) => stream.push(id));
      expect(pieces.join('') + stream.end()).toBe(tokenizer.decode(ids));
    }
    const cut = tokenizer.stream();
    expect(cut.push([1 + 0xea, 1 + 0xb0])).toBe('');
    expect(cut.end()).toBe('\ufffd');
    expect(cut.push(98)).toBe('a');
  });

  test.each([-1, 900, 1.5, Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY])('id %s is refused', (id) => {
    expect(() => tokenizer.decode([98, id])).toThrow(
      expect.objectContaining({ code: 'token-unknown', input: String(id) }),
    );
  });

  test('load names the fault of a file', () => {
    const path = join(folder, 'tokenizer.json');
    const fails = (code: string, input = path) =>
      expect(() => Tokenizer.load(input)).toThrow(expect.objectContaining({ code, input }));
    fails('tokenizer-missing');
    fails('tokenizer-unreadable', folder);
    for (const bytes of [Buffer.from([0x7b, 0xff]), tokenizer.toJson().slice(0, -20)]) {
      writeFileSync(path, bytes);
      fails('tokenizer-broken');
    }
    writeFileSync(path, tokenizer.toJson());
    expect(Tokenizer.load(path).toJson()).toBe(tokenizer.toJson());
  });
});
