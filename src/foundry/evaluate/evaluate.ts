// Scores a model on tasks, one after the other, and writes a signed statement for each.

import { JikjiError, writeFileAtomic } from '../../base/index.ts';
import { openModel, templateOf } from '../load/index.ts';
import type { LanguageModel } from './language-model.ts';
import type { EvaluateOptions, EvaluateResult } from './options.ts';
import { planEvaluation } from './plan.ts';
import { type Evaluated, resultsOf, writeExports } from './results.ts';
import { scoreSet } from './score.ts';
import { openLanguageModel } from './scorer.ts';
import { evaluationStatement } from './statement.ts';

/**
 * Evaluates a model. Writes a task's statement when the task ends.
 * @throws JikjiError for faults of the model, the tasks, the key or the output paths
 */
export async function evaluateModel(options: EvaluateOptions): Promise<EvaluateResult> {
  const { threads, limit, onNote = () => {}, signal, peers, itemsOut } = options;
  const model = openModel(options.model);
  let language: LanguageModel | undefined;
  const template = templateOf(model);
  try {
    if (model.note) onNote(model.note);
    const { sets, place, signer, digest } = await planEvaluation(model, options);
    const began = performance.now();
    language = openLanguageModel(model, { threads });
    const evaluated: Evaluated[] = [];
    const statements: string[] = [];
    let tokens = 0;
    for (const [i, set] of sets.entries()) {
      const report = (fraction: number): void =>
        options.onProgress?.({ task: set.name, number: i + 1, count: sets.length, fraction, tokens });
      report(0);
      const figures = await scoreSet(set, {
        tokenizer: model.tokenizer,
        model: language,
        template,
        signal,
        onProgress: (progress) => {
          tokens += progress.tokens;
          report(progress.fraction);
        },
      });
      evaluated.push({ set, figures });
      if (place && signer) {
        const path = place(set);
        writeFileAtomic(
          path,
          evaluationStatement({ digest, arithmeticVersion: model.arithmeticVersion }, set, figures, signer),
        );
        statements.push(path);
      }
    }
    writeExports(model.folder, evaluated, { peers, itemsOut, limit });
    const results = evaluated.flatMap(({ set, figures }) => resultsOf(set, figures, options.items));
    const seconds = (performance.now() - began) / 1000;
    return { model: model.folder, digest, results, statements, tokens, seconds };
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new JikjiError('interrupted', 'the evaluation was stopped', options.model, 'begin it again');
  } finally {
    language?.close();
    template?.close();
    model.close();
  }
}
