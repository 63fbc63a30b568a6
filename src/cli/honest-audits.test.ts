// No false alarm: kills, another number of threads, another folder, another tile or another release of Node change no verdict of an honest
// run. With JIKJI_TORTURE more kills. JIKJI_OTHER_NODE is the path of another release's node.

import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditOptions, audit } from '../audit/audit.ts';
import { bundleRun, withBundle } from '../audit/bundle.ts';
import type { Audit } from '../audit/types.ts';
import { argv } from '../base/testing/argv.ts';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { skipped } from '../base/testing/skipped.ts';
import { jikji, writeTexts } from '../foundry/make/testing/cli.ts';
import { readStatement } from '../ledger/index.ts';
import { callHere } from './testing/bad-input.ts';

const KILLS = process.env.JIKJI_TORTURE ? 20 : 2;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? randomInt(2 ** 31));
const PRELOAD = new URL('../foundry/make/testing/kill.ts', import.meta.url).href;
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const OTHER_NODE = process.env.JIKJI_OTHER_NODE;
skipped('another release of Node', OTHER_NODE ? undefined : 'JIKJI_OTHER_NODE names none');

const HEAD = `
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 300 }`;
/** Shapes that have little in common. */
const RECIPES = {
  untied: `name: untied${HEAD}
model: { hiddenSize: 16, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2, tieWordEmbeddings: false }
train: { steps: 23, batchSize: 4, sequenceLength: 16, microBatchSize: 1, gradientGroups: 2, schedule: wsd, warmupSteps: 4, checkpointEvery: 2, keepEvery: 2, validateEvery: 9, validationTokens: 200 }
`,
  tied: `name: tied${HEAD}
model: { hiddenSize: 24, numHiddenLayers: 1, numAttentionHeads: 3, numKeyValueHeads: 3 }
train: { steps: 30, batchSize: 3, sequenceLength: 24, microBatchSize: 3, weightDecay: 0, beta1: 0.8, warmupSteps: 0, checkpointEvery: 3, validateEvery: 50, validationTokens: 200 }
`,
};
type Name = keyof typeof RECIPES;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-honest-'));
  writeTexts(join(folder, 'texts'), 30, 20);
  for (const [name, recipe] of Object.entries(RECIPES)) writeFileSync(join(folder, `${name}.yaml`), recipe);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Kill {
  kind: string;
  n: number;
}

/** Calls the command line: in a process of its own if that is to be killed. */
async function call(args: string[], kill?: Kill) {
  if (kill) {
    const plan = JSON.stringify({ signal: 'SIGKILL', ...kill });
    return jikji(args, { cwd: folder, env: { NODE_OPTIONS: `--import ${PRELOAD}`, JIKJI_TEST_KILL: plan } });
  }
  const own = ['config', 'state', 'cache'].map((name) => [`XDG_${name.toUpperCase()}_HOME`, join(folder, name)]);
  const { status: code, ...said } = await callHere(folder, args, { NO_COLOR: '1', ...Object.fromEntries(own) });
  return { code, signal: null, ...said };
}

const make = (name: Name, kill?: Kill) => call(argv`make ${name}.yaml --resume --json --threads 1 --out ${name}`, kill);

async function holds(run: string, options: Partial<AuditOptions> = {}, story = ''): Promise<Audit> {
  const found = await audit({ folder: run, threads: 2, replay: 'all', ...options });
  expect(
    found.checks.flatMap((check) => check.findings),
    story,
  ).toEqual([]);
  expect(found.verdict).toBe('holds');
  expect(found.cost.share).toBe(1);
  return found;
}

describe.each(Object.keys(RECIPES) as Name[])('%s, made with one thread', (name) => {
  test(`killed ${KILLS} times during training, and resumed`, { timeout: 600_000 }, async () => {
    const random = randomNumbers(SEED);
    const story = [`seed ${SEED}`];
    for (let killed = 0; killed < KILLS; ) {
      // Records and states alternate; a session that ends earlier is not killed.
      const kind = killed % 2 === 0 ? '/transcript' : '/checkpoints';
      const n = 1 + wholeBelow(random, KILLS > 3 ? 6 : 24);
      const ended = await make(name, { kind, n });
      story.push(`${kind} ${n}: ${ended.signal ?? ended.code}`);
      if (ended.signal === 'SIGKILL') killed++;
      else if (ended.code === 0) {
        rmSync(join(folder, name), { recursive: true });
      } else throw new Error(`${story.join('\n')}\n${ended.stdout}${ended.stderr}`);
    }
    const ended = await make(name);
    expect(ended.code, `${story.join('\n')}\n${ended.stdout}${ended.stderr}`).toBe(0);
    await holds(join(folder, name), {}, story.join('\n'));
  });

  test('moved to another folder', async () => {
    const moved = join(folder, `${name} moved`);
    renameSync(join(folder, name), moved);
    await holds(moved, { threads: 1 });
    renameSync(moved, join(folder, name));
  });

  test.each([
    [1, { tile: 8, revectorize: false }],
    [2, { tile: 16, revectorize: false }],
    [2, { tile: 16 }],
  ] as const)('audited with %i threads on %j', async (threads, engine) => {
    await holds(join(folder, name), { threads, engine });
  });

  test('as a bundle', async () => {
    const out = join(folder, `${name}.tar`);
    await bundleRun({ run: join(folder, name), out, withoutData: false });
    await withBundle(out, (unpacked) => holds(unpacked, { threads: 1 }));
  });
});

test('lodged, killed in every stage of a lodged run, and resumed', async () => {
  const random = randomNumbers(SEED);
  const lodgedMake = (more: string[], kill?: Kill) =>
    call(argv`make untied.yaml --resume --json --threads 1 --out lodged ${more}`, kill);
  const killed = async (more: string[], kind: string, n: number): Promise<void> => {
    const ended = await lodgedMake(more, { kind, n });
    expect(ended.signal, `${kind} ${n}, seed ${SEED}: ${ended.stderr}`).toBe('SIGKILL');
  };
  expect((await call(argv`key new office`)).code).toBe(0);
  const lodge = ['--lodge', 'answer.json'];

  await killed(lodge, '/request', 1 + wholeBelow(random, 3));
  const unanswered = await lodgedMake(lodge);
  expect(unanswered).toMatchObject({ code: 2, stderr: expect.stringContaining('the office has not answered') });
  expect((await call(argv`lodge lodged/request.json --key office --out answer.json`)).code).toBe(0);
  await killed(lodge, '/lodging', 1 + wholeBelow(random, 3));
  await killed(lodge, '/genesis', 1 + wholeBelow(random, 3));
  await killed(lodge, '/transcript', 1 + wholeBelow(random, 12));
  // Once the answer is in the folder, no option needs to name it.
  await killed([], '/checkpoints', 1 + wholeBelow(random, 12));
  await killed([], '/seal', 1 + wholeBelow(random, 3));
  expect((await lodgedMake([])).code).toBe(0);
  expect((await call(argv`lodge lodged/seal.json --key office`)).code).toBe(0);
  const run = join(folder, 'lodged');
  const office = readStatement(join(run, 'lodging.json'), 'lodging').keyid;
  await holds(run, { office }, `seed ${SEED}`);
});

/** The command line under the other Node. */
const other = async (args: string[]): Promise<string> => {
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'other'), XDG_STATE_HOME: join(folder, 'other') };
  const { stdout } = await promisify(execFile)(OTHER_NODE!, [MAIN, ...args, '--json'], { cwd: folder, env });
  return stdout;
};

describe.skipIf(!OTHER_NODE)(`another release of Node (JIKJI_OTHER_NODE=${OTHER_NODE ?? 'not set'})`, () => {
  test('has another version', async () => {
    const { stdout } = await promisify(execFile)(OTHER_NODE!, ['--version']);
    expect(stdout.trim()).not.toBe(process.version);
  });

  test.each(Object.keys(RECIPES) as Name[])(
    'audits runs of this one, and this one audits its runs: %s',
    async (name) => {
      const found: Audit = JSON.parse(await other(argv`audit ${name} --replay all --threads 2`));
      expect(found).toMatchObject({ verdict: 'holds', cost: { share: 1 } });
      await other(['make', `${name}.yaml`, '--threads', '2', '--out', `${name} other`]);
      const again = await holds(join(folder, `${name} other`));
      expect(again.run.head).not.toBe(found.run.head); // another key signed it, and the chain begins with the key
      expect(again.run.stateRoot).toBe(found.run.stateRoot);
    },
  );
});
