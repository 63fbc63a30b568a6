// Plans an evaluation before it begins: its sets, the paths of their statements, the signer. Reports what would fail later.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { JikjiError, makeFolder, systemCode } from '../../base/index.ts';
import type { Signer } from '../../ledger/index.ts';
import type { Model } from '../load/index.ts';
import { loadTask, taskFile } from './load-task.ts';
import type { EvaluateOptions } from './options.ts';
import { isRunTask, RUN_TASKS, runSet } from './run-sets.ts';
import type { EvaluationSet } from './set.ts';

export interface Plan {
  sets: EvaluationSet[];
  /** Path of a set's statement, and its signer; undefined where no statement is written. */
  place: ((set: EvaluationSet) => string) | undefined;
  signer: Signer | undefined;
  /** The model's digest. */
  digest: string;
}

/** @throws JikjiError for faults of the tasks, the key or the output paths */
export async function planEvaluation(model: Model, options: EvaluateOptions): Promise<Plan> {
  const { onNote = () => {}, peers, itemsOut } = options;
  const sets = await setsOf(model, options);
  const place = options.signer && placeOf(model, options, sets.length, onNote);
  const others = [peers, itemsOut].filter((path) => path !== undefined);
  for (const path of [...(place ? sets.map(place) : []), ...others]) checkPlace(path);
  const signer = place && (await options.signer?.());
  return { sets, place, signer, digest: model.digest() };
}

async function setsOf(
  model: Model,
  { tasks, limit, taskDigest, onNote = () => {} }: EvaluateOptions,
): Promise<EvaluationSet[]> {
  const { run } = model;
  if (tasks.length === 0 && run === undefined) {
    throw new JikjiError(
      'usage',
      'only a run has default tasks; this model is not a run',
      model.folder,
      'name one: --task FILE',
    );
  }
  const sets: EvaluationSet[] = [];
  for (const task of tasks.length > 0 ? tasks : RUN_TASKS) {
    if (!isRunTask(task)) {
      sets.push(await loadTask(taskFile(task, RUN_TASKS), { limit }));
      continue;
    }
    if (run === undefined) {
      throw new JikjiError('usage', "needs a run's held-out text; this model is not a run", task, 'name another task');
    }
    const set = await runSet(run, task, limit);
    if (set) sets.push(set);
    else if (tasks.length === 0) onNote(`${task} is left out: the run's held-out text is too short for it.`);
    else throw new JikjiError('task-data', "the run's held-out text is too short for it", task, 'name another task');
  }
  const other = sets.find(({ digest }) => taskDigest !== undefined && digest !== taskDigest);
  if (other) {
    throw new JikjiError(
      'task-differs',
      `this is not the requested task: its digest is ${other.digest}`,
      other.name,
      `use the task and the data with the digest ${taskDigest}`,
    );
  }
  const twice = sets.find((set, i) => sets.findIndex(({ name }) => name === set.name) !== i);
  if (twice) throw new JikjiError('usage', 'two tasks have this name', twice.name, 'evaluate them one after the other');
  if (sets.length === 0) {
    throw new JikjiError('task-data', "the run's held-out text gives no task", model.folder, 'name one: --task FILE');
  }
  return sets;
}

/** The path of a set's statement; undefined where no statement is written. */
function placeOf(
  model: Model,
  { out }: EvaluateOptions,
  count: number,
  onNote: (note: string) => void,
): ((set: EvaluationSet) => string) | undefined {
  const inFolder = (folder: string) => (set: EvaluationSet) => {
    // A statement over the first items must not replace the one over the whole task.
    const suffix = set.items.length < set.of ? `-first-${set.items.length}` : '';
    return join(folder, `${set.name}-${set.digest.slice(0, 8)}${suffix}.json`);
  };
  if (out === undefined) {
    if (model.run !== undefined) return inFolder(join(model.run, 'evaluations'));
    onNote('No statement is written: --out FILE writes one.');
    return undefined;
  }
  const isFolder = existsSync(out) ? statSync(out).isDirectory() : !out.endsWith('.json');
  if (isFolder) return inFolder(out);
  if (count > 1) {
    throw new JikjiError('usage', `${count} tasks give as many statements`, `--out ${out}`, 'name a folder');
  }
  return () => out;
}

/** Checks before the work that a path can be written. @throws JikjiError `not-writable` */
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
