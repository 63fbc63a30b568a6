// The verbs audit and bundle from outside: exit codes, JSON, the page, and the text for people.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { callHere, environmentAt, errorOf, succeed, tinyRecipe, writeLines } from './testing/bad-input.ts';

let folder: string;

/** Calls the command line; `home` is the user whose keys and lists it has. */
const jikji = (args: string[], home = 'auditor') => callHere(folder, args, environmentAt(join(folder, home)));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-cli-audit-'));
  writeLines(folder);
  writeFileSync(join(folder, 'recipe.yaml'), tinyRecipe(20));
  await succeed(jikji(argv`make recipe.yaml --out run`, 'maker'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an auditor with a bundle: JSON, exit code 0, nothing left behind', async () => {
  const packed = await succeed(jikji(argv`bundle run --out run.tar --json`, 'maker'));
  expect(JSON.parse(packed.stdout)).toMatchObject({ file: 'run.tar', withoutData: false });
  const found = await succeed(jikji(argv`audit run.tar --json --replay 2 --report report.html --lang ko`));
  const result = JSON.parse(found.stdout);
  expect(Object.keys(result).sort()).toEqual(
    [
      ...['verdict', 'extent', 'claim', 'checks', 'data', 'replayed', 'detection', 'room', 'bound', 'figures'],
      ...['parent', 'links', 'register', 'cost', 'seconds', 'run'],
    ].sort(),
  );
  expect(result).toMatchObject({
    verdict: 'holds',
    detection: { claimed: true, segments: 10, candidates: 8, drawn: 2 },
    extent: 'sampled',
    cost: { steps: 20, replayedSteps: 14, share: 0.7 },
    run: { name: 'tiny', segments: 10 },
  });
  expect(result.checks.map((check: { name: string }) => check.name)).toEqual([
    'structure',
    'schedule',
    'origin',
    'data',
    'policy',
    'motion',
    'probe',
    'replay',
    'figures',
  ]);
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*lang="ko"/i);
  expect(readdirSync(join(folder, 'auditor', 'tmp'))).toEqual([]);

  const { fingerprint } = { fingerprint: result.run.maker as string };
  const spaced = fingerprint.toUpperCase().replace(/(.{4})/g, '$1 ');
  await succeed(jikji(argv`audit run --maker ${spaced}`));
  expect((await jikji(argv`audit run --maker ${'f'.repeat(64)}`)).status).toBe(1);
});

test('--sources: the corpus is rebuilt from the files, and a path that is not a folder is a wrong call', async () => {
  const found = await succeed(jikji(argv`audit run --json --sources .`));
  expect(JSON.parse(found.stdout).data).toEqual({
    standing: 'sources',
    sources: [{ name: 't*.txt', standing: 'compared', reason: 'gives the same texts' }],
  });
  expect(JSON.parse((await jikji(argv`audit run --json`)).stdout).data.standing).toBe('texts');
  expect(readdirSync(join(folder, 'auditor', 'tmp'))).toEqual([]);
});

test('--sources without the needed files: the terminal shows the reason for each source', async () => {
  mkdirSync(join(folder, 'bare'), { recursive: true });
  const found = await succeed(jikji(argv`audit run --sources bare --segments 1`));
  expect(found.stdout).toContain('0 of 1 sources compared');
  expect(found.stdout).toMatch(/^ +not compared: t\*\.txt: no file matches "t\*\.txt"$/m);
  const fetched = await jikji(argv`audit run --fetch --segments 1`);
  expect(fetched.stdout).toMatch(/^ +not compared: t\*\.txt: no folder with its files was given$/m);
});

test('the outputs of an audit are neither its inputs nor the same file twice; this is checked before the work', async () => {
  const seal = readFileSync(join(folder, 'run', 'seal.json'));
  await succeed(jikji(argv`bundle run --out own.tar`, 'maker'));
  const bundle = readFileSync(join(folder, 'own.tar'));
  symlinkSync('run', join(folder, 'linked'));
  symlinkSync(join('run', 'seal.json'), join(folder, 'linked-seal.json'));
  const foreign: { [name: string]: string } = { 'plain.txt': 'x', 'index.html': '<!doctype html><title>Mine</title>' };
  for (const [name, text] of Object.entries(foreign)) writeFileSync(join(folder, name), text);
  cpSync(join(folder, 'run', 'seal.json'), join(folder, 'elsewhere.json'));
  const before = readdirSync(folder, { recursive: true }).length;
  const wrong = async (code: string, ...args: string[]) => {
    const ended = await jikji(argv`audit ${args} --json`);
    const error = errorOf(ended);
    expect(error.code, args.join(' ')).toBe(code);
    expect(ended.stderr, args.join(' ')).not.toContain('checking');
    return error;
  };
  for (const option of ['--report', '--sign']) {
    for (const path of ['run/seal.json', 'run/new/x.html', 'linked/x.html', 'linked-seal.json', './bare/../run/x'])
      expect(await wrong('usage', 'run', option, path)).toMatchObject({ input: `${option} ${path}` });
    await wrong('usage', 'linked', option, 'run/x.html');
    await wrong('usage', 'own.tar', option, './own.tar');
    for (const path of ['plain.txt/x', 'x'.repeat(250), '/proc/x', '/dev/null', 'bare', ''])
      expect(await wrong('not-writable', 'run', option, path)).toMatchObject({
        hint: `choose another file with ${option}`,
      });
  }
  // An output replaces an earlier one of its kind, and nothing else.
  for (const [option, paths, kind] of [
    ['--report', ['plain.txt', 'index.html'], 'page of Jikji'],
    ['--sign', ['plain.txt', 'index.html', 'elsewhere.json'], 'signed audit'],
  ] as const)
    for (const path of paths)
      expect(await wrong('not-writable', 'run', option, path)).toMatchObject({
        message: `is not a ${kind}, and would be overwritten`,
      });
  for (const path of ['plain.txt', 'index.html']) expect(readFileSync(join(folder, path), 'utf8')).toBe(foreign[path]);
  await wrong('usage', 'run', '--report', 'same', '--sign', './bare/../same');
  expect(readFileSync(join(folder, 'run', 'seal.json')).equals(seal)).toBe(true);
  expect(readFileSync(join(folder, 'own.tar')).equals(bundle)).toBe(true);
  expect(readdirSync(folder, { recursive: true }).length).toBe(before);
  // Beside the run, in a folder that is not there yet, is fine.
  for (let i = 0; i < 2; i++)
    await succeed(jikji(argv`audit own.tar --segments 1 --report new/run.html --sign new/run.json`));
  expect(readdirSync(join(folder, 'new')).sort()).toEqual(['run.html', 'run.json']);
  // A bundle overwrites neither the run nor what is no bundle.
  for (const out of ['run/seal.json', 'plain.txt', 'new/run.json']) {
    expect(errorOf(await jikji(argv`bundle run --out ${out} --json`)).code, out).toBe('usage');
  }
  // Another run's audit is not overwritten.
  cpSync(join(folder, 'run'), join(folder, 'other'), { recursive: true });
  writeFileSync(join(folder, 'other', 'seal.json'), ' ', { flag: 'a' });
  expect(await wrong('usage', 'other', '--sign', 'new/run.json')).toMatchObject({ input: '--sign new/run.json' });
});

test('a file that is not a run is named; a run without evidence is reported as such', async () => {
  writeFileSync(join(folder, 'zeros.tar'), Buffer.alloc(10_240));
  const zeros = await jikji(['audit', 'zeros.tar']);
  expect([zeros.status, zeros.stderr]).toEqual([2, expect.stringContaining('error: holds no run (zeros.tar)\n')]);
  mkdirSync(join(folder, 'waits'));
  writeFileSync(join(folder, 'waits', 'request.json'), '{}');
  const waits = await jikji(['audit', 'waits']);
  expect([waits.status, waits.stderr]).toEqual([
    2,
    expect.stringContaining('waits for its lodging and has no evidence'),
  ]);
});

test('the maker of a run is told that an own audit proves nothing to others', async () => {
  const found = await succeed(jikji(argv`audit run --threads 1`, 'maker'));
  expect(found.stdout).toContain('HOLDS');
  expect(found.stdout).toContain('self-audit, no detection claimed');
});

test('a check that fails, or a missing part, is exit code 1 with its name', async () => {
  const file = join(folder, 'run', 'transcript.jsonl');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('"step":7}', '"step":8}'));
  const altered = await jikji(['audit', 'run']);
  expect(altered).toMatchObject({ status: 1, stderr: '' });
  expect(altered.stdout).toContain('REFUTED');
  expect(altered.stdout).toMatch(/transcript\.jsonl, step 7/);
  writeFileSync(file, whole);

  await succeed(jikji(argv`bundle run --out bare.tar --without-data`, 'maker'));
  const incomplete = await jikji(['audit', 'bare.tar']);
  expect(incomplete.status).toBe(1);
  expect(incomplete.stdout).toContain('INCOMPLETE');
  expect(incomplete.stdout).toContain('source-00.train.bin');
});

test.each([
  [['audit', 'nowhere']],
  [['audit', '.']],
  [['audit', 'recipe.yaml']],
  [argv`audit run --replay some`],
  [argv`audit run --replay 0`],
  [argv`audit run --challenge beef`],
  [argv`audit run --lang de`],
  [argv`audit run --sources nowhere`],
  [argv`audit run --sources recipe.yaml`],
  [argv`audit run --report run`],
  [['audit']],
  [argv`bundle nowhere --out x.tar`],
  [['bundle', 'run']],
])('a wrong call, %j, is exit code 2 in two lines', async (args) => {
  const found = await jikji(args);
  expect(found.status).toBe(2);
  expect(found.stderr).toMatch(/^(checking .*\n)*error: .+\n {2}.+\n$/);
  expect(existsSync(join(folder, 'x.tar'))).toBe(false);
});

test('a run that was built on another one: what of the call is wrong, and each run of the chain in JSON and for people', async () => {
  const child =
    'name: child\nseed: 7\nfrom: { run: run }\ncorpus: { sources: [{ files: "t*.txt", licence: CC0-1.0 }] }\ntrain: { steps: 4, batchSize: 2, sequenceLength: 16, checkpointEvery: 2 }\n';
  writeFileSync(join(folder, 'child.yaml'), child);
  await succeed(jikji(argv`make child.yaml --out child`, 'maker'));
  for (const [args, message] of [
    [
      ['run', '--parent', 'child'],
      /the run was not built on this \(--parent child\)\n {2}it begins with drawn weights/,
    ],
    [['child', '--parent', 'run', '--parent', 'child'], /the run was not built on this \(--parent child\)/],
    [['child', '--parent-maker', 'ab'.repeat(32)], /--parent-maker belongs to --parent/],
    [['child', '--parent', 'run', '--parent-maker', 'ab'], /--parent-maker takes 64 hex digits/],
    [['child', '--parent', 'run', '--report', 'run/x.html'], /this file belongs to a parent/],
  ] as const) {
    const { status, stderr } = await jikji(['audit', ...args]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
  const { status, stdout } = await jikji(argv`audit child --segments 1-2 --parent run --json`);
  const found = JSON.parse(stdout);
  expect([status, found.extent]).toEqual([0, 'sampled']);
  expect(found.links).toMatchObject([
    { name: 'child', begins: 'run', extent: 'all', share: 1, chance: null, lodging: 'none', data: 'texts' },
    { name: 'tiny', begins: 'drawn', extent: 'sampled', chance: expect.any(Number), room: expect.any(Number) },
  ]);
  expect(found.claim.reach).toMatch(/weakest link, “tiny”/);
  const others = await jikji(argv`audit child --segments 1 --parent run --parent-maker ${'ab'.repeat(32)}`);
  expect(others.status).toBe(1);
  expect(others.stdout).toContain(
    `audit child --segments 1-1 --parent-maker ${'ab'.repeat(32)} --parent run --report report.html`,
  );

  // The parent as a bundle.
  for (const [run, out] of [
    ['run', 'parent.tar'],
    ['child', 'child.tar'],
  ] as const)
    await succeed(jikji(argv`bundle ${run} --out ${out}`, 'maker'));
  const packed = await jikji(argv`audit child.tar --segments 1-2 --parent parent.tar --json`);
  const kept = (audit: { links: { name: string; seal: string; extent: string }[] }) =>
    audit.links.map(({ name, seal, extent }) => ({ name, seal, extent }));
  expect([packed.status, kept(JSON.parse(packed.stdout))]).toEqual([0, kept(found)]);
  for (const [args, message] of [
    [['run', '--parent', 'child.tar'], /^error: the run was not built on this \(--parent child\.tar\)\n/m],
    [
      ['child', '--parent', 'run', '--parent', 'parent.tar'],
      /^error: has the same seal as run \(--parent parent\.tar\)\n/m,
    ],
    [
      ['child', '--parent', 'parent.tar', '--parent', 'run'],
      /^error: has the same seal as parent\.tar \(--parent run\)\n/m,
    ],
    [['child', '--parent', 'nowhere.tar'], /there is no such run or model \(--parent nowhere\.tar\)/],
    [
      ['child', '--parent', 't0.txt'],
      /^error: .+ \(--parent t0\.txt\)\n {2}name a run folder, a bundle, a model folder or a GGUF file\n/m,
    ],
    [['child', '--parent', 'parent.tar', '--report', 'parent.tar'], /this file belongs to a parent/],
  ] as const) {
    const { status, stderr } = await jikji(['audit', ...args]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
  expect(readdirSync(join(folder, 'auditor', 'tmp'))).toEqual([]);
});

test('the commands at the end of an audit check as much as it did', async () => {
  const commands = async (args: string[]) => {
    const { stdout } = await succeed(jikji(argv`audit run.tar ${args}`));
    return [...stdout.matchAll(/^ +\S*jikji (audit .+?)(?: {2}.*)?$/gm)].map(([, command]) => command);
  };
  await succeed(jikji(argv`bundle run --out run.tar`, 'maker'));
  const { maker } = JSON.parse((await jikji(argv`audit run --json`)).stdout).run;
  const challenge = 'ab'.repeat(32);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.txt')))
    cpSync(join(folder, name), join(folder, 'my texts', name));
  const known = argv`--sources ${"'my texts'"} --maker ${maker} --challenge ${challenge} --validation`.join(' ');
  const typed = argv`--sources ${'my texts'} --maker ${maker} --challenge ${challenge} --validation`;
  const [again, all] = await commands(argv`${typed} --segments 1-2`);
  const options = (command: string | undefined) =>
    command
      ?.split(/ (?=--)/)
      .slice(1)
      .sort();
  expect(options(again)).toEqual(options(`audit run.tar ${known} --segments 1-2 --report report.html`));
  expect(options(all)).toEqual(options(`audit run.tar ${known} --replay all`));
  expect(options((await commands(['--replay', '2']))[0])).toEqual(['--replay 2', '--report report.html']);
  expect(await commands([])).toEqual(['audit run.tar --report report.html', 'audit run.tar --replay all']);
});
