// `jikji lineage` on real runs: an independent one, one of the same seed on other data, one that begins from the reference; sketches of them.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { readStatement } from '../ledger/index.ts';
import type { Lineage } from '../lineage/index.ts';
import { call, errorOf, RECIPE, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const jikji = (...args: string[]) => call(folder, args);

beforeAll(async () => {
  writeFileSync(join(folder, 't.yaml'), RECIPE);
  mkdirSync(join(folder, 'folder.sketch'));
  writeFileSync(
    join(folder, 'child.yaml'),
    RECIPE.replace('seed: 1377\n', 'from: { run: reference }\n').replace(/^(model|tokenizer): .*\n/gm, ''),
  );
  const sets = ['hiddenSize=64', 'intermediateSize=128', 'numAttentionHeads=4', 'numKeyValueHeads=2'];
  const shape = sets.flatMap((one) => ['--set', `model.${one}`]);
  const make = async (recipe: string, out: string, ...args: string[]) => {
    await succeed(jikji('make', recipe, '--threads', '1', '--out', out, ...args));
  };
  await make('t.yaml', 'reference', ...shape);
  await make('t.yaml', 'independent', ...shape, '--set', 'seed=5');
  await make('t.yaml', 'same-seed', ...shape, '--set', 'train.steps=20', '--set', 'train.learningRate=0.002');
  await make('child.yaml', 'child', '--set', 'train.steps=4');
});

const found = ({ stdout }: { stdout: string }): Lineage => JSON.parse(stdout);
const verdicts = (lineage: Lineage, reference = 0) =>
  Object.fromEntries(lineage.references[reference]!.groups.map(({ kind, verdict }) => [kind, verdict]));
const SHARES = { basis: 'shares', units: 'shares', values: 'shares' };

test('an independent run shares nothing; one with the same seed shares its initialisation, and the evidence says so', async () => {
  const result = await jikji('lineage', 'independent', '--against', 'reference', '--threads', '1');
  // Models as small as these are more alike than those that were measured, which is a weaker finding.
  expect(result.status, result.stderr).toBe(4);
  expect(verdicts(found(result))).toEqual({ basis: 'none', units: 'none', values: 'none' });
  expect(found(result).references[0]!.kinship).toBe('other-start');

  const shared = await jikji('lineage', 'same-seed', '--against', 'reference', 'independent', '--threads', '1');
  expect(shared.status).toBe(1);
  expect(verdicts(found(shared))).toEqual(SHARES);
  expect(found(shared).references[0]!.kinship).toBe('same-start');
  expect(verdicts(found(shared), 1)).toEqual({ basis: 'none', units: 'none', values: 'none' });
});

test('a run that begins from the reference; the same challenge gives the same result, the page the same bytes', async () => {
  const first = await jikji('lineage', 'child', '--against', 'reference', '--report', 'one.html', '--sign', 'one.json');
  expect(first.status).toBe(1);
  expect(verdicts(found(first))).toEqual(SHARES);
  expect(found(first).references[0]!.kinship).toBe('begins-from-reference');
  expect(readFileSync(join(folder, 'one.html'), 'utf8')).toContain('reference');
  expect(existsSync(join(folder, 'one.json'))).toBe(true);
  const { challenge } = found(first);
  const again = await jikji('lineage', 'child', '--against', 'reference', '--challenge', challenge);
  const numbers = ({ references, suspect }: Lineage) => ({ references, suspect });
  expect(numbers(found(again))).toEqual(numbers(found(first)));
});

test('a sketch stands for its model', async () => {
  expect((await jikji('lineage', 'sketch', 'reference', '--out', 'reference.sketch')).status).toBe(0);
  const child = await jikji('lineage', 'child', '--against', 'reference.sketch');
  expect(verdicts(found(child))).toEqual(SHARES);
  expect(found(child).references[0]!).toMatchObject({ bySketch: true, model: { sketched: true, name: 'reference' } });
  const itself = await jikji('lineage', 'reference', '--against', 'reference.sketch');
  expect(found(itself).references[0]!.groups.map(({ equality }) => equality)).toEqual([
    'rounded',
    'rounded',
    'rounded',
  ]);
  const independent = await jikji('lineage', 'independent', '--against', 'reference.sketch');
  expect(independent.status).toBe(4);

  // Drawn by another key, and like the first one.
  expect((await jikji('lineage', 'sketch', 'child', '--out', 'other.sketch')).status).toBe(0);
  const differ = await jikji('lineage', 'other.sketch', '--against', 'reference.sketch');
  expect(errorOf(differ)).toMatchObject({ code: 'sketches-differ' });
  const like = await jikji('lineage', 'sketch', 'child', '--out', 'like.sketch', '--like', 'reference.sketch');
  expect(like.stdout).not.toContain('"key"');
  const both = await jikji('lineage', 'like.sketch', '--against', 'reference.sketch');
  expect(verdicts(found(both))).toEqual(SHARES);
});

test('an office dates a sketch and a seal; which was fixed first counts, and a register in a model dates nothing', async () => {
  for (const name of ['maker', 'office']) expect((await jikji('key', 'new', name)).status).toBe(0);
  const sketch = async (run: string) => {
    const args = argv`--out ${run}-dated.sketch --rows 64 --sign ${run}.json --key maker`;
    const made = await succeed(jikji('lineage', 'sketch', run, ...args));
    const said = JSON.parse(made.stdout);
    expect(said).toMatchObject({ signed: `${run}.json`, limit: 64 });
    return said;
  };
  const lodge = async (file: string) => {
    const lodged = await succeed(jikji('lodge', file, '--key', 'office', '--register', 'register.jsonl'));
    return JSON.parse(lodged.stdout);
  };
  const compare = async (suspect: string, ...against: string[]) => {
    const args = argv`--against ${against} --register register.jsonl --sign ${suspect}.signed.json`;
    return found(await jikji('lineage', suspect, ...args, '--key', 'maker'));
  };
  const first = await sketch('reference');
  const { office, time } = await lodge('reference.json');
  // A seal dates the weights that it names.
  const second = await lodge(join('child', 'seal.json'));
  expect(second.register.entry).toBe(2);

  const dated = await compare('child', 'reference-dated.sketch');
  const suspect = dated.suspect.digest;
  expect(dated.dates).toEqual([
    { digest: suspect, time: second.time, office },
    { digest: first.digest, time, office },
  ]);
  const { predicate } = readStatement(join(folder, 'child.signed.json'), 'lineage');
  expect(predicate.fixed).toEqual({ time: second.time, office });
  expect(predicate.references[0]!.fixed).toEqual({ time, office });
  // Asked of the reference, the child came later.
  expect((await compare('reference', 'child')).dates.map(({ digest }) => digest)).toEqual([first.digest, suspect]);
  expect((await compare('independent', 'reference')).dates).toMatchObject([{ digest: first.digest }]);
  // Weights that the seal does not name are not dated by it.
  cpSync(join(folder, 'child'), join(folder, 'altered'), { recursive: true });
  const weights = join(folder, 'altered/model/model.safetensors');
  const bytes = readFileSync(weights);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(weights, bytes);
  expect((await compare('altered', 'reference')).dates).toMatchObject([{ digest: first.digest }]);

  cpSync(join(folder, 'register.jsonl'), join(folder, 'altered/register.jsonl'));
  const own = await jikji('lineage', 'altered', '--against', 'reference', '--register', 'altered/register.jsonl');
  expect(errorOf(own)).toMatchObject({ code: 'usage' });
  const again = await jikji(
    'lodge',
    'reference.json',
    '--key',
    'office',
    '--register',
    'register.jsonl',
    '--out',
    'b.json',
  );
  expect(JSON.parse(again.stdout)).toMatchObject({ fresh: false, time });
});

test.each([
  [['lineage', 'child'], 'usage', /needs something to compare with/],
  [argv`lineage nothing --against child`, 'model-missing', /no such folder or file/],
  [argv`lineage t.yaml --against child`, 'not-a-model', /neither a run folder/],
  [argv`lineage folder.sketch --against child`, 'not-a-model', /neither a run folder/],
  [argv`lineage child --against reference --alpha 0.5`, 'usage', /small number/],
  [argv`lineage child --against reference --rows 3`, 'usage', /--rows/],
  [argv`lineage child --against reference --challenge abc`, 'usage', /64 hex digits/],
  [argv`lineage child --against reference independent --tried 1`, 'usage', /fewer references/],
  [argv`lineage child --against reference --report x --sign x`, 'usage', /one file/],
  [argv`lineage child --against reference.sketch --report reference.sketch`, 'usage', /belongs to a model/],
  [argv`lineage child --against reference --sign child/x.json`, 'usage', /belongs to a model/],
  [argv`lineage sketch child --out t.yaml`, 'output-exists', /exists already/],
  [argv`lineage sketch child --out x.sketch --like reference/model/model.safetensors`, 'sketch-broken', /no sketch/],
])('%j is a wrong call', async (args, code, message) => {
  const result = await jikji(...args);
  expect(result.status).toBe(2);
  expect(errorOf(result)).toMatchObject({ code, message: expect.stringMatching(message) });
  expect(result.stderr).not.toMatch(/\n {4}at /);
});
