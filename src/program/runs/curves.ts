// Curves of runs for those who look: kept in memory while somebody does, followed by one poll per run however many follow it.
// The process that trains is another one and notices nothing: its files are read.

import { JikjiError } from '../../base/index.ts';
import { CurveReader } from '../../run-folder/index.ts';
import type { Curve, CurveRange, RunEvent, RunInfo } from './types.ts';

/** Runs whose curves stay in memory, and their bytes; those that are followed stay in any case. */
const MOST_KEPT = 8;
const MOST_BYTES = 512 << 20;
/** Runs that are followed at once. */
const MOST_FOLLOWED = 32;
/** Points of one event. */
const MOST_POINTS = 2000;
/** File systems do not reliably say that a file has grown. */
const POLL_MS = 500;

/** A run that somebody looks at. */
class Watched {
  readonly reader: CurveReader;
  followers = 0;
  /** The first look of those who follow now. */
  ready: Promise<void> = Promise.resolve();
  /** Rises where there is something new to be told. */
  version = 0;
  error: unknown;
  info: RunInfo | undefined;
  readonly #read: () => RunInfo;
  readonly #wake = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, read: () => RunInfo) {
    this.reader = new CurveReader(folder);
    this.#read = read;
  }

  follow(): void {
    if (this.followers++ > 0) return;
    this.ready = this.look();
    this.#poll();
  }

  unfollow(): void {
    if (--this.followers > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    const timer = setTimeout(async () => {
      await this.look();
      if (this.#timer === timer) this.#poll();
    }, POLL_MS).unref();
    this.#timer = timer;
  }

  /** Reads what is new. What is wrong with the run is told to those who follow. */
  async look(): Promise<void> {
    const before = this.#mark();
    this.error = undefined;
    try {
      this.info = this.#read();
      await this.reader.refresh();
    } catch (error) {
      this.error = error;
    }
    if (this.#mark() === before) return;
    this.version++;
    for (const wake of [...this.#wake]) wake();
  }

  #mark(): string {
    const { generation, steps, validations, damaged } = this.reader;
    return `${generation} ${steps} ${validations} ${damaged} ${this.error} ${markOf(this.info)}`;
  }

  /** Waits until the version is another than `seen`, or for the signal. */
  changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.version !== seen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#wake.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

/** What of a run is told as its state; its steps come as points. */
const markOf = (info: RunInfo | undefined): string => `${info?.state} ${info?.steps} ${info?.name}`;

export class Curves {
  /** By folder, the one that was looked at last at the end. */
  readonly #watched = new Map<string, Watched>();

  #look(folder: string, read: () => RunInfo): Watched {
    const watched = this.#watched.get(folder) ?? new Watched(folder, read);
    this.#watched.delete(folder);
    this.#watched.set(folder, watched);
    return watched;
  }

  #forget(): void {
    const all = [...this.#watched];
    let kept = all.length;
    let bytes = all.reduce((sum, [, { reader }]) => sum + reader.bytes, 0);
    // Never the last one: it is being looked at.
    for (const [folder, { followers, reader }] of all.slice(0, -1)) {
      if (kept <= MOST_KEPT && bytes <= MOST_BYTES) return;
      if (followers > 0) continue;
      this.#watched.delete(folder);
      kept--;
      bytes -= reader.bytes;
    }
  }

  /** A reader that has read all there is by now. @throws JikjiError `run-damaged` */
  async read(folder: string, read: () => RunInfo): Promise<CurveReader> {
    const { reader } = this.#look(folder, read);
    await reader.refresh();
    this.#forget();
    return reader;
  }

  /** @throws JikjiError `run-damaged` */
  async curve(folder: string, read: () => RunInfo, range: CurveRange): Promise<Curve> {
    return (await this.read(folder, read)).curve(range);
  }

  /**
   * What comes after step `after`, until the signal.
   * @throws JikjiError `run-damaged` once all that can be read was told, `too-many`
   */
  async *follow(folder: string, read: () => RunInfo, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const watched = this.#look(folder, read);
    const { reader } = watched;
    const followed = [...this.#watched.values()].filter(({ followers }) => followers > 0).length;
    if (watched.followers === 0 && followed >= MOST_FOLLOWED) {
      const hint = 'close the pages of some of them';
      throw new JikjiError('too-many', `${MOST_FOLLOWED} runs are being followed already`, folder, hint);
    }
    watched.follow();
    try {
      await watched.ready;
      this.#forget();
      let { generation } = reader;
      // Who has seen more steps than there are has seen those of another run.
      let stale = after > reader.steps;
      let steps = after;
      let validations = reader.validationsBefore(after);
      let state = '';
      while (!signal.aborted) {
        const { version, info } = watched;
        if (info && markOf(info) !== state) {
          state = markOf(info);
          yield { kind: 'state', run: info };
        } else if (stale || generation !== reader.generation) {
          stale = false;
          generation = reader.generation;
          steps = 0;
          validations = 0;
          yield { kind: 'anew' };
        } else if (steps < reader.steps || validations < reader.validations) {
          const points = reader.since(steps, validations, MOST_POINTS);
          steps += points.step.length;
          validations += points.validations.length;
          yield { kind: 'points', ...points };
        } else if (watched.error !== undefined) {
          throw watched.error;
        } else if (reader.damaged !== undefined) {
          const hint = 'take the run anew from where it was made';
          throw new JikjiError('run-damaged', reader.damaged, folder, hint);
        } else await watched.changed(version, signal);
      }
    } finally {
      watched.unfollow();
    }
  }
}
