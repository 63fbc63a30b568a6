// `sites move` between two users of this machine: a stand-in for ssh runs what it is given as the other one. Everything else is real: rsync, both
// ends, both keys. With two Slurms, two networks and OpenSSH: two-sites.fleet.test.ts.

import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { skipped } from '../base/testing/skipped.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { bitsOfMoved, type CallOptions, jikji, writeTexts } from '../foundry/make/testing/cli.ts';
import { readHolder } from '../run-folder/index.ts';
import { LAUNCHER } from './testing/bad-input.ts';

const skip = skipped('moving a run', spawnSync('rsync', ['--version']).error && 'rsync is not installed');
const KILLS = process.env.JIKJI_TORTURE ? 40 : 2;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? randomInt(2 ** 31));
const PRELOAD = new URL('../foundry/make/testing/kill.ts', import.meta.url).href;
const STEPS = 12;
const RECIPE = `
name: moved
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 }
train: { steps: ${STEPS}, batchSize: 2, sequenceLength: 16, microBatchSize: 2, checkpointEvery: 4, validateEvery: 4, validationTokens: 200 }
`;

const folder = temporaryFolder();
const homeOf = (site: string) => join(folder, site);
const runAt = (site: string, name: string) => join(homeOf(site), 'runs', name);

/** As ssh(1) takes its words; the host is a user of this machine. A kill that is planned for one end does not reach the other. */
const SSH = `#!/bin/sh
while :; do case $1 in -T) shift;; -o) shift 2;; --) shift; break;; *) break;; esac; done
site=$1; shift
[ "$1" = -- ] && shift
echo "$site $*" >> ${folder}/ssh.log
unset NODE_OPTIONS JIKJI_TEST_KILL
if [ -n "$FAR_KILL" ]; then NODE_OPTIONS="--import ${PRELOAD}" JIKJI_TEST_KILL=$FAR_KILL; export NODE_OPTIONS JIKJI_TEST_KILL; fi
XDG_CONFIG_HOME=${folder}/$site/config XDG_STATE_HOME=${folder}/$site/state XDG_CACHE_HOME=${folder}/$site/cache
export XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME
cd ${folder}/$site && exec sh -c "$*"
`;

const clusterOf = (site: string) => `
  - id: ${site}
    name: { en: ${site} }
    chips: not known
    reached: { scheduler: slurm, ssh: { host: ${site}, folder: ${homeOf(site)}/runs, jikji: ${LAUNCHER} }, egress: { price: 90, currency: USD } }`;

/** Calls the command line at a site. */
const at = (site: string, args: string[], { env, ...options }: Partial<CallOptions> = {}) => {
  const PATH = `${folder}/bin:${process.env.PATH}`;
  return jikji(args, { cwd: homeOf(site), env: { PATH, JIKJI_CATALOGUE: `${folder}/sites.yaml`, ...env }, ...options });
};

const planned = (signal: string, kind: string, n: number) => JSON.stringify({ signal, kind, n });
const killed = (signal: string, kind: string, n: number) => ({
  env: { NODE_OPTIONS: `--import ${PRELOAD}`, JIKJI_TEST_KILL: planned(signal, kind, n) },
});

/** Makes or goes on with a run, up to a checkpoint if one is given: Ctrl-C stops it there. */
const make = async (site: string, name: string, until?: number) => {
  const recipe = existsSync(join(runAt(site, name), 'recipe.yaml'))
    ? join(runAt(site, name), 'recipe.yaml')
    : `${folder}/recipe.yaml`;
  const args = ['make', recipe, '--texts', folder, '--resume', '--json', '--threads', '1', '--out', runAt(site, name)];
  const kind = `step-00000${until}.*state.json`;
  const ended = await at(site, args, until === undefined ? {} : killed('SIGINT', kind, 1));
  expect(ended.code, ended.stdout).toBe(until === undefined ? 0 : 130);
};

const move = (from: string, to: string, name: string, options: Partial<CallOptions> = {}, ...more: string[]) =>
  at(from, ['sites', 'move', runAt(from, name), '--to', to, '--no-start', '--yes', '--json', ...more], options);

const moved = async (from: string, to: string, name: string) => {
  const ended = await move(from, to, name);
  expect(ended.code, ended.stdout).toBe(0);
  return JSON.parse(ended.stdout);
};

const bitsAt = (site: string, name: string) => bitsOfMoved(runAt(site, name));

const errorIn = (ended: { stdout: string }) => JSON.parse(ended.stdout).error;
const keyAt = async (site: string) =>
  JSON.parse((await at(site, ['key', 'show', '--json'])).stdout).fingerprint as string;

let straight: ReturnType<typeof bitsAt>;
let keys: { a: string; b: string; c: string };
beforeAll(async () => {
  if (skip) return;
  writeTexts(join(folder, 'texts'), 8, 20);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/ssh'), SSH);
  chmodSync(join(folder, 'bin/ssh'), 0o755);
  const head = 'formatVersion: 1\nid: ours\nversion: 1\ntitle: { en: Ours }\nclusters:';
  writeFileSync(join(folder, 'sites.yaml'), `${head}${['a', 'b', 'c'].map(clusterOf).join('')}\n`);
  for (const site of ['a', 'b', 'c']) {
    mkdirSync(homeOf(site));
    await at(site, ['key', 'new']);
  }
  keys = { a: await keyAt('a'), b: await keyAt('b'), c: await keyAt('c') };
  await make('a', 'straight');
  straight = bitsAt('a', 'straight');
});

describe.skipIf(skip)('a run moves', () => {
  test('three times, and comes back: the bits of one that never moved; the audit names all its keys', async () => {
    await make('a', 'run', 4);
    const said = await at('a', [
      'sites',
      'move',
      runAt('a', 'run'),
      '--to',
      'b',
      '--from',
      'a',
      '--no-start',
      '--json',
    ]);
    const { cost, moved: isMoved } = JSON.parse(said.stdout);
    const bytes = cost.bytesToSend;
    expect({ isMoved, cost }).toMatchObject({
      isMoved: false,
      cost: { bytes, egress: { amount: (90 * bytes) / 1e9 } },
    });
    expect(existsSync(runAt('b', 'run'))).toBe(false); // nothing but an empty folder beside it was made
    expect(await moved('a', 'b', 'run')).toMatchObject({ from: keys.a, to: keys.b, step: 4, moved: true });
    // The first site goes on no more, whatever it is asked.
    const args = ['make', join(runAt('a', 'run'), 'recipe.yaml'), '--resume', '--json', '--threads', '1'];
    expect(errorIn(await at('a', args))).toMatchObject({ code: 'run-handed-over' });
    expect(errorIn(await move('a', 'c', 'run'))).toMatchObject({ code: 'run-handed-over' });
    expect(await moved('a', 'b', 'run')).toMatchObject({ to: keys.b, cost: null }); // said once more, nothing happens
    await make('b', 'run', 8);
    expect(await moved('b', 'a', 'run')).toMatchObject({ from: keys.b, to: keys.a });
    expect(await moved('a', 'c', 'run')).toMatchObject({ from: keys.a, to: keys.c });
    await make('c', 'run');
    expect(bitsAt('c', 'run')).toEqual(straight);
    const audit = await at('b', ['audit', runAt('c', 'run'), '--maker', keys.a, '--replay', 'all', '--json']);
    expect(JSON.parse(audit.stdout)).toMatchObject({ verdict: 'holds', extent: 'all' });
    const { run } = JSON.parse(audit.stdout);
    expect(run.moves.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual([
      [keys.a, keys.b],
      [keys.b, keys.a],
      [keys.a, keys.c],
    ]);
    expect(JSON.parse((await at('b', ['audit', runAt('c', 'run'), '--maker', keys.c, '--json'])).stdout).verdict).toBe(
      'refuted',
    );
    // Nothing of the sites is in what is given to others.
    expect((await at('c', ['bundle', runAt('c', 'run'), '--out', 'it.tar', '--json'])).code).toBe(0);
    const tar = readFileSync(join(homeOf('c'), 'it.tar'), 'latin1');
    for (const secret of ['PRIVATE KEY', folder, homeOf('b'), LAUNCHER])
      expect(tar.includes(secret), secret).toBe(false);
  });

  test('what cannot move is refused before anything is sent', async () => {
    expect(errorIn(await move('a', 'b', 'straight'))).toMatchObject({ code: 'run-finished' });
    expect(errorIn(await move('a', 'd', 'straight'))).toMatchObject({ code: 'cluster-unknown' });
    await make('a', 'held', 4);
    mkdirSync(runAt('b', 'held'), { recursive: true });
    writeFileSync(join(runAt('b', 'held'), 'mine.txt'), 'not a run');
    const refused = errorIn(await move('a', 'b', 'held'));
    expect(refused).toMatchObject({ code: 'site-refuses', message: expect.stringContaining('another run') });
    expect(readdirSync(runAt('b', 'held'))).toEqual(['mine.txt']);
    const away = { env: { PATH: `${folder}/away:${process.env.PATH}` } };
    mkdirSync(join(folder, 'away'), { recursive: true });
    writeFileSync(
      join(folder, 'away/ssh'),
      '#!/bin/sh\necho "ssh: connect to host c port 22: No route to host" >&2\nexit 255\n',
    );
    chmodSync(join(folder, 'away/ssh'), 0o755);
    expect(errorIn(await move('a', 'c', 'held', away))).toMatchObject({
      code: 'site-away',
      message: expect.stringContaining('No route'),
    });
    await make('a', 'held'); // it goes on here
    expect(bitsAt('a', 'held')).toEqual(straight);
  });

  test('a file that is damaged on its way is sent again; one that stays so ends the move, and the run is here', async () => {
    await make('a', 'damaged', 4);
    const real = spawnSync('sh', ['-c', 'command -v rsync']).stdout.toString().trim();
    const rsync = join(folder, 'bin/rsync');
    const spoil = `printf x >> ${runAt('b', 'damaged')}.arriving/transcript.jsonl`;
    writeFileSync(
      rsync,
      `#!/bin/sh\ncase "$*" in *--server*) exec ${real} "$@";; esac\n${real} "$@" || exit\n${spoil}\n`,
    );
    chmodSync(rsync, 0o755);
    try {
      expect(errorIn(await move('a', 'b', 'damaged'))).toMatchObject({ code: 'site-answer' });
      writeFileSync(
        rsync,
        `#!/bin/sh\n${real} "$@" || exit\n[ -e ${folder}/once ] || case "$*" in *--server*) ;; *) touch ${folder}/once; ${spoil};; esac\n`,
      );
      await moved('a', 'b', 'damaged');
    } finally {
      rmSync(rsync);
    }
    await make('b', 'damaged');
    expect(bitsAt('b', 'damaged')).toEqual(straight);
  });

  /** Where a run may be gone on with: with neither key while it is on its way, never with both. */
  const holders = (name: string): string[] =>
    [runAt('a', name), runAt('b', name), `${runAt('b', name)}.arriving`]
      .filter((path) => existsSync(join(path, 'genesis.json')))
      .map((path) => {
        try {
          const { holder } = readHolder(path);
          return holder === (path.startsWith(homeOf('a')) ? keys.a : keys.b) ? path : '';
        } catch {
          return ''; // half of its files
        }
      })
      .filter((path) => path !== '');

  test.each(['here', 'there'])(
    'a kill %s at any change to a file: the same call ends the move, and the bits are the same',
    async (end) => {
      const random = randomNumbers(SEED);
      const plan = (n: number) =>
        end === 'here' ? killed('SIGKILL', '.', n) : { env: { FAR_KILL: planned('SIGKILL', '.', n) } };
      for (let i = 0; i < KILLS; i++) {
        const name = `killed-${end}-${i}`;
        await make('a', name, 4);
        const n = 1 + (process.env.JIKJI_TORTURE ? i : wholeBelow(random, 24));
        const first = await move('a', 'b', name, plan(n));
        const why = `JIKJI_TEST_SEED=${SEED}: kill ${n} ${end}: ${first.stdout}`;
        expect(holders(name).length, why).toBeLessThanOrEqual(1);
        if (first.code !== 0) {
          const again = await move('a', 'b', name);
          expect(again.code, `${why}\n${again.stdout}`).toBe(0);
        }
        expect(holders(name), why).toEqual([runAt('b', name)]);
        expect(
          readdirSync(join(homeOf('b'), 'runs')).filter((one) => one.startsWith(`${name}.`)),
          why,
        ).toEqual([]);
        await make('b', name);
        expect(bitsAt('b', name), why).toEqual(straight);
      }
    },
    600_000,
  );
});
