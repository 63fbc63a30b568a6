// Signed sizes: each file that a statement names has a size, which is the file's, and no other subject has one. Any deviation is refuted,
// although everything else about the run holds.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOfFile, REFERENCES, readStatement, START, type Subject, signStatement } from '../ledger/index.ts';
import { auditRun, checkOf, expectRefuted, TestBench } from './testing/audit-run.ts';
import { checkpointOf } from './testing/run.ts';

const bench = new TestBench();
const { signer } = bench;
const run = await bench.make(signer, { train: { steps: 4 } });
bench.writeLines(
  'pairs.jsonl',
  Array.from({ length: 30 }, (_, i) => ({ prompt: `${i}?`, chosen: 'yes', rejected: 'no' })),
);
/** A run that learns from pairs, and begins with the weights of `run`: it has two signed files more. */
const preferring = await bench.make(signer, {
  ...{ name: 'preferring', from: { run: basename(run) }, tokenizer: { vocabSize: 405 }, chat: {} },
  corpus: { sources: [{ files: 'pairs.jsonl', read: 'preferences', language: 'en', licence: 'CC0-1.0' }] },
  train: { steps: 2, sequenceLength: 32 },
});

/** Signs a statement again with another size of `name`; after a new genesis the seal is signed again too. */
function resized(kind: 'genesis' | 'seal', name: string, size: number | undefined, of = run): string {
  const copy = bench.copy(of);
  const sign = (
    what: 'genesis' | 'seal',
    change: (size: number | undefined, of: string) => number | undefined,
  ): void => {
    const path = join(copy, `${what}.json`);
    const { subjects, sizes, predicate } = readStatement(path, what);
    const list = [...subjects].map(([of, digest]): Subject => [of, digest, change(sizes.get(of), of)]);
    const names = what === 'seal' ? { genesis: digestOfFile(join(copy, 'genesis.json')) } : {};
    writeFileSync(path, signStatement(what, list, { ...predicate, ...names } as never, signer));
  };
  sign(kind, (before, of) => (of === name ? size : before));
  if (kind === 'genesis') sign('seal', (before) => before);
  return copy;
}

test.each([
  ['genesis', 'corpus/manifest.json', 'corpus/manifest.json'],
  ['genesis', 'corpus/tokens.json', 'corpus/tokens.json'],
  ['genesis', 'tokenizer', 'tokenizer/tokenizer.json'],
  ['seal', 'recipe.yaml', 'recipe.yaml'],
  ['seal', 'model/README.md', 'model/README.md'],
  ['seal', 'model/config.json', 'model/config.json'],
  ['seal', 'model/model.safetensors', 'model/model.safetensors'],
  ['seal', 'model/tokenizer.json', 'model/tokenizer.json'],
  ['genesis', START, START],
  ['genesis', REFERENCES, REFERENCES],
] as const)('%s says another size of %s, or none', async (kind, name, file) => {
  const of = file.startsWith('start/') ? preferring : run;
  const size = readFileSync(join(of, file)).length;
  for (const [other, where] of [
    [size - 1, file],
    [size + 1, file],
    [undefined, `${kind}.json`],
  ] as const) {
    await expectRefuted(resized(kind, name, other, of), { name: 'structure', file: where });
  }
});

test.each([
  ['genesis', 'corpus'],
  ['genesis', 'recipe'],
  ['genesis', 'state-0'],
  ['seal', 'state'],
] as const)('%s states a size of %s, which is not a file', async (kind, name) => {
  const found = await auditRun(resized(kind, name, 1));
  expect(found.checks[0]!.findings).toMatchObject([
    { verdict: 'refuted', file: `${kind}.json`, text: `states a size of "${name}", which has none` },
  ]);
});

test('without a whole kept state no trainer is opened: a few lines of recipe do not make an auditor allocate gigabytes', async () => {
  const copy = bench.copy(run);
  for (const step of [2, 4]) {
    const path = join(checkpointOf(copy, step), 'state.safetensors');
    writeFileSync(path, readFileSync(path).subarray(1));
  }
  const origin = checkOf(await auditRun(copy, { replay: 'all' }), 'origin');
  const text = expect.stringContaining('no whole state of this model');
  expect(origin.findings).toContainEqual(expect.objectContaining({ verdict: 'incomplete', text }));
  expect(origin.detail).not.toContain('S_0');
});
