// A finding names the file that is wrong, and nothing beside it: a program that reads findings acts on their files.

import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRun, editBytes, TestBench } from './testing/audit-run.ts';

const bench = new TestBench();
const TRAIN = { steps: 6 };
const run = await bench.make(bench.signer, { train: TRAIN });

/** Where the findings of each check are. */
async function found(folder: string): Promise<Record<string, string[]>> {
  const { checks } = await auditRun(folder);
  return Object.fromEntries(checks.map(({ name, findings }) => [name, findings.map(({ file }) => file)]));
}

test('ids that the tokenizer does not have: the token file, not the texts beside it and not their root', async () => {
  const copy = bench.forged(run, (at) =>
    editBytes(at('corpus/source-00.train.bin'), (ids) => ids.writeUInt16LE(0xffff, ids.length - 4)),
  );
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
  const child = await bench.make(bench.signer, { name: 'child', from: { run: basename(run) }, train: TRAIN });
  editBytes(join(child, 'start/model.safetensors'), (bytes) => {
    bytes[bytes.length - 3]! ^= 1;
  });
  const { structure, origin } = await found(child);
  expect([structure, origin]).toEqual([['start/model.safetensors'], ['start/model.safetensors']]);
});
