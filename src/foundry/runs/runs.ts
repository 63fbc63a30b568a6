// The runs made on this machine: a list in the per-user state folder, and what each run's folder says of itself.
// Only reads run folders, and believes nothing in them: a broken or vanished folder is a line in the list, not an error.

import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { isLocked, makeFolder } from '../../base/index.ts';

/** The lock that `make` holds in a run's folder while it works on it. */
export const RUN_LOCK = 'lock';

export interface RunSummary {
  name: string;
  /** Absolute. */
  folder: string;
  /** `gone`: the folder is no longer there. `broken`: it is, but nothing in it can be read as a run. */
  state: 'finished' | 'unfinished' | 'running' | 'gone' | 'broken';
  /** Steps the recipe asks for, steps in the transcript. */
  steps: number | null;
  stepsDone: number | null;
  /** Of the last step, nats a token. */
  loss: number | null;
  valBitsPerByte: number | null;
  stateRoot: string | null;
  /** When the run was last begun or gone on with, ISO 8601. */
  noted: string | null;
}

function listFile(): string {
  const state = process.env.XDG_STATE_HOME;
  return join(state && isAbsolute(state) ? state : join(homedir(), '.local', 'state'), 'jikji', 'runs.jsonl');
}

/**
 * Notes a run in the per-user list. Returns whether that could be done: a read-only home is no reason to stop a run.
 * One short line in append mode, so that two runs begun at once do not mix.
 */
export function noteRun(folder: string): boolean {
  const file = listFile();
  const line = JSON.stringify({ formatVersion: 1, folder: resolve(folder), noted: new Date().toISOString() });
  try {
    makeFolder(dirname(file));
    appendFileSync(file, `${line}\n`);
    return true;
  } catch {
    return false;
  }
}

/** The folders of the runs noted on this machine, absolute, the newest first; `noted` is when, ISO 8601. */
export function notedRuns(): { folder: string; noted: string | null }[] {
  let text = '';
  try {
    text = readFileSync(listFile(), 'utf8');
  } catch {
    // nothing noted yet
  }
  const noted = new Map<string, string | null>();
  for (const line of text.split('\n')) {
    const entry = json(line);
    if (typeof entry?.folder !== 'string' || !isAbsolute(entry.folder)) continue;
    noted.delete(entry.folder); // a later note moves the run to the end
    noted.set(entry.folder, typeof entry.noted === 'string' ? entry.noted : null);
  }
  return [...noted].reverse().map(([folder, when]) => ({ folder, noted: when }));
}

/** The runs noted on this machine, the newest first. */
export const listRuns = (): RunSummary[] => notedRuns().map(({ folder, noted }) => ({ ...readRun(folder), noted }));

type Loose = { [key: string]: unknown };

function json(text: string | undefined): Loose | undefined {
  try {
    const value = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A file's last bytes as text; undefined where there is no such file. A transcript of a long run is not read whole. */
function tail(path: string, most = 1 << 20): string | undefined {
  try {
    // A pipe in a file's place must not be waited for.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return undefined;
      const { size } = stat;
      const bytes = new Uint8Array(Math.min(size, most));
      let length = 0;
      for (let n = 1; n > 0 && length < bytes.length; length += n) {
        n = readSync(fd, bytes, length, bytes.length - length, size - bytes.length + length);
      }
      return new TextDecoder().decode(bytes.subarray(0, length));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const hexText = (value: unknown) => (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : null);

/** A number, or the eight hex digits of a binary32 or sixteen of a binary64, as transcripts write what must be exact. */
export function numberOrBits(value: unknown): number | null {
  if (typeof value !== 'string') return finite(value);
  const hex = value.replace(/^0x/, '');
  if (!/^([0-9a-f]{8}|[0-9a-f]{16})$/i.test(hex)) return null;
  const bytes = Buffer.from(hex, 'hex');
  return finite(bytes.length === 4 ? bytes.readFloatBE() : bytes.readDoubleBE());
}

/** Tokens a second of the session that finished a run; null where none did. */
export const speedOf = (folder: string): number | null =>
  finite(json(tail(join(folder, 'result.json')))?.tokensPerSecond);

/** What a run's folder says of itself. Never throws. */
export function readRun(folder: string): Omit<RunSummary, 'noted'> {
  const summary: Omit<RunSummary, 'noted'> = {
    name: basename(folder),
    folder,
    state: 'gone',
    steps: null,
    stepsDone: null,
    loss: null,
    valBitsPerByte: null,
    stateRoot: null,
  };
  try {
    if (!statSync(folder).isDirectory()) return summary;
  } catch {
    return summary;
  }
  let recipe: Loose | undefined;
  try {
    const value: unknown = parse(tail(join(folder, 'recipe.yaml')) ?? '', { maxAliasCount: 0, logLevel: 'silent' });
    if (value !== null && typeof value === 'object') recipe = value as Loose;
  } catch {
    // shown as broken below unless something else is there
  }
  if (typeof recipe?.name === 'string') summary.name = recipe.name;
  if (recipe?.train !== null && typeof recipe?.train === 'object')
    summary.steps = finite((recipe.train as Loose).steps);

  const transcript = tail(join(folder, 'transcript.jsonl'));
  for (const line of (transcript ?? '').trimEnd().split('\n').reverse()) {
    // The last record tells the most; what only some tell is looked for in those, for there are thousands.
    if (summary.loss !== null && !/"(stateRoot|valBitsPerByte|bitsPerByte)"/.test(line)) continue;
    const record = json(line);
    if (!record) continue;
    summary.stepsDone ??= finite(record.step);
    summary.loss ??= numberOrBits(record.loss);
    summary.valBitsPerByte ??= numberOrBits(record.valBitsPerByte ?? record.bitsPerByte);
    summary.stateRoot ??= hexText(record.stateRoot);
    if (summary.loss !== null && summary.valBitsPerByte !== null && summary.stateRoot !== null) break;
  }
  const score = json(tail(join(folder, 'validation.jsonl'))?.trimEnd().split('\n').at(-1));
  summary.valBitsPerByte ??= finite(score?.bitsPerByte);
  const result = json(tail(join(folder, 'result.json')));
  if (result) {
    summary.stepsDone = finite(result.steps) ?? summary.stepsDone;
    summary.valBitsPerByte = finite(result.valBitsPerByte) ?? summary.valBitsPerByte;
    summary.stateRoot = hexText(result.stateRoot) ?? summary.stateRoot;
  }
  if (isFile(join(folder, RUN_LOCK)) && isLocked(join(folder, RUN_LOCK))) summary.state = 'running';
  else if (result) summary.state = 'finished';
  else summary.state = recipe || transcript !== undefined ? 'unfinished' : 'broken';
  return summary;
}
