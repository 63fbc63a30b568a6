// An evaluation whose tasks are scored by several processes. Each process writes its task's part beside the statement; this file lists
// the missing tasks and merges the parts into the result of one process. Does not know how the processes are started.

import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { JikjiError, makeFolder, packageVersion, parseJson, writeFileAtomic } from '../../base/index.ts';
import { figureSchema, metricSchema } from '../../formats/index.ts';
import { readStatement } from '../../ledger/index.ts';
import { openModel } from '../load/index.ts';
import type { EvaluateOptions, EvaluateResult } from './options.ts';
import { planEvaluation } from './plan.ts';
import { resultsOf, writeExports } from './results.ts';
import type { EvaluationSet } from './set.ts';
import { statedResults } from './statement.ts';

export interface SplitTask {
  name: string;
  /** The entry of `tasks` for an evaluation of this task alone. */
  task: string;
  digest: string;
}

export interface SplitEvaluation {
  /** Folder of the statements. */
  folder: string;
  tasks: SplitTask[];
  /** Tasks without a part, or with one from another model, other data or another version. */
  missing(): SplitTask[];
  /** Deletes all parts. */
  forget(): void;
  /** The merged result, once no task is missing; also writes the files of `peers` and `itemsOut`. */
  together(): EvaluateResult;
}

const partSchema = z.object({
  formatVersion: z.literal(1),
  results: z.array(
    z.object({
      part: z.string().optional(),
      metric: metricSchema,
      value: figureSchema,
      stderr: z.number().nullable(),
      n: z.int(),
      items: z.array(figureSchema).optional(),
      clusters: z.array(z.int().min(0)).optional(),
    }),
  ),
  tokens: z.int(),
  seconds: z.number(),
});
type Part = z.output<typeof partSchema>;

const partOf = (statement: string) => join(dirname(statement), 'parts', basename(statement));

const figuresOf = ({ results }: Part) => results.map(({ part, items, ...rest }) => ({ part, items, ...rest }));

/** Writes the part of one task; the result must have `items` and one statement. */
export function leavePart({ results, statements, tokens, seconds }: EvaluateResult): void {
  const path = partOf(statements[0]);
  makeFolder(dirname(path));
  const part = { formatVersion: 1, results: results.map(({ task: _, ...figure }) => figure), tokens, seconds };
  writeFileAtomic(path, `${JSON.stringify(part)}\n`);
}

/**
 * Reads a task's part; undefined where it is missing or unusable, so that the task is scored again. The folder may come from others: a
 * part counts only if `evaluator` has signed its statement.
 */
function readPart(
  statement: string,
  { model, evaluator }: { model: string; evaluator: string },
  set: EvaluationSet,
): Part | undefined {
  try {
    const { predicate } = readStatement(statement, 'evaluation');
    const isCurrent =
      predicate.evaluatorKey === evaluator &&
      predicate.model === model &&
      predicate.task === set.digest &&
      predicate.n === set.items.length &&
      predicate.version === packageVersion();
    const part = isCurrent ? partSchema.parse(parseJson(readFileSync(partOf(statement), 'utf8'))) : undefined;
    return part && isDeepStrictEqual(statedResults(figuresOf(part)), predicate.results) ? part : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Plans an evaluation whose tasks are scored by separate processes. Statements go to a folder.
 * @throws JikjiError as `evaluateModel` does before the work; `usage` where the statements have no folder
 */
export async function splitEvaluation(options: EvaluateOptions): Promise<SplitEvaluation> {
  const { onNote = () => {}, limit } = options;
  const model = openModel(options.model);
  try {
    if (model.note) onNote(model.note);
    const { sets, place, signer, digest } = await planEvaluation(model, options);
    const { folder: named } = model;
    const folder = place && dirname(place(sets[0]));
    if (!place || !signer || !folder || place(sets[0]) === options.out) {
      const input = options.out === undefined ? named : `--out ${options.out}`;
      throw new JikjiError('usage', 'the statements need a folder', input, 'name one: --out FOLDER');
    }
    const tasks = sets.map(({ name, digest }, i) => ({ name, digest, task: options.tasks[i] ?? name }));
    const mine = { model: digest, evaluator: signer.publicKey.toString('base64') };
    const partOfSet = (set: EvaluationSet) => readPart(place(set), mine, set);
    return {
      folder,
      tasks,
      missing: () => tasks.filter((_, i) => partOfSet(sets[i]) === undefined),
      forget: () => {
        for (const set of sets) rmSync(partOf(place(set)), { force: true });
      },
      together: () => {
        const parts = sets.map((set) => partOfSet(set)!);
        const evaluated = sets.map((set, i) => ({
          set,
          figures: figuresOf(parts[i]),
        }));
        writeExports(named, evaluated, { ...options, limit });
        return {
          model: named,
          digest,
          results: evaluated.flatMap(({ set, figures }) => resultsOf(set, figures, options.items)),
          statements: sets.map(place),
          tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
          seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
        };
      },
    };
  } finally {
    model.close();
  }
}
