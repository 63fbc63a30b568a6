// Curves of several runs over one axis: steps, tokens or seconds since the run's own start. Smoothing counts every recorded step, and only then
// is a curve thinned, so that it is the same at every zoom. A run whose place on the axis is not known has no points.

import { finiteOrNull, JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { parseRecipe } from '../../foundry/index.ts';
import { type CurveReader, type Measure, RECIPE, recordedSeconds, smooth, thin } from '../../run-folder/index.ts';
import type { Curves } from './curves.ts';
import { fileMarks } from './file-marks.ts';
import type { Listing, RunInfo } from './listing.ts';
import { readOrNote } from './read-or-note.ts';

const MAX_RECIPE = 64 << 10;
/** Recipes of which the tokens of a step are kept. */
const MAX_RECIPES = 1000;

export const AXES = ['step', 'tokens', 'time'] as const;
export const MEASURES = ['loss', 'validation', 'gradNorm', 'learningRate'] as const satisfies readonly Measure[];

export interface OverlayQuery {
  measure: Measure;
  axis: (typeof AXES)[number];
  /** From 0, none, to below 1. */
  weight: number;
  points: number;
  /** In units of the axis; the whole run without. */
  from?: number | undefined;
  to?: number | undefined;
}

/** The curve of one run. */
export interface OverlaidCurve {
  id: string;
  /** Ascending; empty if the run's places on the axis are not known. */
  x: number[];
  step: number[];
  /** Null where it is not finite, and between two points with unknown places between them. */
  value: (number | null)[];
  /** Without smoothing null. */
  smoothed: (number | null)[] | null;
  /** 1: every value is there; otherwise of each `every` the lowest and the highest. */
  every: number;
  /** Values in the range that are not finite, and in the whole run those whose place on the axis is not known. */
  notFinite: number;
  placeless: number;
  /** Values of this measure in the run. */
  values: number;
  /** The first and the last place on the axis that is known, whatever the range; null if there is none. */
  ends: { first: number; last: number } | null;
  /** Where its record is damaged; or why it cannot be read. */
  damaged: string | null;
}

export class Overlays {
  readonly #listing: Listing;
  readonly #curves: Curves;
  readonly #tokens = new Map<string, { mark: string; tokens: number | null }>();

  constructor(listing: Listing, curves: Curves) {
    this.#listing = listing;
    this.#curves = curves;
  }

  /** The curves of runs, one after the other; a run that is not on the list is left out. */
  async curves(ids: readonly string[], query: OverlayQuery): Promise<OverlaidCurve[]> {
    const curves: OverlaidCurve[] = [];
    for (const id of new Set(ids)) {
      try {
        const reader = await this.#curves.read(id);
        const seriesOfRun = reader.series(query.measure);
        const places = this.#places(query.axis, reader, this.#listing.info(id));
        curves.push({ id, ...overlaid(seriesOfRun, places, query), damaged: reader.damaged ?? null });
      } catch (error) {
        if (!(error instanceof JikjiError)) throw error;
        if (error.code !== 'run-unknown') curves.push({ id, ...NOTHING, damaged: error.message });
      }
    }
    return curves;
  }

  /** The place of a step on the axis, NaN if it is not known; undefined if none is. */
  #places(axis: OverlayQuery['axis'], reader: CurveReader, run: RunInfo): ((step: number) => number) | undefined {
    if (axis === 'step') return (step) => step;
    const folder = this.#listing.folder(run.id);
    if (axis === 'tokens') {
      const tokens = run.witnessed ? null : this.#tokensOfStep(folder);
      return tokens === null ? undefined : (step) => step * tokens;
    }
    const seconds = recordedSeconds(folder, reader.steps, run.state === 'running');
    return seconds && ((step) => (step === 0 ? 0 : (seconds[step - 1] ?? Number.NaN)));
  }

  /** Null where batches have conversations: not all of their places are used. */
  #tokensOfStep(folder: string): number | null {
    const mark = fileMarks(folder, [RECIPE])[0]!;
    const known = this.#tokens.get(folder);
    if (known?.mark === mark) return known.tokens;
    const recipe = readOrNote(RECIPE, [], () =>
      parseRecipe(readSmallFile(`${folder}/${RECIPE}`, MAX_RECIPE), { file: RECIPE }),
    );
    const tokens = recipe && !recipe.chat ? recipe.train.batchSize * recipe.train.sequenceLength : null;
    if (this.#tokens.size >= MAX_RECIPES) this.#tokens.clear();
    this.#tokens.set(folder, { mark, tokens });
    return tokens;
  }
}

type Drawn = Omit<OverlaidCurve, 'id' | 'damaged'>;

const NOTHING: Drawn = {
  ...{ x: [], step: [], value: [], smoothed: null, every: 1 },
  ...{ notFinite: 0, placeless: 0, values: 0, ends: null },
};

/** A series over its places, thinned within the range, with one point beyond either end. */
export function overlaid(
  { values, stepAt }: { values: Float64Array; stepAt: (index: number) => number },
  placeOf: ((step: number) => number) | undefined,
  { weight, points, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: OverlayQuery,
): Drawn {
  const count = values.length;
  if (!placeOf) return { ...NOTHING, values: count, placeless: count };
  const places = new Float64Array(count);
  for (let i = 0; i < count; i++) places[i] = placeOf(stepAt(i));
  let ends: OverlaidCurve['ends'] = null;
  let first = count;
  let last = -1;
  let placeless = 0;
  let notFinite = 0;
  for (let i = 0; i < count; i++) {
    const place = places[i]!;
    if (Number.isNaN(place)) placeless++;
    else if (ends) ends.last = place;
    else ends = { first: place, last: place };
    if (!(place >= from && place <= to)) continue;
    first = Math.min(first, i);
    last = i;
    if (!Number.isFinite(values[i]!)) notFinite++;
  }
  // A range between two points shows the line between them.
  if (last < 0) {
    first = places.findIndex((place) => place > to);
    if (first < 0) first = count;
    last = first - 1;
  }
  const { every, kept } = thin([values], Math.max(0, first - 1), Math.min(count - 1, last + 1), points);
  const smoothed = weight > 0 ? smooth(values, weight) : null;
  return { ...placed(kept), every, notFinite, placeless, values: count, ends };

  function placed(indices: readonly number[]) {
    const drawn = { x: [] as number[], step: [] as number[], value: [] as (number | null)[] };
    const soft: (number | null)[] = [];
    const push = (x: number, step: number, value: number | null, mean: number | null): void => {
      drawn.x.push(x);
      drawn.step.push(step);
      drawn.value.push(value);
      soft.push(mean);
    };
    let before = -1;
    for (const i of indices) {
      const [x, step] = [places[i]!, stepAt(i)];
      const latest = drawn.x.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (!(x > latest)) continue; // not known, or in the same moment
      // No line runs through a stretch whose places are not known.
      if (placeless > 0 && before >= 0 && places.subarray(before, i).some(Number.isNaN))
        push((latest + x) / 2, step, null, null);
      push(x, step, finiteOrNull(values[i]!), smoothed && finiteOrNull(smoothed[i]!));
      before = i;
    }
    return { ...drawn, smoothed: smoothed && soft };
  }
}
