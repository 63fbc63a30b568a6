// The command line in a process of its own, on a small recipe of texts that are written here; and what a run's folder holds.

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

export interface Ended {
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

/** Calls the command line and waits until it has ended. */
export async function jikji(args: string[], options: CallOptions): Promise<Ended> {
  const { cwd, env = {}, onStart, onStderr } = options;
  const own = {
    NO_COLOR: '1',
    XDG_CONFIG_HOME: join(cwd, 'config'),
    XDG_STATE_HOME: join(cwd, 'state'),
    XDG_CACHE_HOME: join(cwd, 'cache'),
  };
  const child = spawn(LAUNCHER, args, {
    cwd,
    env: { ...process.env, ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: Ended = { code: null, signal: null, stdout: '', stderr: '' };
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

/** A call of the command line that runs beside the test. */
export function jikjiBeside(args: string[], cwd: string) {
  let child: ChildProcess | undefined;
  let said = '';
  const onStart = (started: ChildProcess) => {
    child = started;
  };
  const onStderr = (piece: string) => {
    said += piece;
  };
  const ended = jikji(args, { cwd, onStart, onStderr });
  return { ended, kill: (signal: NodeJS.Signals) => child!.kill(signal), saying: () => said };
}

/** Every file below a folder with the digest of its bytes, folders as `name/`; names relative, in order. */
export function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const inside = join(path, name);
      const shown = relative(folder, inside);
      if (statSync(inside).isDirectory()) {
        found[`${shown}/`] = '';
        walk(inside);
      } else found[shown] = sha256Hex(readFileSync(inside));
    }
  };
  walk(folder);
  return found;
}

/**
 * What must be the same for two runs of a recipe: all files but those with a clock, a machine or a signature in them, and of the
 * signed ones what the bits decide.
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

/** What a run that was ended at this moment was about to do. */
export function stageOf(run: string): string {
  const there = (name: string) => existsSync(join(run, name));
  const half = (folder: string, start: string) =>
    there(folder) && readdirSync(join(run, folder)).some((name) => name.startsWith(start) && name.endsWith('.tmp'));
  if (!there('recipe.yaml')) return 'before the recipe';
  if (there('result.json')) return 'after the result';
  if (!there('corpus')) return 'corpus';
  if (!there('tokenizer/tokenizer.json')) return 'tokenizer';
  if (!there('corpus/tokens.json')) return 'tokens';
  if (!there('genesis.json')) return 'before training';
  if (half('.', 'model.')) return 'model writing';
  if (there('model')) return 'result writing';
  return half('checkpoints', 'step-') ? 'checkpoint writing' : 'training';
}
