// Scores a model on tasks, one after the other, and leaves a signed statement of each.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JikjiError, makeFolder, systemCode, writeFileAtomic } from '../../base/index.ts';
import type { Signer } from '../../ledger/index.ts';
import { type Model, openModel } from '../load/index.ts';
import type { LanguageModel } from './language-model.ts';
import { loadTask, taskFile } from './load-task.ts';
import { isOwnTask, OWN_TASKS, ownSet } from './own.ts';
import { peersJson } from './peers.ts';
import { type Figure, scoreSet } from './score.ts';
import { openLanguageModel } from './scorer.ts';
import type { EvaluationSet } from './set.ts';
import { evaluationStatement } from './statement.ts';

export interface EvaluateOptions {
  /** A run folder or a Hugging Face model folder. */
  model: string;
  /** Task files, names of shipped tasks, names of a run's own sets; empty: all own sets of a run. */
  tasks: readonly string[];
  /** Items of each task that are scored at most: its first ones. */
  limit?: number | undefined;
  threads: number;
  /** Where the statement goes: a file (.json) for one task, or a folder; default: the run's folder `evaluations`. */
  out?: string | undefined;
  /** Where lm-evaluation-harness's form of the results goes. */
  peers?: string | undefined;
  /** What each item gave is handed back too, where a metric is their mean. */
  items?: boolean | undefined;
  /** Where it goes, as JSON lines: one for each item of each task. */
  itemsOut?: string | undefined;
  /** SHA-256 that each task must have, as statements name it. */
  taskDigest?: string | undefined;
  /** Asked for when there is a statement to sign, before the work begins; left out, none is written. */
  signer?: () => Promise<Signer>;
  onProgress?: (progress: EvaluateProgress) => void;
  onNote?: (note: string) => void;
  signal?: AbortSignal | undefined;
}

export interface EvaluateProgress {
  task: string;
  /** Its number, from 1, and how many there are. */
  number: number;
  count: number;
  /** Share of this task that is done, and tokens computed of all of them. */
  fraction: number;
  tokens: number;
}

export interface EvaluateResult {
  model: string;
  /** The model's digest. */
  digest: string;
  results: {
    task: string;
    /** Which part of the task; undefined for all of it. */
    part?: string;
    metric: string;
    /** Null where it is not finite. */
    value: number | null;
    stderr: number | null;
    n: number;
    /** In the order of the task; only where it was asked for, and the metric is their mean. */
    items?: number[];
  }[];
  /** Statements that were written. */
  statements: string[];
  tokens: number;
  seconds: number;
}

/**
 * Evaluates a model. Statements are written as each task ends.
 * @throws JikjiError for what is wrong with the model, the tasks, the key or the places to write to
 */
export async function evaluateModel(options: EvaluateOptions): Promise<EvaluateResult> {
  const { threads, limit, onNote = () => {}, signal, peers, itemsOut } = options;
  const model = openModel(options.model);
  let language: LanguageModel | undefined;
  try {
    if (model.note) onNote(model.note);
    const sets = await setsOf(model, options);
    const place = options.signer && placeOf(model, options, sets.length, onNote);
    const others = [peers, itemsOut].filter((path) => path !== undefined);
    for (const path of [...(place ? sets.map(place) : []), ...others]) checkPlace(path);
    const signer = place && (await options.signer?.());
    const digest = model.digest();
    const began = performance.now();
    language = openLanguageModel(model, { threads });
    const evaluated: { set: EvaluationSet; figures: Figure[] }[] = [];
    const statements: string[] = [];
    let tokens = 0;
    for (const [i, set] of sets.entries()) {
      const told = (fraction: number): void =>
        options.onProgress?.({ task: set.name, number: i + 1, count: sets.length, fraction, tokens });
      told(0);
      const figures = await scoreSet(set, {
        tokenizer: model.tokenizer,
        model: language,
        signal,
        onProgress: (progress) => {
          tokens += progress.tokens;
          told(progress.fraction);
        },
      });
      evaluated.push({ set, figures });
      if (place && signer) {
        const path = place(set);
        writeFileAtomic(path, evaluationStatement(digest, set, figures, signer));
        statements.push(path);
      }
    }
    if (peers !== undefined) writeFileAtomic(peers, peersJson(model.folder, evaluated, limit));
    if (itemsOut !== undefined) writeFileAtomic(itemsOut, itemLines(evaluated));
    const finite = (x: number | null): number | null => (x !== null && Number.isFinite(x) ? x : null);
    const results = evaluated.flatMap(({ set, figures }) =>
      figures.map(({ part, metric, value, stderr, n, items }) => ({
        task: set.name,
        ...(part === undefined ? {} : { part }),
        metric,
        value: finite(value),
        stderr: finite(stderr),
        n,
        ...(options.items && items ? { items } : {}),
      })),
    );
    const seconds = (performance.now() - began) / 1000;
    return { model: model.folder, digest, results, statements, tokens, seconds };
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new JikjiError('interrupted', 'the evaluation was stopped', options.model, 'begin it anew');
  } finally {
    language?.close();
    model.close();
  }
}

/** A line for each item: its task, its number from 1, and what it gave in each metric that is a mean. */
function itemLines(evaluated: readonly { set: EvaluationSet; figures: readonly Figure[] }[]): string {
  const lines = evaluated.flatMap(({ set, figures }) => {
    const means = figures.filter(({ items }) => items !== undefined);
    if (means.length === 0) return [];
    return set.items.map((_, i) => {
      const results = Object.fromEntries(means.map(({ metric, items }) => [metric, items![i]]));
      return `${JSON.stringify({ task: set.name, item: i + 1, ...results })}\n`;
    });
  });
  return lines.join('');
}

async function setsOf(
  model: Model,
  { tasks, limit, taskDigest, onNote = () => {} }: EvaluateOptions,
): Promise<EvaluationSet[]> {
  const { run } = model;
  if (tasks.length === 0 && run === undefined) {
    throw new JikjiError(
      'usage',
      'a model that is no run has no tasks of its own',
      model.folder,
      'name one: --task FILE',
    );
  }
  const sets: EvaluationSet[] = [];
  for (const task of tasks.length > 0 ? tasks : OWN_TASKS) {
    if (!isOwnTask(task)) {
      sets.push(await loadTask(taskFile(task, OWN_TASKS), { limit }));
      continue;
    }
    if (run === undefined) {
      throw new JikjiError(
        'usage',
        'is made from the text that a run held out; this model is no run',
        task,
        'name another task',
      );
    }
    const set = ownSet(run, task, limit);
    if (set) sets.push(set);
    else if (tasks.length === 0) onNote(`${task} is left out: the run's held-out text gives too little for it.`);
    else
      throw new JikjiError('task-data', "the run's held-out text gives too little for it", task, 'name another task');
  }
  const other = sets.find(({ digest }) => taskDigest !== undefined && digest !== taskDigest);
  if (other) {
    throw new JikjiError(
      'task-differs',
      `this is not the task that is asked for: its digest is ${other.digest}`,
      other.name,
      `bring the task and the data whose digest is ${taskDigest}`,
    );
  }
  const twice = sets.find((set, i) => sets.findIndex(({ name }) => name === set.name) !== i);
  if (twice) throw new JikjiError('usage', 'two tasks have this name', twice.name, 'evaluate them one after the other');
  if (sets.length === 0) {
    throw new JikjiError('task-data', "the run's held-out text gives no task", model.folder, 'name one: --task FILE');
  }
  return sets;
}

/** Where a set's statement goes; undefined where none is written. */
function placeOf(
  model: Model,
  { out }: EvaluateOptions,
  count: number,
  onNote: (note: string) => void,
): ((set: EvaluationSet) => string) | undefined {
  const inFolder = (folder: string) => (set: EvaluationSet) => {
    // The first items of a task do not stand in for all of it.
    const some = set.items.length < set.of ? `-first-${set.items.length}` : '';
    return join(folder, `${set.name}-${set.digest.slice(0, 8)}${some}.json`);
  };
  if (out === undefined) {
    if (model.run !== undefined) return inFolder(join(model.run, 'evaluations'));
    onNote('No statement is written: say where with --out FILE.');
    return undefined;
  }
  const isFolder = existsSync(out) ? statSync(out).isDirectory() : !out.endsWith('.json');
  if (isFolder) return inFolder(out);
  if (count > 1) {
    throw new JikjiError('usage', `${count} tasks give as many statements`, `--out ${out}`, 'name a folder');
  }
  return () => out;
}

/** What can be known to fail is told before the work, not after it. */
function checkPlace(path: string): void {
  const folder = dirname(resolve(path));
  const hint = 'choose another place with --out, --peers or --items';
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new JikjiError('not-writable', 'nothing can be written here', path, hint, { cause: error });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new JikjiError('not-writable', 'is a folder', path, hint);
  }
}
