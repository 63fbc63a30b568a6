// Runs the command line in a separate process, writes texts for a small recipe, and reads the content of a run's folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { readStatement, sha256Hex } from '../../../ledger/index.ts';
import { runPaths } from '../../../run-folder/index.ts';

const LAUNCHER = fileURLToPath(new URL('../../../../bin/jikji', import.meta.url));

/** Texts of made-up words, `files` of them with `lines` lines of twelve words each: enough to train a tokenizer on. */
export function writeTexts(folder: string, files: number, lines: number): void {
  const random = randomNumbers(377);
  const letter = () => 'etaoinshrdlu가나다라마바'.charAt(wholeBelow(random, 18));
  const words = Array.from({ length: 900 }, () => Array.from({ length: 2 + wholeBelow(random, 7) }, letter).join(''));
  mkdirSync(folder, { recursive: true });
  for (let f = 0; f < files; f++) {
    const line = () => Array.from({ length: 12 }, () => words[wholeBelow(random, words.length)]).join(' ');
    writeFileSync(join(folder, `${f}.txt`), Array.from({ length: lines }, line).join('\n'));
  }
}

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CallOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Called with the process once it runs, and with each piece of its standard error. */
  onStart?: (child: ChildProcess) => void;
  onStderr?: (piece: string, child: ChildProcess) => void;
}

/** Runs the command line and waits until it ends. */
export async function jikji(args: string[], options: CallOptions): Promise<ProcessEnd> {
  const { cwd, env = {}, onStart, onStderr } = options;
  const isolated = {
    NO_COLOR: '1',
    XDG_CONFIG_HOME: join(cwd, 'config'),
    XDG_STATE_HOME: join(cwd, 'state'),
    XDG_CACHE_HOME: join(cwd, 'cache'),
  };
  const child = spawn(LAUNCHER, args, {
    cwd,
    env: { ...process.env, ...isolated, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: ProcessEnd = { code: null, signal: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    ended.stdout += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    ended.stderr += piece;
    onStderr?.(piece, child);
  });
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...ended, code, signal }));
  });
}

/** Starts the command line beside the test; `stderr` gives its standard error so far. */
export function jikjiBeside(args: string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  let child: ChildProcess | undefined;
  let stderr = '';
  const onStart = (started: ChildProcess) => {
    child = started;
  };
  const onStderr = (piece: string) => {
    stderr += piece;
  };
  const ended = jikji(args, { cwd, env, onStart, onStderr });
  return { ended, kill: (signal: NodeJS.Signals) => child!.kill(signal), stderr: () => stderr };
}

/** The digest of each file below a folder, by relative name and in order; folders are `name/`. */
export function contents(folder: string): Record<string, string> {
  const digests: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const inside = join(path, name);
      const shown = relative(folder, inside);
      if (statSync(inside).isDirectory()) {
        digests[`${shown}/`] = '';
        walk(inside);
      } else digests[shown] = sha256Hex(readFileSync(inside));
    }
  };
  walk(folder);
  return digests;
}

/**
 * The data that must be equal for two runs of a recipe: all files without times, machines or signatures, and from the signed files the
 * values that follow from the bits.
 */
export function bitsOf(run: string): Record<string, unknown> {
  const files = contents(run);
  for (const name of ['sessions.jsonl', 'result.json', 'genesis.json', 'seal.json']) {
    if (!(name in files)) throw new Error(`${name} is missing`);
    delete files[name];
  }
  const { stateRoot, head, valBitsPerByte } = JSON.parse(readFileSync(runPaths(run).result, 'utf8'));
  const { commitment } = readStatement(runPaths(run).genesis, 'genesis').predicate;
  const { time: _, genesis: __, ...seal } = readStatement(runPaths(run).seal, 'seal').predicate;
  return { ...files, stateRoot, head, valBitsPerByte, commitment, seal };
}

/** The same of a run that was handed over, without what names its makers and sites. */
export function bitsOfMoved(run: string): Record<string, unknown> {
  const { seal, ...all } = bitsOf(run);
  const { formatVersion: _, handOvers: __, makerKey: ___, ...sealed } = seal as Record<string, unknown>;
  const left = ([file]: [string, unknown]) => !/^(hand-overs|job)\//.test(file);
  return { ...Object.fromEntries(Object.entries(all).filter(left)), sealed };
}

/** The stage in which a run was stopped, from the files in its folder. */
export function stageOf(run: string): string {
  const has = (name: string) => existsSync(join(run, name));
  const hasTemporary = (folder: string, start: string) =>
    has(folder) && readdirSync(join(run, folder)).some((name) => name.startsWith(start) && name.endsWith('.tmp'));
  if (!has('recipe.yaml')) return 'before the recipe';
  if (has('result.json')) return 'after the result';
  if (!has('corpus')) return 'corpus';
  if (!has('tokenizer/tokenizer.json')) return 'tokenizer';
  if (!has('corpus/tokens.json')) return 'tokens';
  if (!has('genesis.json')) return 'before training';
  if (hasTemporary('.', 'model.')) return 'model writing';
  if (has('model')) return 'result writing';
  return hasTemporary('checkpoints', 'step-') ? 'checkpoint writing' : 'training';
}
