// What is known of an evaluation before it begins: its sets, where their statements go, who signs them. What can be known to be wrong
// with them is said here.

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
  /** Where a set's statement goes, and who signs it; undefined where none is written. */
  place: ((set: EvaluationSet) => string) | undefined;
  signer: Signer | undefined;
  /** The model's digest. */
  digest: string;
}

/** @throws JikjiError for what is wrong with the tasks, the key or the places to write to */
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
      'a model that is no run has no tasks of its own',
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
      throw new JikjiError(
        'usage',
        'is made from the text that a run held out; this model is no run',
        task,
        'name another task',
      );
    }
    const set = runSet(run, task, limit);
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
