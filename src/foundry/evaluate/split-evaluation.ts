// An evaluation whose tasks are scored by several processes, each of which leaves what its task came to beside the statement: what
// there is to do, what is done, and the whole of it as one process would have given it. Knows nothing of how they are started.

import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { JikjiError, makeFolder, packageVersion, writeFileAtomic } from '../../base/index.ts';
import { figureSchema, metricSchema } from '../../formats/index.ts';
import { readStatement } from '../../ledger/index.ts';
import { openModel } from '../load/index.ts';
import type { EvaluateOptions, EvaluateResult } from './options.ts';
import { planEvaluation } from './plan.ts';
import { resultsOf, writeOthers } from './results.ts';
import type { EvaluationSet } from './set.ts';
import { statedResults } from './statement.ts';

export interface SplitTask {
  name: string;
  /** As `tasks` of an evaluation of this one alone has it. */
  task: string;
  digest: string;
}

export interface SplitEvaluation {
  /** Where the statements go. */
  folder: string;
  tasks: SplitTask[];
  /** Those of them that are not done: they left nothing, or something of another model, other data or another version. */
  missing(): SplitTask[];
  /** Has all of them missing. */
  forget(): void;
  /** The whole, when none is missing; also writes what `peers` and `itemsOut` ask for. */
  together(): EvaluateResult;
}

const form = z.object({
  formatVersion: z.literal(1),
  results: z.array(
    z.object({
      part: z.string().optional(),
      metric: metricSchema,
      value: figureSchema,
      stderr: z.number().nullable(),
      n: z.int(),
      items: z.array(figureSchema).optional(),
    }),
  ),
  tokens: z.int(),
  seconds: z.number(),
});
type Part = z.output<typeof form>;

const partOf = (statement: string): string => join(dirname(statement), 'parts', basename(statement));

const figuresOf = ({ results }: Part) => results.map(({ part, items, ...rest }) => ({ part, items, ...rest }));

/** Leaves what one task came to, of a result with `items` and one statement. */
export function leavePart({ results, statements, tokens, seconds }: EvaluateResult): void {
  const path = partOf(statements[0]!);
  makeFolder(dirname(path));
  const part = { formatVersion: 1, results: results.map(({ task: _, ...figure }) => figure), tokens, seconds };
  writeFileAtomic(path, `${JSON.stringify(part)}\n`);
}

/**
 * What a task left; undefined where it did not, or where that is no use: then it is to be done again. Others may have handed on a folder
 * with theirs: it counts only where `evaluator` has signed it.
 */
function readPart(
  statement: string,
  { model, evaluator }: { model: string; evaluator: string },
  set: EvaluationSet,
): Part | undefined {
  try {
    const { predicate } = readStatement(statement, 'evaluation');
    const same =
      predicate.evaluatorKey === evaluator &&
      predicate.model === model &&
      predicate.task === set.digest &&
      predicate.n === set.items.length &&
      predicate.version === packageVersion();
    const part = same ? form.parse(JSON.parse(readFileSync(partOf(statement), 'utf8'))) : undefined;
    return part && isDeepStrictEqual(statedResults(figuresOf(part)), predicate.results) ? part : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Plans an evaluation whose tasks are scored apart. Statements go to a folder.
 * @throws JikjiError as `evaluateModel` does before the work; `usage` where statements have no folder to go to
 */
export async function splitEvaluation(options: EvaluateOptions): Promise<SplitEvaluation> {
  const { onNote = () => {}, limit } = options;
  const model = openModel(options.model);
  try {
    if (model.note) onNote(model.note);
    const { sets, place, signer, digest } = await planEvaluation(model, options);
    const { folder: named } = model;
    const folder = place && dirname(place(sets[0]!));
    if (!place || !signer || !folder || place(sets[0]!) === options.out) {
      const input = options.out === undefined ? named : `--out ${options.out}`;
      throw new JikjiError('usage', 'the statements need a folder to go to', input, 'name one: --out FOLDER');
    }
    const tasks = sets.map(({ name, digest }, i) => ({ name, digest, task: options.tasks[i] ?? name }));
    const mine = { model: digest, evaluator: signer.publicKey.toString('base64') };
    const partOfSet = (set: EvaluationSet) => readPart(place(set), mine, set);
    return {
      folder,
      tasks,
      missing: () => tasks.filter((_, i) => partOfSet(sets[i]!) === undefined),
      forget: () => {
        for (const set of sets) rmSync(partOf(place(set)), { force: true });
      },
      together: () => {
        const parts = sets.map((set) => partOfSet(set)!);
        const evaluated = sets.map((set, i) => ({
          set,
          figures: figuresOf(parts[i]!),
        }));
        writeOthers(named, evaluated, { ...options, limit });
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
