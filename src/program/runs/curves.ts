// Curves of runs for viewers: kept in memory while they are used, with one poll for each run, however many clients follow it. Reads the
// files of the process that trains, and does not disturb it.

import { EventEmitter, once } from 'node:events';
import { JikjiError } from '../../base/index.ts';
import { CurveReader, type ThinCurve } from '../../run-folder/index.ts';
import type { Listing, RunInfo } from './listing.ts';
import { followedFull } from './refusals.ts';

/** Limits of the curves in memory: runs, a few more than one picture has, and bytes. Followed runs always stay. */
const MAX_KEPT = 48;
const MAX_BYTES = 512 << 20;
/** Runs that can be followed at the same time. */
const MAX_FOLLOWED = 32;
/** Points in one event. */
const MAX_POINTS = 2000;
/** Interval of polls: file systems do not report reliably that a file has grown. */
const POLL_MS = 500;

export type RunEvent =
  /** A validation of the first step may have been sent before. */
  | ({ kind: 'points' } & ReturnType<CurveReader['since']>)
  /** Earlier points are void: the run started again, or continues from an earlier state. All points follow again. */
  | { kind: 'anew' }
  /** Sent first, and when the state or the length of the run has changed. */
  | { kind: 'state'; run: RunInfo };

/** The part of a run's info that a `state` event reports; its steps come as points. */
const markOf = (info: RunInfo | undefined): string => `${info?.state} ${info?.steps} ${info?.name}`;

/** A run whose curve is in memory. */
class Watched {
  readonly folder: string;
  readonly reader: CurveReader;
  followers = 0;
  /** The first poll for the current followers. */
  ready: Promise<void> = Promise.resolve();
  error: unknown;
  info: RunInfo | undefined;
  /** Increases with each change. */
  version = 0;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #read: () => RunInfo;
  #poll: NodeJS.Timeout | undefined;

  constructor(listing: Listing, id: string) {
    this.folder = listing.folder(id);
    this.reader = new CurveReader(this.folder, { validates: !listing.info(id).witnessed });
    this.#read = () => listing.info(id);
  }

  follow(): void {
    if (this.followers++ > 0) return;
    this.ready = this.#refresh();
    this.#poll = setInterval(() => this.#refresh(), POLL_MS).unref();
  }

  unfollow(): void {
    if (--this.followers === 0) clearInterval(this.#poll);
  }

  /** Reads new data. Errors of the run are kept for its followers. */
  async #refresh(): Promise<void> {
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
    this.#changes.emit('change');
  }

  #mark(): string {
    const { generation, steps, validations, damaged } = this.reader;
    return `${generation} ${steps} ${validations} ${damaged} ${this.error} ${markOf(this.info)}`;
  }

  /** Waits until the version differs from `seen`, or the signal aborts. */
  async changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.version === seen) await once(this.#changes, 'change', { signal }).catch(() => {});
  }
}

export class Curves {
  readonly #listing: Listing;
  readonly #ending: AbortSignal;
  /** By id of the run; the last used is last. */
  readonly #watched = new Map<string, Watched>();

  /** @param ending ends all followers */
  constructor(listing: Listing, ending: AbortSignal) {
    this.#listing = listing;
    this.#ending = ending;
  }

  #watch(id: string): Watched {
    const watched = this.#watched.get(id) ?? new Watched(this.#listing, id);
    this.#watched.delete(id);
    this.#watched.set(id, watched);
    return watched;
  }

  #forget(): void {
    const all = [...this.#watched];
    let kept = all.length;
    let bytes = all.reduce((sum, [, { reader }]) => sum + reader.bytes, 0);
    // Never the last one: it is in use.
    for (const [id, { followers, reader }] of all.slice(0, -1)) {
      if (kept <= MAX_KEPT && bytes <= MAX_BYTES) return;
      if (followers > 0) continue;
      this.#watched.delete(id);
      kept--;
      bytes -= reader.bytes;
    }
  }

  /** A reader that has read the files to their end. @throws JikjiError `run-unknown`, `run-damaged` */
  async read(id: string): Promise<CurveReader> {
    const { reader } = this.#watch(id);
    await reader.refresh();
    this.#forget();
    return reader;
  }

  /**
   * Steps `from` to `to` in at most `points` points: all steps if they fit, otherwise from each interval those with the lowest and the
   * highest loss and gradient norm.
   * @throws JikjiError `run-unknown`, `run-damaged`
   */
  async curve(id: string, range: Parameters<CurveReader['curve']>[0]): Promise<ThinCurve> {
    return (await this.read(id)).curve(range);
  }

  /**
   * Yields the run's state and its points after step `after`, each once, first the existing ones and then new ones, until the signal
   * aborts.
   * @throws JikjiError `run-unknown`, `too-many`, `run-damaged` after all readable points
   */
  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    return this.#follow(this.#watch(id), after, AbortSignal.any([signal, this.#ending]));
  }

  async *#follow(watched: Watched, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const { reader, folder } = watched;
    const followed = [...this.#watched.values()].filter(({ followers }) => followers > 0).length;
    if (watched.followers === 0 && followed >= MAX_FOLLOWED) throw followedFull(folder, MAX_FOLLOWED);
    watched.follow();
    try {
      await watched.ready;
      this.#forget();
      let { generation } = reader;
      // A client that has seen more steps than exist has seen steps of another run.
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
          const points = reader.since(steps, validations, MAX_POINTS);
          steps += points.step.length;
          validations += points.validations.length;
          yield { kind: 'points', ...points };
        } else if (watched.error !== undefined) {
          throw watched.error;
        } else if (reader.damaged !== undefined) {
          const hint = 'copy the run again from where it was made';
          throw new JikjiError('run-damaged', reader.damaged, folder, hint);
        } else await watched.changed(version, signal);
      }
    } finally {
      watched.unfollow();
    }
  }
}
