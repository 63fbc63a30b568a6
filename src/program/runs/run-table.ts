// The table of runs: filtered, sorted, and one page of it, with a sketch of the loss of each run of the page only. A sketch is drawn again only if
// the transcript has changed, so a refresh of thousands of settled runs reads no transcript.

import { setImmediate } from 'node:timers/promises';
import { type LossSketch, readTags, sketchLoss, TRANSCRIPT, tagsMark } from '../../run-folder/index.ts';
import { fileMarks } from './file-marks.ts';
import type { Listing, RunInfo } from './listing.ts';

/** Points of a sketch. */
const POINTS = 40;
/** Sketches in memory. */
const MAX_SKETCHES = 2000;
/** Tags that are offered as filters. */
const MAX_TAGS = 200;
/** Milliseconds after which other requests get a turn. */
const TURN_MS = 15;

export const SORTS = ['name', 'state', 'progress', 'loss', 'bits', 'tags', 'begun'] as const;
export type RunSort = (typeof SORTS)[number];

/** A row: the run, its tags, a few points of its loss. */
export interface RunRow extends RunInfo {
  tags: string[];
  sketch: LossSketch;
}

export interface RunTable {
  /** Runs on the list, and of them those that the filter lets through. */
  all: number;
  found: number;
  /** Index of the first row among those found. */
  from: number;
  rows: RunRow[];
  /** The runs that were asked for by id, in that order, whatever the filter; and the ids of no run. */
  chosen: RunRow[];
  unknown: string[];
  /** All tags in use, with the number of runs of each. */
  tags: { tag: string; runs: number }[];
}

export interface RunTableQuery {
  /** Each word must be in the name, a tag, the state, or the name of the sweep. */
  text: string;
  /** Exact ones; empty: any. */
  tag: string;
  state: string;
  sort: RunSort;
  descending: boolean;
  from: number;
  count: number;
  chosen: readonly string[];
}

type Tagged = RunInfo & { tags: string[] };

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const STATES: readonly RunInfo['state'][] = ['running', 'unfinished', 'finished', 'broken', 'gone'];

/** What a column is sorted by; null: nothing is there, which stands last in either direction. */
const KEYS: Record<RunSort, (run: Tagged) => string | number | null> = {
  name: (run) => run.name,
  state: (run) => STATES.indexOf(run.state),
  progress: ({ steps, stepsDone }) => (steps !== null && stepsDone !== null && steps > 0 ? stepsDone / steps : null),
  loss: (run) => run.loss,
  bits: (run) => run.valBitsPerByte,
  tags: ({ tags }) => (tags.length > 0 ? tags.toSorted(collator.compare).join(', ') : null),
  begun: (run) => run.noted,
};

/** The runs in the order of a column. Equal ones stay in the order of the list. */
export function sortRuns<T extends Tagged>(runs: readonly T[], sort: RunSort, descending: boolean): T[] {
  const keyed = runs.map((run) => ({ run, key: KEYS[sort](run) }));
  const compare = (a: string | number, b: string | number): number =>
    typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return descending ? compare(b.key, a.key) : compare(a.key, b.key);
  });
  return keyed.map(({ run }) => run);
}

const folded = (text: string): string => text.normalize('NFC').toLowerCase();

/** The runs that a filter lets through. */
export function filterRuns<T extends Tagged>(
  runs: readonly T[],
  { text, tag, state }: Pick<RunTableQuery, 'text' | 'tag' | 'state'>,
): T[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    if ((tag !== '' && !run.tags.includes(tag)) || (state !== '' && run.state !== state)) return false;
    const texts = [run.name, ...run.tags, run.state, run.sweep?.name ?? ''].map(folded);
    return words.every((word) => texts.some((one) => one.includes(word)));
  });
}

export class Tables {
  readonly #listing: Listing;
  readonly #sketches = new Map<string, { mark: string; sketch: LossSketch }>();
  #tags: { mark: string; byFolder: Map<string, string[]> } = { mark: '', byFolder: new Map() };

  constructor(listing: Listing) {
    this.#listing = listing;
  }

  #tagsByFolder(): Map<string, string[]> {
    const mark = tagsMark();
    if (mark !== this.#tags.mark) this.#tags = { mark, byFolder: mark === '' ? new Map() : readTags() };
    return this.#tags.byFolder;
  }

  #sketch(id: string, folder: string | undefined): LossSketch {
    if (folder === undefined) return { step: [], loss: [] }; // it has just left the list
    const mark = fileMarks(folder, [TRANSCRIPT])[0]!;
    const before = this.#sketches.get(id);
    const sketch = before?.mark === mark ? before.sketch : sketchLoss(folder, POINTS);
    this.#sketches.delete(id); // the last used is last
    this.#sketches.set(id, { mark, sketch });
    return sketch;
  }

  async table(query: RunTableQuery): Promise<RunTable> {
    const list = await this.#listing.list();
    const byFolder = this.#tagsByFolder();
    const folders = this.#listing.folders();
    const known = list.map((run) => ({ ...run, tags: byFolder.get(folders.get(run.id) ?? '') ?? [] }));
    const found = sortRuns(filterRuns(known, query), query.sort, query.descending);
    const byId = new Map(known.map((run) => [run.id, run]));
    // A page beyond the end is the last page: runs may have gone since its link was made.
    const from = Math.min(query.from, Math.max(0, Math.ceil(found.length / query.count) - 1) * query.count);
    const withSketches = async (runs: readonly Tagged[]): Promise<RunRow[]> => {
      const rows: RunRow[] = [];
      let turn = performance.now();
      for (const run of runs) {
        rows.push({ ...run, sketch: this.#sketch(run.id, folders.get(run.id)) });
        if (performance.now() - turn < TURN_MS) continue;
        await setImmediate();
        turn = performance.now();
      }
      return rows;
    };
    const ids = [...new Set(query.chosen)];
    const table = {
      all: known.length,
      found: found.length,
      from,
      rows: await withSketches(found.slice(from, from + query.count)),
      chosen: await withSketches(ids.flatMap((id) => byId.get(id) ?? [])),
      unknown: ids.filter((id) => !byId.has(id)),
      tags: tagCounts(known),
    };
    for (const id of this.#sketches.keys()) {
      if (this.#sketches.size <= MAX_SKETCHES) break;
      this.#sketches.delete(id);
    }
    return table;
  }
}

function tagCounts(runs: readonly Tagged[]): RunTable['tags'] {
  const counts = new Map<string, number>();
  for (const { tags } of runs) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([tag, runs]) => ({ tag, runs }))
    .sort((a, b) => b.runs - a.runs || collator.compare(a.tag, b.tag))
    .slice(0, MAX_TAGS);
}
