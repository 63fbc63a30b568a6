// For the tests of bad input: a small recipe, the command line in a separate process, the contents of a folder, the parts of an error.

import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, vi } from 'vitest';
import '../../base/testing/one-core.ts';
import './kept-thread.ts';
import { typed } from '../../base/testing/argv.ts';
import { setEnvironment } from '../../base/testing/environment.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { checkpointSteps } from '../../run-folder/index.ts';
import { run } from '../main.ts';

export const LAUNCHER = fileURLToPath(new URL('../../../bin/jikji', import.meta.url));
export const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Trains 12 steps of a 28,000-parameter model in about a tenth of a second. */
export const RECIPE = `name: t
seed: 1377
corpus:
  sources:
    - { files: texts.jsonl, language: en, licence: CC0-1.0 }
  validation: 0.05
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 32, intermediateSize: 64, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train:
  steps: 12
  batchSize: 4
  sequenceLength: 32
  warmupSteps: 2
  validateEvery: 6
  validationTokens: 500
  checkpointEvery: 3
`;

/** Two hundred documents of sixty words, in lines of JSON. */
export function texts(): string {
  const words = 'the people of a small river went up to cold winter and saw ship sail over sea while night fell'.split(
    ' ',
  );
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return words[(state >>> 16) % words.length];
  };
  const document = (_: unknown, i: number) =>
    JSON.stringify({ text: `${i} ${Array.from({ length: 60 }, next).join(' ')}.` });
  return `${Array.from({ length: 200 }, document).join('\n')}\n`;
}

/** A folder with the recipe and its text, which is removed after the tests of the file, and what lies beside it. */
export function workFolder(): string {
  const folder = realpathSync(temporaryFolder());
  writeFileSync(join(folder, 't.yaml'), RECIPE);
  writeFileSync(join(folder, 'texts.jsonl'), texts());
  afterAll(() => rmSync(`${folder}.home`, { recursive: true, force: true }));
  return folder;
}

/** The environment of a call: nothing of the user's own. The state folders lie beside the work folder, not in it. */
export const environment = (folder: string, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  NO_COLOR: '1',
  XDG_CONFIG_HOME: `${folder}.home/config`,
  XDG_STATE_HOME: `${folder}.home/state`,
  XDG_CACHE_HOME: `${folder}.home/cache`,
  ...env,
});

/** The environment of a user whose keys, lists and passing files lie in `home`, a folder beside those of other users. */
export function environmentAt(home: string): NodeJS.ProcessEnv {
  const own = (name: string) => join(home, name);
  mkdirSync(own('tmp'), { recursive: true });
  return {
    NO_COLOR: '1',
    TMPDIR: own('tmp'),
    XDG_CONFIG_HOME: own('config'),
    XDG_STATE_HOME: own('state'),
    XDG_CACHE_HOME: own('cache'),
  };
}

/** Forty texts of nine lines, t0.txt to t39.txt, of which a tiny model can be made. */
export function writeLines(folder: string): void {
  const line = (i: number) => `the ${i % 7} little words of line ${i * i} say ${i % 11} things`;
  for (let i = 0; i < 40; i++)
    writeFileSync(join(folder, `t${i}.txt`), Array.from({ length: 9 }, (_, j) => line(i * 9 + j)).join('\n'));
}

/** A recipe for them. */
export const tinyRecipe = (steps: number): string => `name: tiny
seed: 1377
corpus: { sources: [{ files: "t*.txt", licence: CC0-1.0 }], validation: 0.2 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 }
train: { steps: ${steps}, batchSize: 2, sequenceLength: 16, checkpointEvery: 2, validateEvery: 50, validationTokens: 100 }
`;

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Calls the command line in a folder, here in the test's own process: most calls are short, and a new process is not. One at a time. */
export async function callHere(folder: string, args: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const outcome: Outcome = { status: null, stdout: '', stderr: '' };
  const before = process.cwd();
  const streams = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      outcome[name] += text;
      return true;
    }),
  );
  const restore = setEnvironment(env);
  process.chdir(folder);
  try {
    outcome.status = await run(args);
  } finally {
    process.chdir(before);
    restore();
    for (const stream of streams) stream.mockRestore();
  }
  return outcome;
}

/** The same with --json, and nothing of the user's own. */
export const call = (folder: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  callHere(folder, [...args, '--json'], environment(folder, env));

/** A call that must end well. */
export async function succeed(outcome: Outcome | Promise<Outcome>): Promise<Outcome> {
  const ended = await outcome;
  expect(ended.status, ended.stderr).toBe(0);
  return ended;
}

/** Calls in one folder: the outcome, what one that must end well prints, and the error of one that must not. */
export function callsIn(folder: string) {
  const jikji = typed((args) => call(folder, args));
  return {
    jikji,
    // biome-ignore lint/suspicious/noExplicitAny: results of many kinds
    result: typed(async (args): Promise<any> => JSON.parse((await succeed(jikji`${args}`)).stdout)),
    refused: typed(async (args) => errorOf(await jikji`${args}`)),
  };
}

/** The same in a process of its own, which `by` starts. */
export function callApart(folder: string, args: string[], by: string[] = [LAUNCHER]): Outcome {
  const [command, ...before] = by;
  const options = { cwd: folder, encoding: 'utf8', env: environment(folder) } as const;
  const { status, stdout, stderr } = spawnSync(command!, [...before, ...args, '--json'], options);
  return { status, stdout, stderr };
}

/** Starts the command line and leaves it running. */
export const start = (folder: string, args: string[], options: SpawnOptions = {}) =>
  spawn(LAUNCHER, args, { cwd: folder, env: environment(folder), stdio: ['ignore', 'pipe', 'pipe'], ...options });

export interface PrintedError {
  code: string;
  message: string;
  input: string;
  hint: string;
}

/** The error of a call that had bad input: exit code 2, two lines at the end of stderr, the same as JSON, no stack. */
export function errorOf({ status, stdout, stderr }: Outcome): PrintedError {
  expect({ status, stderr }, stderr).toMatchObject({
    status: 2,
    stderr: expect.not.stringMatching(/\n\s+at |bug in Jikji/),
  });
  const { error } = JSON.parse(stdout) as { error: PrintedError };
  const { message, input, hint } = error;
  for (const text of [message, input, hint]) {
    expect(text).not.toBe('');
    expect(text).not.toMatch(/undefined|\[object|NaN|\n/);
  }
  expect(stderr.endsWith(`error: ${message} (${input})\n  ${hint}\n`), stderr).toBe(true);
  return error;
}

/** Everything below a folder: files with the digest of their bytes and their modes, folders, links. */
export function tree(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const inside = join(path, name);
      const stat = lstatSync(inside);
      const kind = stat.isDirectory() ? 'folder' : stat.isFile() ? sha256Hex(readFileSync(inside)) : 'other';
      found[relative(folder, inside)] = `${kind} ${(stat.mode & 0o777).toString(8)}`;
      if (stat.isDirectory()) walk(inside);
    }
  };
  walk(folder);
  return found;
}

/** The state root of a finished run. */
export const rootOf = (run: string): string => JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')).stateRoot;

/** Steps of a run's checkpoints. */
export const checkpoints = (run: string): number[] => checkpointSteps(join(run, 'checkpoints'));
