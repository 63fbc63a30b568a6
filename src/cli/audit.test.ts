// The verbs audit and bundle from outside: exit codes, JSON, the page, and what a person reads.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
let folder: string;

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Calls the command line; `home` is the user whose keys and lists it has. */
function jikji(args: string[], home = 'auditor'): Promise<Ended> {
  const own = (name: string) => join(folder, home, name);
  const env = {
    ...process.env,
    NO_COLOR: '1',
    TMPDIR: own('tmp'),
    XDG_CONFIG_HOME: own('config'),
    XDG_STATE_HOME: own('state'),
    XDG_CACHE_HOME: own('cache'),
  };
  mkdirSync(own('tmp'), { recursive: true });
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    ended.stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    ended.stderr += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-cli-audit-'));
  const line = (i: number) => `the ${i % 7} little words of line ${i * i} say ${i % 11} things`;
  writeFileSync(join(folder, 'text.txt'), Array.from({ length: 900 }, (_, i) => line(i)).join('\n\n'));
  for (let i = 0; i < 40; i++)
    writeFileSync(join(folder, `t${i}.txt`), Array.from({ length: 9 }, (_, j) => line(i * 9 + j)).join('\n'));
  writeFileSync(
    join(folder, 'recipe.yaml'),
    `name: tiny
corpus: { sources: [{ files: "t*.txt", licence: CC0-1.0 }], validation: 0.2 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: 20, batchSize: 2, sequenceLength: 16, checkpointEvery: 2, validateEvery: 50, validationTokens: 100 }
`,
  );
  expect((await jikji(['make', 'recipe.yaml', '--out', 'run'], 'maker')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an auditor with a bundle: JSON, exit code 0, nothing left behind', async () => {
  const packed = await jikji(['bundle', 'run', '--out', 'run.tar', '--json'], 'maker');
  expect(packed.code).toBe(0);
  expect(JSON.parse(packed.stdout)).toMatchObject({ file: 'run.tar', withoutData: false });
  const found = await jikji(['audit', 'run.tar', '--json', '--replay', '2', '--report', 'report.html', '--lang', 'ko']);
  expect(found).toMatchObject({ code: 0 });
  const result = JSON.parse(found.stdout);
  expect(Object.keys(result).sort()).toEqual(
    [
      ...['verdict', 'extent', 'claim', 'checks', 'data', 'replayed', 'detection', 'room', 'bound', 'figures'],
      ...['register', 'cost', 'seconds', 'run'],
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
  expect((await jikji(['audit', 'run', '--maker', spaced])).code).toBe(0);
  expect((await jikji(['audit', 'run', '--maker', 'f'.repeat(64)])).code).toBe(1);
});

test('--sources: the corpus is built again from the files, and a folder that is none is a wrong call', async () => {
  const found = await jikji(['audit', 'run', '--json', '--sources', '.']);
  expect(found.code).toBe(0);
  expect(JSON.parse(found.stdout).data).toEqual({
    standing: 'sources',
    sources: [{ name: 't*.txt', standing: 'compared', reason: 'gives the same texts' }],
  });
  expect(JSON.parse((await jikji(['audit', 'run', '--json'])).stdout).data.standing).toBe('texts');
  expect(readdirSync(join(folder, 'auditor', 'tmp'))).toEqual([]);
});

test('its maker reads that it proves nothing to others', async () => {
  const found = await jikji(['audit', 'run', '--threads', '1'], 'maker');
  expect(found.code).toBe(0);
  expect(found.stdout).toContain('HOLDS');
  expect(found.stdout).toContain('self-audit, no detection claimed');
});

test('what does not hold, or is not there, is exit code 1 with its name', async () => {
  const file = join(folder, 'run', 'transcript.jsonl');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('"step":7}', '"step":8}'));
  const altered = await jikji(['audit', 'run']);
  expect(altered).toMatchObject({ code: 1, stderr: '' });
  expect(altered.stdout).toContain('REFUTED');
  expect(altered.stdout).toMatch(/transcript\.jsonl, step 7/);
  writeFileSync(file, whole);

  const bare = await jikji(['bundle', 'run', '--out', 'bare.tar', '--without-data'], 'maker');
  expect(bare.code).toBe(0);
  const incomplete = await jikji(['audit', 'bare.tar']);
  expect(incomplete.code).toBe(1);
  expect(incomplete.stdout).toContain('INCOMPLETE');
  expect(incomplete.stdout).toContain('source-00.train.bin');
});

test.each([
  [['audit', 'nowhere']],
  [['audit', '.']],
  [['audit', 'recipe.yaml']],
  [['audit', 'run', '--replay', 'some']],
  [['audit', 'run', '--replay', '0']],
  [['audit', 'run', '--challenge', 'beef']],
  [['audit', 'run', '--lang', 'de']],
  [['audit', 'run', '--sources', 'nowhere']],
  [['audit', 'run', '--sources', 'recipe.yaml']],
  [['audit', 'run', '--report', 'run']],
  [['audit']],
  [['bundle', 'nowhere', '--out', 'x.tar']],
  [['bundle', 'run']],
])('a wrong call, %j, is exit code 2 in two lines', async (args) => {
  const found = await jikji(args);
  expect(found.code).toBe(2);
  expect(found.stderr).toMatch(/^(checking .*\n)*error: .+\n {2}.+\n$/);
  expect(existsSync(join(folder, 'x.tar'))).toBe(false);
});
