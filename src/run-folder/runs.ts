// The runs made on this machine: a list in the per-user state folder, runs of other programs in the folder `runs`, and what each states. Only reads run folders and does not
// trust them: a broken or missing folder is a line in the list, not an error.

import { appendFileSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { finiteOrNull, isLocked, isObject, makeFolder, parseJson, stateFolder } from '../base/index.ts';
import { lastRecord } from '../ledger/index.ts';
import { RUN_LOCK, RUNS, runPaths } from './paths.ts';
import { withPlainFile } from './plain-file.ts';
import { isFolderHeld, readWitnessRun, witnessRunsIn } from './witness-runs.ts';

export interface RunSummary {
  name: string;
  /** Absolute. */
  folder: string;
  /** `gone`: the folder no longer exists. `broken`: it exists, but nothing in it can be read as a run. */
  state: 'finished' | 'unfinished' | 'running' | 'gone' | 'broken';
  /** Whether another program trained it, and a witness recorded it: `finished` then means that it has a seal. */
  witnessed: boolean;
  /** Steps planned in the recipe, steps in the transcript. */
  steps: number | null;
  stepsDone: number | null;
  /** Loss of the last step, in nats a token. */
  loss: number | null;
  valBitsPerByte: number | null;
  stateRoot: string | null;
  /** When the run was last started or continued, ISO 8601. */
  noted: string | null;
}

const listFile = (): string => join(stateFolder(), 'runs.jsonl');

/** One short line in append mode, so that the lines of two runs started at once do not mix. Returns whether that worked. */
function append(entry: object): boolean {
  const file = listFile();
  try {
    makeFolder(dirname(file));
    appendFileSync(file, `${JSON.stringify({ formatVersion: 1, ...entry })}\n`);
    return true;
  } catch {
    return false;
  }
}

/** Notes a run in the per-user list. Returns whether that worked: a read-only home is no reason to stop a run. */
export const noteRun = (folder: string): boolean =>
  append({ folder: resolve(folder), noted: new Date().toISOString() });

/** Takes a run that never began from the list. */
export function unnoteRun(folder: string): void {
  const path = resolve(folder);
  if (notedRuns().some((run) => run.folder === path)) append({ folder: path, removed: true });
}

/**
 * Absolute folders of the runs noted on this machine, and of the runs of other programs in the folder `runs` of the working directory, newest
 * first; `noted` is the time, ISO 8601.
 */
export function knownRuns(): { folder: string; noted: string | null }[] {
  const noted = notedRuns();
  const folders = new Set(noted.map(({ folder }) => folder));
  const witnessed = witnessRunsIn(resolve(RUNS), folders);
  if (witnessed.length === 0) return noted;
  return [...noted, ...witnessed].sort((a, b) => (b.noted ?? '').localeCompare(a.noted ?? ''));
}

function notedRuns(): { folder: string; noted: string | null }[] {
  let text = '';
  try {
    text = readFileSync(listFile(), 'utf8');
  } catch {
    // nothing noted yet
  }
  const noted = new Map<string, string | null>();
  for (const line of text.split('\n')) {
    const entry = parseObject(line);
    if (typeof entry?.folder !== 'string' || !isAbsolute(entry.folder)) continue;
    noted.delete(entry.folder); // a later note moves the run to the end
    if (entry.removed !== true) noted.set(entry.folder, typeof entry.noted === 'string' ? entry.noted : null);
  }
  return [...noted].reverse().map(([folder, when]) => ({ folder, noted: when }));
}

/** The runs of this machine, newest first. */
export const listRuns = (): RunSummary[] => knownRuns().map(({ folder, noted }) => ({ ...readRun(folder), noted }));

function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A file's last bytes; undefined if there is no such file. The transcript of a long run is not read whole. */
const tail = (path: string, maxBytes = 1 << 20): Buffer | undefined =>
  withPlainFile(path, (size, read) => read(Math.max(0, size - maxBytes), maxBytes));

const tailText = (path: string): string | undefined => {
  const bytes = tail(path);
  return bytes && new TextDecoder().decode(bytes);
};

const hexText = (value: unknown) => (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : null);

/** Lines that are tried: reading ends soon, whatever the file contains. */
const MAX_LINES = 100;

/** The last line that is an object. */
function lastObject(text: string): Record<string, unknown> | undefined {
  let at = text.lastIndexOf('{');
  for (let i = 0; i < MAX_LINES && at >= 0; i++) {
    const start = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf('\n', at);
    const value = parseObject(text.slice(start, end < 0 ? undefined : end));
    if (value !== undefined) return value;
    at = start > 0 ? text.lastIndexOf('{', start - 1) : -1;
  }
  return undefined;
}

/** The longest recipe that is parsed if it is not in the form that `make` writes: the YAML parser is slow. */
const MAX_FOREIGN = 16 << 10;

/** Name and steps of a recipe; undefined if the text is not one. */
function nameAndSteps(text: string): { name: string | undefined; steps: number | null } | undefined {
  const name = /^name: ([\p{L}\p{N}][\p{L}\p{N}._-]*)$/mu.exec(text)?.[1];
  const steps = /^train:\n(?: {2}.*\n)*? {2}steps: ([1-9][0-9]{0,14})$/m.exec(text)?.[1];
  if (name !== undefined && /[^0-9.]/.test(name) && steps !== undefined) return { name, steps: Number(steps) };
  if (text.length > MAX_FOREIGN) return undefined;
  let recipe: unknown;
  try {
    recipe = parse(text, { maxAliasCount: 0, logLevel: 'silent' });
  } catch {
    return undefined;
  }
  if (!isObject(recipe)) return undefined;
  return {
    name: typeof recipe.name === 'string' ? recipe.name : undefined,
    steps: isObject(recipe.train) ? finiteOrNull(recipe.train.steps) : null,
  };
}

/** Tokens a second of the session that finished the run; null if it is not finished. */
export const speedOf = (folder: string): number | null =>
  finiteOrNull(parseObject(tailText(runPaths(folder).result))?.tokensPerSecond);

/** Most transcripts have a record with a root of the state within so many bytes from their end. */
const NEAR_END = 64 << 10;

/** A summary with what the end of a transcript states. */
function recorded<T extends object>(summary: T, path: string) {
  const near = tail(path, NEAR_END) ?? Buffer.alloc(0);
  const isEnough = near.length < NEAR_END || (lastRecord(near) && lastRecord(near, { withRoot: true }));
  const piece = isEnough ? near : (tail(path) ?? near);
  const last = lastRecord(piece);
  return {
    ...summary,
    stepsDone: last?.step ?? null,
    loss: finiteOrNull(last?.loss),
    stateRoot: lastRecord(piece, { withRoot: true })?.stateRoot ?? null,
  };
}

/** What a run folder states. Never throws. */
export function readRun(folder: string): Omit<RunSummary, 'noted'> {
  const summary: Omit<RunSummary, 'noted'> = {
    name: basename(folder),
    folder,
    state: 'gone',
    witnessed: false,
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
  const paths = runPaths(folder);
  const witness = readWitnessRun(folder);
  if (witness) {
    const last = recorded(summary, paths.transcript);
    const state = isFolderHeld(folder) ? 'running' : witness.sealed ? 'finished' : 'unfinished';
    return { ...last, state, witnessed: true, steps: witness.steps };
  }
  const recipe = nameAndSteps(tailText(paths.recipe) ?? '');
  summary.name = recipe?.name ?? summary.name;
  summary.steps = recipe?.steps ?? null;

  Object.assign(summary, recorded(summary, paths.transcript));
  summary.valBitsPerByte = finiteOrNull(lastObject(tailText(paths.validation) ?? '')?.bitsPerByte);
  const result = parseObject(tailText(paths.result));
  if (result) {
    summary.stepsDone = finiteOrNull(result.steps) ?? summary.stepsDone;
    summary.valBitsPerByte = finiteOrNull(result.valBitsPerByte) ?? summary.valBitsPerByte;
    summary.stateRoot = hexText(result.stateRoot) ?? summary.stateRoot;
  }
  const lock = join(folder, RUN_LOCK);
  if (lstatSync(lock, { throwIfNoEntry: false })?.isFile() && isLocked(lock)) summary.state = 'running';
  else if (result) summary.state = 'finished';
  else summary.state = recipe || tail(paths.transcript, 1) !== undefined ? 'unfinished' : 'broken';
  return summary;
}
