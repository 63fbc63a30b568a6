// Runs that move between two sites: networks, disks, processes and Slurms of their own, joined by OpenSSH. scripts/with-two-sites.sh starts them.

import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { skipped } from '../base/testing/skipped.ts';
import { bitsOfMoved, type ProcessEnd, writeTexts } from '../foundry/make/testing/cli.ts';
import { readHolder } from '../run-folder/index.ts';

type Site = 'titan' | 'azalea';

const homes = process.env.SITES ?? '';
const skip = skipped(
  'two sites',
  homes === '' ? 'scripts/with-two-sites.sh did not start them' : undefined,
  'npm run check:fleet',
);
const SEED = Number(process.env.JIKJI_TEST_SEED ?? randomInt(2 ** 31));
const KILLS = process.env.JIKJI_TORTURE ? 20 : 2;
const PACED = `export NODE_OPTIONS="--import ${new URL('testing/paced.ts?60', import.meta.url).href}"\n`;

const RECIPE = `
name: moves
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 700 }
model: { hiddenSize: 64, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 300, batchSize: 4, sequenceLength: 32, microBatchSize: 2, checkpointEvery: 7, keepEvery: 6, validateEvery: 50, validationTokens: 500 }
`;

/** Runs a command at a site. */
const at = (site: Site, ...command: string[]): Promise<ProcessEnd> =>
  new Promise((resolve, reject) => {
    const child = spawn('on-site', [site, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (piece) => (stdout += piece));
    child.stderr.setEncoding('utf8').on('data', (piece) => (stderr += piece));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
const jikji = (site: Site, ...args: string[]) => at(site, '/root/jikji', ...args, '--json');
const asked = async (site: Site, ...args: string[]) => {
  const ended = await jikji(site, ...args);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout);
};
const run = (...words: string[]) => spawnSync(words[0]!, words.slice(1), { encoding: 'utf8' }).stdout.trim();

const runAt = (site: Site, name: string) => join(homes, site, 'runs', name);
/** What Jikji at a site reads before it starts. */
const atEachStart = (site: Site, shell: string) => appendFileSync(join(homes, site, 'environment'), shell);
/** What leaves a site by rsync leaves so slowly that a fault comes while files arrive, however fast the machine is. */
function slowly(site: Site, kilobytesPerSecond: number): void {
  const shim = join(homes, site, 'slow');
  mkdirSync(shim, { recursive: true });
  const rsync = run('sh', '-c', 'command -v rsync');
  writeFileSync(join(shim, 'rsync'), `#!/bin/sh\nexec ${rsync} --bwlimit=${kilobytesPerSecond} "$@"\n`);
  chmodSync(join(shim, 'rsync'), 0o755);
  atEachStart(site, 'export PATH=/root/slow:$PATH\n');
}
const steps = (site: Site, name: string): number => {
  const path = join(runAt(site, name), 'transcript.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};
const patience = { timeout: 300_000, interval: 20 };
const reaches = (site: Site, name: string, step: number) => vi.waitUntil(() => steps(site, name) >= step, patience);
const appears = (path: string) => vi.waitUntil(() => existsSync(path), patience);
const recipe = (name: string) => `/root/runs/${name}/recipe.yaml`;
const goesOn = (site: Site, name: string) =>
  asked(site, 'make', recipe(name), '--resume', '--threads', '1', '--out', `/root/runs/${name}`);
const move = (from: Site, to: Site, name: string, ...more: string[]) =>
  jikji(from, 'sites', 'move', `/root/runs/${name}`, '--to', to, '--yes', ...more);
const errorIn = ({ stdout }: ProcessEnd) => JSON.parse(stdout).error;

/** The folders in which a run may be gone on with by the key of their site. */
const holders = (name: string): Site[] =>
  (['titan', 'azalea'] as const).filter((site) =>
    [runAt(site, name), `${runAt(site, name)}.arriving`].some((path) => {
      try {
        return readHolder(path).holder === keys[site];
      } catch {
        return false; // nothing, or half of its files
      }
    }),
  );

let straight: ReturnType<typeof bitsOfMoved>;
const keys = {} as Record<Site, string>;
beforeAll(async () => {
  if (skip) return;
  for (const site of ['titan', 'azalea'] as const) {
    await asked(site, 'key', 'new');
    keys[site] = (await asked(site, 'key', 'show')).fingerprint;
  }
  writeTexts(join(homes, 'titan/texts'), 80, 60);
  writeFileSync(join(homes, 'titan/recipe.yaml'), RECIPE);
  await asked('titan', 'make', 'recipe.yaml', '--threads', '1', '--out', 'runs/straight');
  straight = bitsOfMoved(runAt('titan', 'straight'));
  // A run in the middle, for those that are moved without a job.
  atEachStart('titan', PACED);
  const half = jikji('titan', 'make', 'recipe.yaml', '--threads', '1', '--out', 'runs/half');
  await reaches('titan', 'half', 30);
  await at('titan', 'pkill', '-INT', '-f', 'runs/half');
  expect(await half).toMatchObject({ code: 130 });
  rmSync(join(homes, 'titan/environment'));
}, 120_000);
afterEach(() => {
  for (const site of ['titan', 'azalea'])
    for (const fault of ['environment', 'full']) rmSync(join(homes, site, fault), { force: true });
});
const begun = (name: string) => cpSync(runAt('titan', 'half'), runAt('titan', name), { recursive: true });

describe.skipIf(skip)('two sites', () => {
  test('a run of jobs moves three times, once back: the bits of one that never moved', async () => {
    for (const site of ['titan', 'azalea'] as const) atEachStart(site, PACED);
    const there = await asked('titan', 'sites', 'status', 'azalea');
    expect(there).toMatchObject({ site: 'azalea', key: keys.azalea, runs: [], slurm: { jobs: [] } });
    expect(there.slurm.partitions).toMatchObject([{ name: 'main', up: true, processorsAll: 8 }, { name: 'short' }]);
    const job = ['--threads', '1', '--time', '20'];
    await asked('titan', 'make', 'recipe.yaml', '--out', 'runs/run', '--on', 'slurm', ...job, '--detach');
    let [from, to]: Site[] = ['titan', 'azalea'];
    for (const step of [30, 80, 130]) {
      await reaches(from!, 'run', step);
      const ended = await move(from!, to!, 'run', ...job);
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
      expect(JSON.parse(ended.stdout)).toMatchObject({ from: keys[from!], to: keys[to!], job: expect.any(String) });
      expect(run('on-site', from!, 'squeue', '--noheader')).toBe('');
      const refused = await jikji(
        from!,
        'make',
        recipe('run'),
        '--resume',
        '--threads',
        '1',
        '--out',
        '/root/runs/run',
      );
      expect(errorIn(refused)).toMatchObject({ code: 'run-handed-over' });
      const moved = { folder: '/root/runs/run' };
      expect((await asked(from!, 'runs')).runs).toContainEqual(expect.objectContaining({ ...moved, handedOver: true }));
      const { runs, slurm } = await asked(from!, 'sites', 'status', to!);
      // On a slow machine it may be finished by now.
      const { state } = runs.find(({ folder }: { folder: string }) => folder === moved.folder);
      expect(['unfinished', 'running', 'finished']).toContain(state);
      if (state !== 'finished') expect(slurm.jobs).toHaveLength(1);
      [from, to] = [to, from];
    }
    await appears(join(runAt('azalea', 'run'), 'seal.json'));
    expect(bitsOfMoved(runAt('azalea', 'run'))).toEqual(straight);
    const audit = await asked('azalea', 'audit', '/root/runs/run', '--maker', keys.titan, '--replay', 'all');
    expect(audit).toMatchObject({ verdict: 'holds' });
    expect(audit.run.moves).toHaveLength(3);
    // What travels, and what is given to others, knows no site.
    await asked('azalea', 'bundle', '/root/runs/run', '--out', 'it.tar');
    const bundle = readFileSync(join(homes, 'azalea/it.tar'), 'latin1');
    for (const secret of ['PRIVATE KEY', '10.77.0.', 'azalea', 'titan', '/root/'])
      expect(bundle.includes(secret), secret).toBe(false);
  }, 300_000);

  test.each(['-1h', '+1h'])(
    'a clock that is off by %s at the other site',
    async (offset) => {
      const name = `clock${offset}`;
      begun(name);
      const library = run('sh', '-c', 'echo /usr/lib/*/faketime/libfaketimeMT.so.1');
      atEachStart('azalea', `export FAKETIME=${offset} FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=${library}\n`);
      expect(await move('titan', 'azalea', name, '--no-start')).toMatchObject({ code: 0 });
      await goesOn('azalea', name);
      expect(bitsOfMoved(runAt('azalea', name))).toEqual(straight);
      const audit = await asked('titan', 'audit', join(homes, 'azalea/runs', name), '--maker', keys.titan);
      expect(audit).toMatchObject({ verdict: 'holds' });
    },
    120_000,
  );

  test('a disk that is full at the other site, or gets full while files arrive', async () => {
    begun('full');
    run('fill-site', 'azalea');
    expect(errorIn(await move('titan', 'azalea', 'full', '--no-start'))).toMatchObject({ code: 'site-full' });
    rmSync(join(homes, 'azalea/full'));
    rmSync(`${runAt('azalea', 'full')}.arriving`, { recursive: true, force: true });
    slowly('titan', 100);
    const moving = move('titan', 'azalea', 'full', '--no-start');
    await appears(`${runAt('azalea', 'full')}.arriving`);
    run('fill-site', 'azalea');
    const ended = await moving;
    expect(errorIn(ended), ended.stdout).toMatchObject({ code: 'site-full' });
    expect(holders('full')).toEqual(['titan']);
    rmSync(join(homes, 'azalea/full'));
    rmSync(join(homes, 'titan/environment'));
    expect(await move('titan', 'azalea', 'full', '--no-start')).toMatchObject({ code: 0 });
    expect(holders('full')).toEqual(['azalea']);
    await goesOn('azalea', 'full');
    expect(bitsOfMoved(runAt('azalea', 'full'))).toEqual(straight);
  }, 120_000);

  test('a cable that is out, or is taken out while files arrive and put in again', async () => {
    begun('cable');
    run('cut-sites');
    try {
      const ended = await move('titan', 'azalea', 'cable', '--no-start');
      expect(errorIn(ended)).toMatchObject({ code: 'site-away' });
    } finally {
      run('join-sites');
    }
    slowly('titan', 500);
    const ended = move('titan', 'azalea', 'cable', '--no-start');
    await appears(`${runAt('azalea', 'cable')}.arriving`);
    run('cut-sites');
    await setTimeout(3000); // the fault lasts so long
    run('join-sites');
    expect(await ended).toMatchObject({ code: 0 });
    expect(holders('cable')).toEqual(['azalea']);
    await goesOn('azalea', 'cable');
    expect(bitsOfMoved(runAt('azalea', 'cable'))).toEqual(straight);
  }, 120_000);

  test.each(['titan', 'azalea'] as const)(
    'power that is lost at %s at any moment: the same call ends the move, and the bits are the same',
    async (site) => {
      const random = randomNumbers(SEED);
      begun(`timed-${site}`);
      const began = performance.now();
      expect(await move('titan', 'azalea', `timed-${site}`, '--no-start')).toMatchObject({ code: 0 });
      const whole = Math.ceil(performance.now() - began);
      for (let i = 0; i < KILLS; i++) {
        const name = `lost-${site}-${i}`;
        begun(name);
        const ended = move('titan', 'azalea', name, '--no-start');
        const after = wholeBelow(random, whole);
        await setTimeout(after);
        await at(site, 'pkill', '-KILL', '-f', 'sites (move|receive)|rsync|ssh .*login|sshd-session');
        const first = await ended;
        const why = `JIKJI_TEST_SEED=${SEED}: lost at ${site} after ${after} of ${whole} ms: ${first.stdout}`;
        expect(holders(name).length, why).toBeLessThanOrEqual(1);
        const again = await move('titan', 'azalea', name, '--no-start');
        expect(again.code, `${why}\n${again.stdout}`).toBe(0);
        expect(holders(name), why).toEqual(['azalea']);
        const beside = readdirSync(join(homes, 'azalea/runs')).filter((one) => one.startsWith(`${name}.`));
        expect(beside, why).toEqual([]);
        await goesOn('azalea', name);
        expect(bitsOfMoved(runAt('azalea', name)), why).toEqual(straight);
        for (const one of ['titan', 'azalea'] as const) rmSync(runAt(one, name), { recursive: true });
      }
    },
    900_000,
  );
});
