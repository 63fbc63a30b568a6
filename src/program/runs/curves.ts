// Curves of runs for those who look: kept in memory while somebody does, followed by one poll per run however many follow it.
// The process that trains is another one and notices nothing: its files are read.

import { EventEmitter, once } from 'node:events';
import { JikjiError } from '../../base/index.ts';
import { CurveReader, type ThinCurve } from '../../run-folder/index.ts';
import type { Listing, RunInfo } from './listing.ts';

/** Runs whose curves stay in memory, and their bytes; those that are followed stay in any case. */
const MAX_KEPT = 8;
const MAX_BYTES = 512 << 20;
/** Runs that are followed at once. */
const MAX_FOLLOWED = 32;
/** Points of one event. */
const MAX_POINTS = 2000;
/** File systems do not reliably say that a file has grown. */
const POLL_MS = 500;

export type RunEvent =
  /** One validation of the step that was followed from may have been told before. */
  | ({ kind: 'points' } & ReturnType<CurveReader['since']>)
  /** What was told no longer stands: the run was begun anew or goes on from an earlier state. All points follow again. */
  | { kind: 'anew' }
  /** First of all, and where the state or the length of the run has changed. */
  | { kind: 'state'; run: RunInfo };

/** What of a run is told as its state; its steps come as points. */
const markOf = (info: RunInfo | undefined): string => `${info?.state} ${info?.steps} ${info?.name}`;

/** A run that somebody looks at. */
class Watched {
  readonly folder: string;
  readonly reader: CurveReader;
  followers = 0;
  /** The first look of those who follow now. */
  ready: Promise<void> = Promise.resolve();
  error: unknown;
  info: RunInfo | undefined;
  /** Rises where there is something new to be told. */
  version = 0;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #read: () => RunInfo;
  #poll: NodeJS.Timeout | undefined;

  constructor(listing: Listing, id: string) {
    this.folder = listing.folder(id);
    this.reader = new CurveReader(this.folder);
    this.#read = () => listing.info(id);
  }

  follow(): void {
    if (this.followers++ > 0) return;
    this.ready = this.#look();
    this.#poll = setInterval(() => this.#look(), POLL_MS).unref();
  }

  unfollow(): void {
    if (--this.followers === 0) clearInterval(this.#poll);
  }

  /** Reads what is new. What is wrong with the run is told to those who follow. */
  async #look(): Promise<void> {
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

  /** Waits until the version is another than `seen`, or for the signal. */
  async changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.version === seen) await once(this.#changes, 'change', { signal }).catch(() => {});
  }
}

export class Curves {
  readonly #listing: Listing;
  readonly #ending: AbortSignal;
  /** By id of the run, the one that was looked at last at the end. */
  readonly #watched = new Map<string, Watched>();

  /** `ending` ends all who follow. */
  constructor(listing: Listing, ending: AbortSignal) {
    this.#listing = listing;
    this.#ending = ending;
  }

  #look(id: string): Watched {
    const watched = this.#watched.get(id) ?? new Watched(this.#listing, id);
    this.#watched.delete(id);
    this.#watched.set(id, watched);
    return watched;
  }

  #forget(): void {
    const all = [...this.#watched];
    let kept = all.length;
    let bytes = all.reduce((sum, [, { reader }]) => sum + reader.bytes, 0);
    // Never the last one: it is being looked at.
    for (const [id, { followers, reader }] of all.slice(0, -1)) {
      if (kept <= MAX_KEPT && bytes <= MAX_BYTES) return;
      if (followers > 0) continue;
      this.#watched.delete(id);
      kept--;
      bytes -= reader.bytes;
    }
  }

  /** A reader that has read all there is by now. @throws JikjiError `run-unknown`, `run-damaged` */
  async read(id: string): Promise<CurveReader> {
    const { reader } = this.#look(id);
    await reader.refresh();
    this.#forget();
    return reader;
  }

  /**
   * Steps `from` to `to` in at most `points` points: all where they fit, else of each stretch those with the lowest and the highest
   * loss and gradient norm.
   * @throws JikjiError `run-unknown`, `run-damaged`
   */
  async curve(id: string, range: Parameters<CurveReader['curve']>[0]): Promise<ThinCurve> {
    return (await this.read(id)).curve(range);
  }

  /**
   * Points after step `after`, those there are and then as they come, and the run's state; ends by the signal. Each point once.
   * @throws JikjiError `run-unknown`, `too-many`, `run-damaged` once all that can be read was told
   */
  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    return this.#follow(this.#look(id), after, AbortSignal.any([signal, this.#ending]));
  }

  async *#follow(watched: Watched, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const { reader, folder } = watched;
    const followed = [...this.#watched.values()].filter(({ followers }) => followers > 0).length;
    if (watched.followers === 0 && followed >= MAX_FOLLOWED) {
      const hint = 'close the pages of some of them';
      throw new JikjiError('too-many', `${MAX_FOLLOWED} runs are being followed already`, folder, hint);
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
          const points = reader.since(steps, validations, MAX_POINTS);
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
