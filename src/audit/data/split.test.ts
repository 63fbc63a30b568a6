// No false alarm: the split is computed again for corpora that the builder makes of awkward texts (repeated, blank, with equal beginnings).

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildCorpus, type CorpusManifest, readDocumentsSync, SPLITS } from '../../foundry/corpus/index.ts';
import type { RecipeSource } from '../../foundry/recipe/index.ts';
import { sha256 } from '../../ledger/index.ts';
import { SplitAgain, wrongWithPlan } from './split.ts';

/** Corpora; with JIKJI_TORTURE more. */
const CORPORA = process.env.JIKJI_TORTURE ? 80 : 12;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jikji-split-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** xorshift32. */
function numbers(seed: number): (below: number) => number {
  let x = seed * 2654435761;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

const FEW_PARTS = [
  'one line\n',
  '\n\n',
  '          \n',
  '한글 한 줄\n',
  'x',
  '끝.\n\n',
  '\u00a0\u2003\n',
  'a b c d e f g\n',
];

/** Text of a few parts, so that slices and longer passages repeat; sometimes a part that occurs nowhere else. */
function awkward(below: (n: number) => number): string {
  if (below(2) === 0) {
    // Unique lines, far apart: between two held-out ones is nothing, or always the same text.
    const between = below(2) === 0 ? '\n'.repeat(1 + below(400)) : 'always the same\n'.repeat(1 + below(20));
    const own = () => `${Array.from({ length: 1 + below(40) }, () => below(1e9)).join(' ')}\n`;
    return Array.from({ length: 2 + below(40) }, () => own() + between).join('');
  }
  const parts: string[] = below(3) === 0 ? ['the same beginning\n'.repeat(1 + below(30))] : [];
  const own = 1 + below(40);
  for (let i = 10 + below(600); i > 0; i--) {
    parts.push(below(own) === 0 ? `${below(1e9)} ${below(1e9)}\n` : FEW_PARTS[below(FEW_PARTS.length)]!);
  }
  return below(4) === 0 ? parts.join('') + '\n'.repeat(below(5000)) : parts.join('');
}

async function build(seed: number): Promise<CorpusManifest> {
  const below = numbers(seed);
  const sources: RecipeSource[] = [];
  for (let s = 0; s < 1 + below(3); s++) {
    mkdirSync(join(root, `${s}`));
    for (let i = 0; i < 1 + below(6); i++) writeFileSync(join(root, `${s}/${i}.txt`), `${awkward(below)}.`);
    sources.push({ files: `${s}`, read: 'text', language: 'mul', licence: 'CC0-1.0', weight: 1 });
  }
  // Conversations stay whole, however few they are.
  const conversations = below(4) * below(12);
  if (conversations > 0) {
    const lines = Array.from({ length: conversations }, () =>
      JSON.stringify({ instruction: `${below(20)}`, output: 'x' }),
    );
    writeFileSync(join(root, 'talks.jsonl'), lines.join('\n'));
    const source: RecipeSource = {
      files: 'talks.jsonl',
      read: 'conversations',
      language: 'en',
      licence: 'CC0-1.0',
      weight: 1,
    };
    sources.splice(below(sources.length + 1), 0, source);
  }
  const validation = [0.01, 0.1, 0.3, 0.5, 0.5][below(5)]!;
  const folders = { recipeFolder: root, corpusFolder: join(root, 'corpus'), cacheFolder: root };
  return buildCorpus({ sources, validation, ...folders });
}

/** The findings of an auditor in the records of a corpus. */
function again({ validation, sources }: CorpusManifest): { wrong: number; documents: number; distinct: number } {
  const split = new SplitAgain(validation, sources);
  const seen = new Set<string>();
  let documents = 0;
  for (const [i, { files }] of sources.entries()) {
    for (const side of SPLITS) {
      for (const text of readDocumentsSync(join(root, 'corpus', files[side].name))) {
        split.add(i, side, text, sha256(text));
        seen.add(text);
        documents++;
      }
    }
  }
  const wrong = split.wrong().reduce((sum, { train, validation }) => sum + train + validation, 0);
  return { wrong, documents, distinct: seen.size };
}

test('awkward texts: nothing is on the wrong side, nothing occurs twice', async () => {
  let dropped = 0;
  let sliced = 0;
  let mixed = 0;
  for (let seed = 1; seed <= CORPORA; seed++) {
    rmSync(root, { recursive: true });
    mkdirSync(root);
    const manifest = await build(seed);
    expect(wrongWithPlan(manifest.validation, manifest.sources), `seed ${seed}`).toBeUndefined();
    const { wrong, documents, distinct } = again(manifest);
    expect([wrong, documents], `seed ${seed}`).toEqual([0, distinct]);
    const texts = manifest.sources.filter(({ read }) => read !== 'conversations');
    if (texts[0]!.slice !== null) sliced++;
    const talks = manifest.sources.filter(({ read }) => read === 'conversations');
    if (talks.length > 0 && texts[0]!.slice !== null) mixed++;
    for (const { slice, cuts } of talks) expect([slice, cuts]).toEqual([null, 0]);
    dropped += manifest.sources.reduce(
      (sum, { counts }) => sum + (counts.dropped.empty ?? 0) + (counts.dropped.duplicate ?? 0),
      0,
    );
  }
  // The awkward cases occurred.
  expect(sliced).toBeGreaterThan(CORPORA / 2);
  expect(dropped).toBeGreaterThan(0);
  expect(mixed).toBeGreaterThan(0);
});

test.each([
  ['blank', '\n'.repeat(2048), { empty: 8 }],
  ['always the same', `${'y'.repeat(2046)}\n\n`, { duplicate: 7 }],
])('text between held-out slices that is %s is dropped, and the choice is made again', async (_, between, dropped) => {
  // Sixteen slices of exactly 2 KiB, of which half must be held out: the eight that occur once. The rest cannot be trained on.
  const own = (i: number): string => `${i}${'x'.repeat(2045)}\n\n`;
  writeFileSync(join(root, 'a.txt'), Array.from({ length: 8 }, (_, i) => own(i) + between).join(''));
  const source: RecipeSource = { files: 'a.txt', read: 'text', language: 'en', licence: 'CC0-1.0', weight: 1 };
  const folders = { recipeFolder: root, corpusFolder: join(root, 'corpus'), cacheFolder: root };
  const manifest = await buildCorpus({ sources: [source], validation: 0.5, ...folders });
  expect(manifest.sources[0]).toMatchObject({ slice: 2048, counts: { dropped } });
  expect(wrongWithPlan(0.5, manifest.sources)).toBeUndefined();
  const { wrong, documents, distinct } = again(manifest);
  expect([wrong, documents]).toEqual([0, distinct]);
  expect(manifest.bytes.train).toBeGreaterThan(0);
});

test('one slice on the other side is counted', async () => {
  const manifest = await build(3);
  expect(manifest.sources.some(({ slice }) => slice !== null)).toBe(true);
  const split = new SplitAgain(manifest.validation, manifest.sources);
  let moved = 0;
  for (const [i, { files }] of manifest.sources.entries()) {
    for (const side of SPLITS) {
      for (const text of readDocumentsSync(join(root, 'corpus', files[side].name))) {
        const there = side === 'validation' && moved++ === 0 ? 'train' : side;
        split.add(i, there, text, sha256(text));
      }
    }
  }
  expect(moved).toBeGreaterThan(0);
  expect(split.wrong().reduce((sum, { train, validation }) => sum + train + validation, 0)).toBeGreaterThan(0);
});
