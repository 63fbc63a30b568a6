// The held-out text of many random folders: its size, that no text is on both sides, that it is the same each time, and that a second,
// plain implementation of docs/proof.md finds it from the texts alone.

import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { buildCorpus, type CorpusManifest, readDocumentsSync } from './index.ts';

const temporary = temporaryFolder();
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(temporary, 'x'));
});

const LETTERS = ['etaoinshrdlucmfwyp', '가나다라마바사아자차카타파하은는이가', 'éèüßñçåø', '🙂漢字仮名'];

/** Text of about this many bytes: words of one alphabet, mostly in lines and paragraphs, sometimes all on one line. */
function write(next: () => number, bytes: number) {
  const letters = [...LETTERS[Math.floor(next() ** 2 * LETTERS.length)]];
  const lines = next() < 0.85;
  const parts: string[] = [];
  for (let size = 0; size < bytes; ) {
    let word = '';
    for (let left = 2 + Math.floor(next() * 8); left > 0; left--) word += letters[Math.floor(next() * letters.length)];
    word += !lines || next() < 0.9 ? ' ' : next() < 0.8 ? '\n' : '\n\n';
    parts.push(word);
    size += Buffer.byteLength(word);
  }
  return parts.join('');
}

/** A folder of 1 to 50 documents of 1 kB to several MB, in 1 to 4 sources. */
function folder(next: () => number): RecipeSource[] {
  const documents = Math.ceil(50 ** next());
  const sources = Math.min(documents, 1 + Math.floor(next() * 4));
  const largest = next() < 0.2 ? 3e6 : 2e5;
  let room = 6e6;
  const texts = Array.from({ length: documents }, () => {
    const bytes = Math.min(Math.max(1000, room), 1000 * (largest / 1000) ** next());
    room -= bytes;
    return write(next, bytes);
  });
  return Array.from({ length: sources }, (_, source) => {
    const own = texts.filter((_, i) => i % sources === source);
    const shared = { language: 'mul', licence: 'CC0-1.0', weight: 1 };
    if (next() < 0.3) {
      writeFileSync(join(root, `${source}.jsonl`), own.map((text) => JSON.stringify({ text })).join('\n'));
      return { files: `${source}.jsonl`, read: 'jsonl', ...shared };
    }
    mkdirSync(join(root, `${source}`), { recursive: true });
    for (const [i, text] of own.entries()) writeFileSync(join(root, `${source}`, `${i}.txt`), text);
    return { files: `${source}`, read: 'text', ...shared };
  });
}

const build = (sources: RecipeSource[], validation: number, name = 'corpus') =>
  buildCorpus({ sources, validation, recipeFolder: root, corpusFolder: join(root, name), cacheFolder: root });

const read = (source: number, split: string) => [
  ...readDocumentsSync(join(root, 'corpus', `source-0${source}.${split}.jsonl`)),
];

const shareOf = ({ train, validation }: { train: number; validation: number }) => validation / (train + validation);

const hex = (text: string) => hash('sha256', text);

/** Bytes of a character in UTF-8. */
const bytesOf = (character: string): number => {
  const code = character.codePointAt(0)!;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
};

/** A text cut as docs/proof.md defines it, character by character. */
function cut(text: string, most: number) {
  const slices: string[] = [];
  const characters = [...text];
  for (let from = 0; from < characters.length; ) {
    const ends = { paragraph: 0, line: 0, space: 0, character: 0 };
    let bytes = 0;
    let to = from;
    for (; to < characters.length; to++) {
      bytes += bytesOf(characters[to]);
      if (bytes > most) break;
      ends.character = to + 1;
      if (bytes * 2 <= most) continue;
      if (characters[to] === ' ') ends.space = to + 1;
      if (characters[to] === '\n') ends.line = to + 1;
      if (characters[to] === '\n' && characters[to - 1] === '\n' && to > from) ends.paragraph = to + 1;
    }
    const end = to === characters.length ? to : ends.paragraph || ends.line || ends.space || ends.character;
    slices.push(characters.slice(from, end).join(''));
    from = end;
  }
  return slices;
}

/** The digests of the held-out slices of a corpus, from its texts and the length of a slice alone. */
function again(manifest: CorpusManifest) {
  const slices = manifest.sources.map(({ slice }, i) =>
    ['train', 'validation'].flatMap((split) => read(i, split).flatMap((text) => cut(text, slice!))),
  );
  const all = slices.flat();
  const count = new Map<string, number>();
  for (const slice of all) count.set(slice, (count.get(slice) ?? 0) + 1);
  const held = new Set<string>();
  manifest.sources.forEach(({ slice: most }, i) => {
    const bytes = slices[i].reduce((sum, slice) => sum + Buffer.byteLength(slice), 0);
    let taken = 0;
    const byDigest = slices[i].map((slice) => [hex(slice), slice] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [digest, slice] of byDigest) {
      if (taken >= manifest.validation * bytes - most! / 2) break;
      if (count.get(slice) !== 1 || slice.trim() === '') continue;
      held.add(digest);
      taken += Buffer.byteLength(slice);
    }
  });
  return held;
}

describe('any number of documents', () => {
  const SEEDS = Array.from({ length: process.env.JIKJI_TORTURE ? 60 : 20 }, (_, i) => i + 1);
  test.each(SEEDS)('folder %i: the share within a factor of two, no text on both sides', async (seed) => {
    const next = randomNumbers(seed);
    const sources = folder(next);
    const validation = [0.01, 0.01, 0.02, 0.1, 0.3, 0.5][Math.floor(next() * 6)];
    const manifest = await build(sources, validation);
    expect(shareOf(manifest.bytes)).toBeGreaterThanOrEqual(validation / 2);
    expect(shareOf(manifest.bytes)).toBeLessThanOrEqual(validation * 2);

    const all: string[] = [];
    const held: string[] = [];
    for (const [i, source] of manifest.sources.entries()) {
      expect(source.bytes.train).toBeGreaterThan(0);
      const train = read(i, 'train');
      const validation = read(i, 'validation');
      all.push(...train, ...validation);
      held.push(...validation);
      // Pieces of documents, in whole characters: all text that was read is there, except the counted drops.
      expect([...train, ...validation].every((text) => text.isWellFormed() && text.trim() !== '')).toBe(true);
      const { read: count, kept, dropped } = source.counts;
      expect(count).toBe(kept + Object.values(dropped).reduce((a, b) => a + b, 0));
      expect(kept).toBe(train.length + validation.length);
    }
    expect(new Set(all).size).toBe(all.length); // no text twice, so none on both sides

    const sliced = manifest.sources.filter(({ slice }) => slice !== null).length;
    if (sliced === 0) {
      for (const text of all)
        expect(Number(`0x${hex(text).slice(0, 13)}`) / 2 ** 52 < validation).toBe(held.includes(text));
      return;
    }
    expect(sliced).toBe(sources.length);
    const wanted = again(manifest);
    const found = manifest.sources.flatMap(({ slice }, i) =>
      read(i, 'validation').flatMap((text) => cut(text, slice!)),
    );
    expect(new Set(found.map(hex))).toEqual(wanted);
    const trained = manifest.sources.flatMap(({ slice }, i) => read(i, 'train').flatMap((text) => cut(text, slice!)));
    expect(trained.some((slice) => wanted.has(hex(slice)))).toBe(false);
  });

  test('the same bytes each time', async () => {
    const sources = folder(randomNumbers(7));
    for (const validation of [0.01, 0.2]) {
      const first = await build(sources, validation);
      const second = await build(sources, validation, 'second');
      expect(second).toEqual(first);
      expect(readFileSync(join(root, 'second/source-00.train.jsonl'), 'utf8')).toBe(
        readFileSync(join(root, 'corpus/source-00.train.jsonl'), 'utf8'),
      );
    }
  });
});

describe('few documents', () => {
  const files = (count: number, bytes: number, seed = 1): RecipeSource[] => {
    const next = randomNumbers(seed);
    mkdirSync(join(root, 't'), { recursive: true });
    for (let i = 0; i < count; i++) writeFileSync(join(root, `t/${i}.txt`), write(next, bytes));
    return [{ files: 't', read: 'text', language: 'en', licence: 'CC0-1.0', weight: 1 }];
  };

  test('one file of 1.1 MB', async () => {
    const manifest = await build(files(1, 1.1e6), 0.01);
    expect(shareOf(manifest.bytes)).toBeGreaterThan(0.009);
    expect(shareOf(manifest.bytes)).toBeLessThan(0.011);
    expect(manifest.sources[0]).toMatchObject({ slice: 2048, counts: { dropped: {} } });
    expect(manifest.longestDocument).toBe(1 << 20);
    // Joined in their original order they give the file: no text is lost or repeated.
    let whole = readFileSync(join(root, 't/0.txt'), 'utf8');
    for (const text of [...read(0, 'train'), ...read(0, 'validation')].sort((a, b) => b.length - a.length)) {
      expect(whole.includes(text)).toBe(true);
      whole = whole.replace(text, '\0');
    }
    expect(whole.replaceAll('\0', '')).toBe('');
  });

  test.each(Array.from({ length: 8 }, (_, i) => i))(
    'single files of 200 kB all leave text to train on: %i',
    async (i) => {
      const manifest = await build(files(1, 2e5, 100 + i), 0.01);
      expect(shareOf(manifest.bytes)).toBeGreaterThanOrEqual(0.005);
      expect(shareOf(manifest.bytes)).toBeLessThanOrEqual(0.02);
    },
  );

  test('slices end where lines end, where there are lines', async () => {
    const next = randomNumbers(3);
    const lines = Array.from({ length: 20_000 }, () => `${Math.floor(next() * 1e9)} is a number\n`);
    mkdirSync(join(root, 't'));
    writeFileSync(join(root, 't/a.txt'), lines.join(''));
    await build([{ files: 't', read: 'text', language: 'en', licence: 'CC0-1.0', weight: 1 }], 0.02);
    const texts = [...read(0, 'train'), ...read(0, 'validation')];
    expect(texts.length).toBeGreaterThan(4);
    for (const text of texts) expect(text).toMatch(/^\d+ is a number\n(?:.*\n)*\d+ is a number\n$/);
  });

  test('no source is held out whole', async () => {
    const next = randomNumbers(11);
    for (let i = 0; i < 40; i++) {
      for (const name of ['a', 'b']) mkdirSync(join(root, name), { recursive: true });
      writeFileSync(join(root, 'a/0.txt'), write(next, 50_000));
      writeFileSync(join(root, 'b/0.txt'), write(next, 1000));
      const shared = { read: 'text', language: 'en', licence: 'CC0-1.0', weight: 1 } as const;
      const manifest = await build(
        [
          { files: 'a', ...shared },
          { files: 'b', ...shared },
        ],
        0.02,
      );
      for (const { bytes } of manifest.sources) expect(bytes.train).toBeGreaterThanOrEqual(bytes.validation);
    }
  });

  test('text that repeats itself stays in training: no held-out text is trained on', async () => {
    mkdirSync(join(root, 't'));
    writeFileSync(join(root, 't/a.txt'), 'the same again\n'.repeat(10_000));
    const source = { files: 't', read: 'text', language: 'en', licence: 'CC0-1.0', weight: 1 } as const;
    const manifest = await build([source], 0.01);
    expect(manifest.bytes).toEqual({ train: 150_000, validation: 0 });
  });

  test('nothing is held out if the share is 0', async () => {
    const manifest = await build(files(3, 5000), 0);
    expect(manifest.documents).toEqual({ train: 3, validation: 0 });
    expect(manifest.sources[0].slice).toBeNull();
  });

  test('duplicates are counted once, for any cuts of the text', async () => {
    const [source] = files(1, 1e5);
    writeFileSync(join(root, 't/copy.txt'), readFileSync(join(root, 't/0.txt')));
    const manifest = await build([source], 0.05);
    const { counts } = manifest.sources[0];
    expect(counts.dropped).toEqual({ duplicate: 1 });
    expect(counts.read).toBe(counts.kept + 1);
    expect(manifest.sources[0].cuts).toBe(counts.kept - 1);
  });
});
