// The list of this machine's runs, by id. A folder is read again only if its files have changed.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  GENESIS,
  knownRuns,
  RECIPE,
  RESULT,
  RUN_LOCK,
  type RunSummary,
  readRun,
  SEAL,
  SWEEP,
  TRANSCRIPT,
  VALIDATION,
} from '../../run-folder/index.ts';
import { fileMarks } from './file-marks.ts';
import { noRun } from './refusals.ts';

/** How long a list is reused. */
const FRESH_MS = 1000;
/** Milliseconds after which other requests get a turn. */
const TURN_MS = 15;
/** Files that `readRun` reads, and the lock of a process that writes the run. */
const FILES = [RECIPE, GENESIS, TRANSCRIPT, VALIDATION, RESULT, SEAL, RUN_LOCK];

type Summary = Omit<RunSummary, 'noted'>;
/** `folderMark`: of the folder itself. */
type Read = { mark: string; folderMark: string; summary: Summary };
type Noted = ReturnType<typeof knownRuns>[number] & { id: string };

/** The id of a run in the list, by its absolute path. */
export function runIdOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${name || 'run'}-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}

/** A row of the list. */
export interface RunInfo extends Omit<RunSummary, 'folder' | 'stateRoot'> {
  /** Stable: made of the folder's name and the digest of its path. */
  id: string;
  /** The sweep that it is a run of, by the folder around it; null if it was made alone. */
  sweep: { id: string; name: string } | null;
}

function sweepOf(folder: string): RunInfo['sweep'] {
  return existsSync(join(folder, SWEEP)) ? { id: runIdOf(folder), name: basename(folder) } : null;
}

export class Listing {
  #noted = new Map<string, Noted>();
  #notedAt = Number.NEGATIVE_INFINITY;
  readonly #read = new Map<string, Read>();
  /** By folder: a digest each, for thousands of runs. */
  readonly #ids = new Map<string, string>();
  #list: { at: number; runs: Promise<RunInfo[]> } | undefined;

  #runs(): Map<string, Noted> {
    const now = performance.now();
    if (now - this.#notedAt > FRESH_MS) {
      this.#noted = new Map(
        knownRuns().map((run) => {
          const id = this.#ids.get(run.folder) ?? runIdOf(run.folder);
          this.#ids.set(run.folder, id);
          return [id, { ...run, id }];
        }),
      );
      this.#notedAt = now;
    }
    return this.#noted;
  }

  #find(id: string): Noted {
    if (!this.#runs().has(id)) this.#notedAt = Number.NEGATIVE_INFINITY; // it may have started within the last second
    const found = this.#runs().get(id);
    if (found) return found;
    throw noRun(id);
  }

  /** The absolute path of a run. @throws JikjiError `run-unknown` */
  folder(id: string): string {
    return this.#find(id).folder;
  }

  /** The absolute paths of the runs as last listed, by id. */
  folders(): Map<string, string> {
    return new Map([...this.#noted.values()].map(({ id, folder }) => [id, folder]));
  }

  /** @throws JikjiError `run-unknown` */
  info(id: string): RunInfo {
    return this.#info(this.#find(id));
  }

  /** @throws JikjiError `run-unknown` */
  summary(id: string): Summary {
    return this.#summary(this.#find(id).folder);
  }

  #summary(folder: string): Summary {
    const before = this.#read.get(folder);
    const folderMark = fileMarks(folder, [''])[0]!;
    // A finished run gets no further record without a new lock, and a new file changes the mark of its folder. One that is gone has no mark.
    const { state, witnessed } = before?.summary ?? {};
    const isStill = state === 'gone' || (state === 'finished' && !witnessed);
    if (before && isStill && before.folderMark === folderMark) return before.summary;
    const marks = fileMarks(folder, FILES);
    const mark = marks.join('\n');
    // No file shows whether the holder of a lock is alive, so a locked run is always read again, and one of another program until its seal.
    const isSettled = marks.at(-1) === '' && !(before?.summary.witnessed && before.summary.state !== 'finished');
    if (before?.mark === mark && isSettled) return before.summary;
    const summary = readRun(folder);
    this.#read.set(folder, { mark, folderMark, summary });
    return summary;
  }

  /** @param sweepIn the sweeps of the folders around runs, looked up so far */
  #info({ id, folder, noted }: Noted, sweepIn = new Map<string, RunInfo['sweep']>()): RunInfo {
    const { name, state, witnessed, steps, stepsDone, loss, valBitsPerByte } = this.#summary(folder);
    const around = dirname(folder);
    const sweep = sweepIn.has(around) ? sweepIn.get(around)! : sweepOf(around);
    sweepIn.set(around, sweep);
    return { id, name, state, witnessed, steps, stepsDone, loss, valBitsPerByte, noted, sweep };
  }

  /** All runs, the newest first. Calls within a second get the same list. */
  list(): Promise<RunInfo[]> {
    const now = performance.now();
    if (!this.#list || now - this.#list.at > FRESH_MS) this.#list = { at: now, runs: this.#all() };
    return this.#list.runs;
  }

  async #all(): Promise<RunInfo[]> {
    const runs: RunInfo[] = [];
    const noted = [...this.#runs().values()];
    let turn = performance.now();
    const sweepIn = new Map<string, RunInfo['sweep']>();
    for (const run of noted) {
      runs.push(this.#info(run, sweepIn));
      if (performance.now() - turn < TURN_MS) continue;
      await setImmediate();
      turn = performance.now();
    }
    const folders = new Set(noted.map(({ folder }) => folder));
    for (const kept of [this.#read, this.#ids])
      for (const folder of kept.keys()) if (!folders.has(folder)) kept.delete(folder);
    return runs;
  }
}
