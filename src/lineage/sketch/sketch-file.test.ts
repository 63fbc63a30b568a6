import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { philox4x32 } from '../../engine/index.ts';
import { sampleOf, toyModel } from '../comparison/testing/toy-models.ts';
import { drawLabels, drawTokens, keyOfPair, tieOrder } from './draw.ts';
import { openSketch, writeSketch } from './sketch-file.ts';

const folder = temporaryFolder();

const DIGEST = 'ab'.repeat(32);
const ABOUT = {
  name: 'toy',
  digest: DIGEST,
  given: false,
  bytes: 12,
  key: 'cd'.repeat(32),
  limit: 256,
  time: '2026-11-28T00:00:00.000Z',
};
const TOKENS = { ids: new Map([['a', 1], ['b', 7]]), merges: ['a b'], digest: DIGEST }; // biome-ignore format: a table
const sample = sampleOf(toyModel('a'));

/** To the nearest bfloat16, by division: an independent way. */
function rounded(value: number) {
  if (value === 0) return value;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 7);
  const quotient = value / unit;
  const floor = Math.floor(quotient);
  const rest = quotient - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (floor + (up ? 1 : 0)) * unit;
}

test('a sketch holds what was drawn, rounded to bfloat16', () => {
  const path = join(folder, 'toy.sketch');
  writeSketch(path, sample, TOKENS, ABOUT);
  const sketch = openSketch(path)!;
  try {
    expect(sketch.about).toEqual(ABOUT);
    expect(sketch.tokens).toEqual(TOKENS);
    const [tower, original] = [sketch.sample.towers[0]!, sample.towers[0]!];
    expect(tower.embedding!.tokens).toEqual(original.embedding!.tokens);
    for (const [g, { kind, blocks }] of original.groups.entries()) {
      expect(tower.groups[g]!.kind).toBe(kind);
      for (const [b, block] of blocks.entries()) {
        const kept = tower.groups[g]!.blocks[b]!;
        expect(kept.labels).toEqual(block.labels);
        expect(kept.rows()).toEqual(block.rows().map(rounded));
        expect(kept.signed?.()).toEqual(block.signed?.().map(rounded));
      }
    }
  } finally {
    sketch.close();
  }
});

test('a file of weights is no sketch; one that is cut, or does not fit its description, is broken', () => {
  const path = join(folder, 'whole.sketch');
  writeSketch(path, sample, TOKENS, ABOUT);
  const bytes = readFileSync(path);
  const broken = join(folder, 'broken.sketch');
  const attempt = (change: Buffer) => {
    writeFileSync(broken, change);
    try {
      openSketch(broken)?.close();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  expect(attempt(bytes.subarray(0, bytes.length - 1))).toMatchObject({ code: 'safetensors-broken' });
  const edit = (from: string, to: string): Buffer => {
    const at = bytes.indexOf(from);
    expect(at).toBeGreaterThan(0);
    expect(to).toHaveLength(from.length);
    const copy = Buffer.from(bytes);
    copy.write(to, at, 'latin1');
    return copy;
  };
  expect(attempt(edit('jikji-sketch', 'jikji-sketsh'))).toBeUndefined();
  for (const [from, to] of [
    ['hiddenSize\\":48', 'hiddenSize\\":47'],
    ['columns\\":48', 'columns\\":-8'],
    ['size\\":128', 'size\\":100'],
    ['rows\\":128', 'rows\\":129'],
    ['layers.0.mlp\\"', 'layers.9.mlp\\"'],
    ['layers.1.mlp\\"', 'layers.0.mlp\\"'],
    ['layers\\":3', 'layers\\":1'],
    ['formatVersion\\":1', 'formatVersion\\":2'],
  ] as const)
    expect(attempt(edit(from, to)), from).toMatchObject({ code: 'sketch-broken' });
});

test('mutated sketches: an error for people, or a sketch that can be read', () => {
  const path = join(folder, 'mutated.sketch');
  writeSketch(path, sample, TOKENS, ABOUT);
  const bytes = readFileSync(path);
  const header = Number(bytes.readBigUInt64LE()) + 8;
  const rounds = process.env.JIKJI_TORTURE ? 20_000 : 300;
  for (let i = 0; i < rounds; i++) {
    const [a, b, c, d] = philox4x32([i, 0, 0, 0], [3, 7]);
    const copy = Buffer.from(bytes);
    const inHeader = a % 4 > 0;
    copy[inHeader ? b % header : b % copy.length] = c % 256;
    if (a % 3 === 0) copy[8 + (d % (header - 8))] = '"0[]{},:9'.charCodeAt(d % 9);
    writeFileSync(path, copy);
    try {
      const sketch = openSketch(path);
      for (const { groups, embedding } of sketch?.sample.towers ?? []) {
        embedding?.rows();
        for (const { blocks } of groups) for (const { rows, signed } of blocks) [rows(), signed?.()];
      }
      sketch?.close();
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
    }
  }
});

test('what is drawn depends on the key, on both digests and on nothing else', () => {
  const key = keyOfPair('00', 'aa', 'bb');
  expect(keyOfPair('00', 'bb', 'aa')).not.toBe(key);
  expect(drawLabels(key, 'units', 8, 8)).toEqual(Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  const drawn = drawLabels(key, 'units', 10_000, 256);
  expect(drawn).toHaveLength(256);
  expect([...drawn]).toEqual([...new Set(drawn)].sort((x, y) => x - y));
  expect(drawLabels(key, 'units', 10_000, 256)).toEqual(drawn);
  expect(drawLabels(`${key}0`, 'units', 10_000, 256)).not.toEqual(drawn);
  // Of a model with fewer units the same labels are drawn, but for those that it lacks.
  const fewer = drawLabels(key, 'units', 8_000, 256);
  for (const label of drawn) if (label < 8_000) expect(fewer).toContain(label);
  // Every label is drawn as often as any other: 1,000 draws of 8 of 32; each 250 times, with a standard deviation of 13.7.
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 1000; i++) for (const label of drawLabels(`key ${i}`, 'units', 32, 8)) counts[label]!++;
  for (const count of counts) expect(Math.abs(count - 250)).toBeLessThan(5 * 13.7);
  const tokens = ['a', 'b', 'c', 'd', 'e'];
  expect(drawTokens(key, tokens, 3)).toEqual(drawTokens(key, tokens.toReversed(), 3));
  expect(tieOrder(key, 'x')(3)).not.toBe(tieOrder(key, 'y')(3));
});
