// What came of a sweep: its runs as their folders state them, the table, and the best recipe as a file. Trains nothing.

import { join, relative, resolve } from 'node:path';
import { finiteOrNull, writeFileAtomic } from '../../base/index.ts';
import { pace, RESULT, readRun, runPaths } from '../../run-folder/index.ts';
import { readMadeFile } from '../make/index.ts';
import { parseOverride, type RunRecipe, rewriteRecipe } from '../recipe/index.ts';
import { pathOf } from './grid.ts';
import type { Point, SweepPlan } from './plan.ts';
import { recipeName } from './point-name.ts';
import { isFinished, isOpen } from './runs.ts';
import { type Setting, type SweepRow, type SweepRun, type SweepTable, tableOf } from './table.ts';

const SEED = 'seed';

const STATES = {
  gone: 'planned',
  broken: 'unfinished',
  finished: 'finished',
  running: 'running',
  unfinished: 'unfinished',
} as const;

/** The value of a recipe at a dotted path; null where the recipe has none. */
function valueAt(recipe: RunRecipe, path: string): Setting {
  let value: unknown = recipe;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return value ?? null;
}

/** The varied keys but the seed, of all grids in the folder. */
function variedPaths(points: readonly Point[]): string[] {
  const all = new Set(points.flatMap(({ over }) => over.map(pathOf)));
  all.delete(SEED);
  return [...all];
}

/** The values of a point: those of its grid as they were given, and for other keys what the recipe has. */
function settingsOf({ over, recipe }: Point, paths: readonly string[]): Record<string, Setting> {
  const given = new Map(over.map((text) => [pathOf(text), parseOverride(text).value]));
  return Object.fromEntries(paths.map((path) => [path, given.has(path) ? given.get(path) : valueAt(recipe, path)]));
}

function runOf(point: Point, settings: Record<string, Setting>): SweepRun {
  const { run, recipe, failure } = point;
  const base = { run, settings, seed: recipe.seed, failure: null };
  if (!isFinished(point)) {
    const state = failure ? 'failed' : STATES[readRun(run).state];
    return { ...base, state, valBitsPerByte: null, seconds: null, tokensPerSecond: null, failure: failure ?? null };
  }
  const hint = 'delete it, and the same sweep makes it again';
  const result = readMadeFile(RESULT, runPaths(run).result, hint);
  const sessions = pace(run);
  return {
    ...base,
    state: 'finished',
    valBitsPerByte: finiteOrNull(result.valBitsPerByte),
    // A session that was killed has no end: its steps are counted at the pace of the others.
    seconds: sessions ? (sessions.seconds / sessions.steps) * result.steps : result.seconds,
    tokensPerSecond: finiteOrNull(result.tokensPerSecond),
  };
}

/** Keys that decide which text is validated on. A weight decides only how often a source is trained on. */
const CHANGES_VALIDATION = /^(corpus\b(?!\.sources\.\d+\.weight$)|tokenizer\b|train\.validationTokens$)/;

export interface SweepOutcome extends SweepTable {
  runs: SweepRun[];
  /** Varied keys with which runs may be validated on other text: their figures are not of the same thing. */
  otherValidation: string[];
}

/** The outcome so far: the points of this grid, and those of earlier grids in the folder that are finished, or failed for good. */
export function outcomeOf({ points, earlier }: SweepPlan): SweepOutcome {
  const all = [...earlier.filter((point) => !isOpen(point)), ...points];
  const paths = variedPaths(all);
  const runs = all.map((point) => runOf(point, settingsOf(point, paths)));
  return { runs, ...tableOf(runs), otherValidation: paths.filter((path) => CHANGES_VALIDATION.test(path)) };
}

const bits = (x: number | null) => (x === null ? '-' : x.toFixed(4));

/** What the best row is, as the first lines of its recipe. */
function heading({ n, median, least, most, failed }: SweepRow, rows: number, drawn: boolean): string {
  const range = n > 1 ? `, the median of ${n} seeds (${bits(least)} to ${bits(most)})` : ' with one seed';
  const lines = [
    `${rows === 1 ? 'The one setting' : `The best of ${rows} settings`} of a sweep: ${bits(median)} bits per byte on validation text${range}.`,
    ...(failed > 0 ? [`With ${failed} other ${failed === 1 ? 'seed' : 'seeds'} it failed.`] : []),
    drawn
      ? 'The seed was drawn for the sweep: a seed is not chosen by its result.'
      : 'The seed is that of the recipe: a seed is not chosen by its result.',
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}

export interface BestRecipe {
  file: string;
  /** The folder for `make --texts`; null where no source has files of its own. */
  texts: string | null;
}

/**
 * Writes the recipe of the best row into the sweep's folder: the text of the sweep's recipe with its values written in, so that
 * comments stay, and keys that follow from others still do.
 */
export function writeBest(plan: SweepPlan, { best, rows }: SweepTable, recipeFolder: string): BestRecipe | null {
  if (!best) return null;
  const { out, text, file, fixed, base, points, earlier } = plan;
  const point = [...points, ...earlier].find(({ run }) => run === best.runs[0])!;
  const over = point.over.filter((override) => pathOf(override) !== SEED);
  const written = rewriteRecipe(text, file, [...fixed, ...over, `name=${recipeName(base.name, 'best')}`]);
  const path = join(out, 'best.yaml');
  writeFileAtomic(path, `${heading(best, rows.length, plan.drawn?.seed === base.seed)}${written}`);
  const hasFiles = point.recipe.corpus.sources.some(({ files }) => files !== undefined);
  return { file: path, texts: hasFiles ? relative(process.cwd(), resolve(recipeFolder)) || '.' : null };
}
