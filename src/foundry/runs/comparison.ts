// Compares two or more runs: their recipes key by key, their results, and their curves in few points. Reads the folders and the
// signing keys; only an audit verifies that they are true.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readStatement, type Statement, usedTokensOf } from '../../ledger/index.ts';
import { pace, type RunSummary, readCurves, readRun, speedOf, TRANSCRIPT } from '../../run-folder/index.ts';
import { parameterCount, type Recipe } from '../recipe/index.ts';
import { loadRunTokenizer } from '../tokenizer/index.ts';
import { recipeOf } from './export.ts';

export interface ComparedRun {
  name: string;
  /** The path that the user gave. */
  run: string;
  state: RunSummary['state'];
  /** Steps of the recipe, and finished steps. */
  steps: number;
  stepsDone: number;
  /** Tokens trained on so far; null for conversations where no seal says how many their batches used. */
  tokens: number | null;
  parameters: number;
  /** Mean of the last steps, up to a hundredth of the run; null before the first. Nats a token. */
  loss: number | null;
  valBitsPerByte: number | null;
  tokensPerSecond: number | null;
  /** The newest recorded state root. */
  stateRoot: string | null;
  /** Fingerprint of the key that signed genesis or seal; null if there is neither. */
  signedBy: string | null;
  /** Whether the run has a seal. */
  sealed: boolean;
  /** Digests of the corpus and the tokenizer; null before training begins. */
  corpusRoot: string | null;
  tokenizer: string | null;
  /** At most MAX_POINTS points; a loss is the mean of the steps since the previous point. */
  curve: { step: number; loss: number }[];
  validations: { step: number; bitsPerByte: number }[];
}

/** A key of recipes, dotted, with its value in each; undefined if a recipe lacks it. */
export interface ComparedKey {
  key: string;
  values: (Scalar | undefined)[];
  differs: boolean;
}

export interface Comparison {
  runs: ComparedRun[];
  /** All keys of the recipes in their order. */
  keys: ComparedKey[];
  /** Notes that the reader needs for a correct comparison. */
  notes: string[];
}

export type Scalar = string | number | boolean | null;

/** A terminal shows a few hundred. */
const MAX_POINTS = 1024;

/** Where a resolved recipe leaves a key out, that is its value: shown, a missing key would say nothing. */
const LEFT_OUT: [key: string, value: Scalar][] = [
  ['model.architecture', 'llama'],
  ['train.optimizer', 'adamw'],
];

/** The values of a recipe by dotted keys; a list of texts is one value. */
function flatten(recipe: Recipe): Map<string, Scalar> {
  const values = new Map<string, Scalar>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object') values.set(path, value as Scalar);
    else if (Array.isArray(value) && value.every((x) => typeof x === 'string')) values.set(path, value.join(', '));
    else for (const [key, inside] of Object.entries(value)) walk(inside, path ? `${path}.${key}` : key);
  };
  walk(recipe, '');
  for (const [key, value] of LEFT_OUT) if (!values.has(key)) values.set(key, value);
  return values;
}

/** `corpus` of `corpus.sources.0.files`. */
const sectionOf = (key: string) => key.split('.', 1)[0];

/** Means over equal numbers of values, at most MAX_POINTS of them. */
class IntervalMeans<T extends object> {
  readonly points: T[] = [];
  readonly #every: number;
  readonly #point: (step: number, mean: number) => T;
  #sum = 0;
  #count = 0;

  constructor(count: number, point: (step: number, mean: number) => T) {
    this.#every = Math.ceil(count / MAX_POINTS);
    this.#point = point;
  }

  add(step: number, x: number): void {
    this.#sum += x;
    if (++this.#count === this.#every) this.end(step);
  }

  end(step: number): void {
    if (this.#count > 0) this.points.push(this.#point(step, this.#sum / this.#count));
    this.#sum = this.#count = 0;
  }
}

function read(folder: string): { run: ComparedRun; recipe: Recipe } {
  const recipe = recipeOf(folder);
  const { train } = recipe;
  const curve = new IntervalMeans(train.steps, (step, loss) => ({ step, loss }));
  const validations = new IntervalMeans(Math.ceil(train.steps / train.validateEvery) + 1, (step, bitsPerByte) => ({
    step,
    bitsPerByte,
  }));
  const last: number[] = [];
  const window = Math.min(100, Math.max(1, Math.floor(train.steps / 100)));
  let stepsDone = 0;
  let bits: number | null = null;
  for (const { step, loss, validation } of readCurves(folder, recipe.corpus.sources.length)) {
    if (step > train.steps) {
      throw new JikjiError(
        'run-damaged',
        `has more steps than its recipe's ${train.steps}`,
        join(folder, TRANSCRIPT),
        'get the run again from its maker',
      );
    }
    stepsDone = step;
    curve.add(step, loss);
    last.push(loss);
    if (last.length > window) last.shift();
    if (validation?.bitsPerByte == null) continue;
    bits = validation.bitsPerByte;
    validations.add(step, bits);
  }
  curve.end(stepsDone);
  validations.end(stepsDone);

  const statement = <K extends 'genesis' | 'seal'>(kind: K): Statement<K> | undefined => {
    const path = join(folder, `${kind}.json`);
    return existsSync(path) ? readStatement(path, kind) : undefined;
  };
  const genesis = statement('genesis');
  const seal = statement('seal');
  const summary = readRun(folder);
  const tokensOfStep = train.batchSize * train.sequenceLength;
  const sessions = pace(folder);
  const tokenizer = join(folder, 'tokenizer', 'tokenizer.json');
  const vocabSize = existsSync(tokenizer)
    ? loadRunTokenizer(tokenizer, recipe.tokenizer).vocabSize
    : recipe.tokenizer.vocabSize;
  const run: ComparedRun = {
    name: recipe.name,
    run: folder,
    state: summary.state,
    steps: train.steps,
    stepsDone,
    tokens: (seal && usedTokensOf(seal.predicate)) ?? (recipe.chat ? null : stepsDone * tokensOfStep),
    parameters: parameterCount({ ...recipe, tokenizer: { vocabSize } }),
    loss: last.length ? last.reduce((a, b) => a + b) / last.length : null,
    valBitsPerByte: seal?.predicate.valBitsPerByte ?? bits,
    tokensPerSecond:
      speedOf(folder) ?? (sessions && !recipe.chat ? (sessions.steps * tokensOfStep) / sessions.seconds : null),
    stateRoot: seal?.subjects.get('state') ?? summary.stateRoot,
    signedBy: seal?.keyid ?? genesis?.keyid ?? null,
    sealed: seal !== undefined,
    corpusRoot: genesis?.predicate.commitment.corpusRoot ?? null,
    tokenizer: genesis?.predicate.commitment.tokenizer ?? null,
    curve: curve.points,
    validations: validations.points,
  };
  return { run, recipe };
}

/** All keys of recipes in their order, with their values side by side. */
export function compareRecipes(recipes: readonly Recipe[]): ComparedKey[] {
  const flat = recipes.map(flatten);
  const all = [...new Set(flat.flatMap((recipe) => [...recipe.keys()]))];
  const sections = [...new Set(all.map(sectionOf))];
  all.sort((a, b) => sections.indexOf(sectionOf(a)) - sections.indexOf(sectionOf(b)));
  return all.map((key) => {
    const values = flat.map((recipe) => recipe.get(key));
    return { key, values, differs: values.some((value) => value !== values[0]) };
  });
}

/** What a reader must know before he compares figures of runs. */
const REMARKS = {
  corpora: 'Their corpora differ, and with them the validation texts that the bits per byte are of.',
  tokenizers: 'Their tokenizers differ: a loss is per token of each one; compare the bits per byte.',
  state: 'They came to the same state, bit for bit.',
};
export type Remark = keyof typeof REMARKS;

/** The remarks on runs of these digests; a digest that is not known is null. */
export function remarksOn(runs: readonly Pick<ComparedRun, 'corpusRoot' | 'tokenizer' | 'stateRoot'>[]): Remark[] {
  const differ = (list: (string | null)[]): boolean => new Set(list.filter((x) => x !== null)).size > 1;
  const isSame = runs.every(({ stateRoot }) => stateRoot !== null && stateRoot === runs[0].stateRoot);
  return [
    ...(differ(runs.map((run) => run.corpusRoot)) ? ['corpora' as const] : []),
    ...(differ(runs.map((run) => run.tokenizer)) ? ['tokenizers' as const] : []),
    ...(isSame ? ['state' as const] : []),
  ];
}

/**
 * Compares runs; they may be unfinished or in progress.
 * @throws JikjiError `run-missing`, `not-a-run`, `run-damaged`, `statement-broken`, or as `readRecipe`
 */
export function compareRuns(folders: readonly string[]): Comparison {
  const found = folders.map(read);
  const runs = found.map(({ run }) => run);
  const sharesName = (run: ComparedRun) => runs.filter(({ name }) => name === run.name).length > 1;
  for (const run of runs.filter(sharesName)) run.name = run.run;
  const notes = remarksOn(runs).map((remark) => REMARKS[remark]);
  return { runs, keys: compareRecipes(found.map(({ recipe }) => recipe)), notes };
}
