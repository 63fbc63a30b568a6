// Signed sizes: each file that a statement names has a size, which is the file's, and no other subject has one. Any deviation is refuted,
// although everything else about the run holds.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOfFile, readStatement, type Signer, type Subject, signStatement } from '../ledger/index.ts';
import { audit } from './audit.ts';
import { Bench, checkpointOf } from './testing/run.ts';

const bench = new Bench();
let signer: Signer;
let run: string;
afterAll(() => bench.remove());
beforeAll(async () => {
  signer = bench.strangersKey('maker');
  run = await bench.make(signer, { train: { steps: 4 } });
});

/** Signs a statement again with another size of `name`; after a new genesis the seal is signed again too. */
function resized(kind: 'genesis' | 'seal', name: string, size: number | undefined): string {
  const copy = bench.copy(run);
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
] as const)('%s says another size of %s, or none', async (kind, name, file) => {
  const size = readFileSync(join(run, file)).length;
  for (const [other, where] of [
    [size - 1, file],
    [size + 1, file],
    [undefined, `${kind}.json`],
  ] as const) {
    const found = await audit({ folder: resized(kind, name, other), threads: 1 });
    expect(found.verdict).toBe('refuted');
    expect(found.checks[0]!.findings).toContainEqual(expect.objectContaining({ verdict: 'refuted', file: where }));
  }
});

test.each([
  ['genesis', 'corpus'],
  ['genesis', 'recipe'],
  ['genesis', 'state-0'],
  ['seal', 'state'],
] as const)('%s states a size of %s, which is not a file', async (kind, name) => {
  const found = await audit({ folder: resized(kind, name, 1), threads: 1 });
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
  const { checks } = await audit({ folder: copy, threads: 1, replay: 'all' });
  const text = expect.stringContaining('no whole state of this model');
  const origin = checks.find(({ name }) => name === 'origin');
  expect(origin!.findings).toContainEqual(expect.objectContaining({ verdict: 'incomplete', text }));
  expect(origin!.detail).not.toContain('S_0');
});
