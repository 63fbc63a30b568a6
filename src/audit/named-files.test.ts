// A finding names the file that is wrong, and nothing beside it: a program that reads findings acts on their files.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Signer } from '../ledger/index.ts';
import { audit } from './audit.ts';
import { Bench, redoEvidence } from './testing/run.ts';

const bench = new Bench();
const TRAIN = { steps: 6 };
let maker: Signer;
let run: string;
beforeAll(async () => {
  maker = bench.strangersKey('maker');
  run = await bench.make(maker, { train: TRAIN });
});
afterAll(() => bench.remove());

/** Where the findings of each check are. */
async function found(folder: string): Promise<Record<string, string[]>> {
  const { checks } = await audit({ folder, threads: 1 });
  return Object.fromEntries(checks.map(({ name, findings }) => [name, findings.map(({ file }) => file)]));
}

test('ids that the tokenizer does not have: the token file, not the texts beside it and not their root', async () => {
  const copy = bench.copy(run);
  const path = join(copy, 'corpus/source-00.train.bin');
  const ids = readFileSync(path);
  ids.writeUInt16LE(0xffff, ids.length - 4);
  writeFileSync(path, ids);
  redoEvidence(copy, maker);
  expect((await found(copy)).origin).toEqual(['corpus/source-00.train.bin']);
});

test('a card of another size than the sealed one: structure alone reads no more of it', async () => {
  const copy = bench.copy(run);
  appendFileSync(join(copy, 'model/README.md'), '\n');
  const { structure, figures } = await found(copy);
  expect(structure).toContain('model/README.md');
  expect(figures).toEqual([]);
});

test("a parent's weights that are not those of genesis: no S_0 is made from them", async () => {
  const child = await bench.make(maker, { name: 'child', from: { run: basename(run) }, train: TRAIN });
  const path = join(child, 'start/model.safetensors');
  const bytes = readFileSync(path);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(path, bytes);
  const { structure, origin } = await found(child);
  expect([structure, origin]).toEqual([['start/model.safetensors'], ['start/model.safetensors']]);
});
