// What a run says of itself, for its model card: recipe, texts, evidence. A run's folder may be anybody's: what is read has been
// checked for form and against what was signed. Whether the run holds is the audit's question.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { countSchema, readSmallFile } from '../../formats/index.ts';
import { digestOfFile, readStatement, type Statement } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { parseRecipe, type Recipe } from '../recipe/index.ts';

const text = z.string().max(2000);
const halves = z.object({ train: countSchema, validation: countSchema });

const manifestShape = z.object({
  sources: z
    .array(
      z.object({
        origin: z.union([z.object({ npm: text }), z.object({ files: z.array(text).max(1000) })]),
        language: text,
        licence: text,
        weight: z.number(),
        counts: z.object({ kept: countSchema, dropped: z.record(text, countSchema) }),
        bytes: halves,
      }),
    )
    .max(1000),
  documents: halves,
  bytes: halves,
});

export interface RunFacts {
  recipe: Recipe;
  manifest: z.output<typeof manifestShape>;
  genesis: Statement<'genesis'>;
  /** Undefined where the run is not finished. */
  seal: Statement<'seal'> | undefined;
  /** Bits per byte of each source's validation text at the last step; not signed, but an audit measures it again. */
  bySource: (number | null)[];
}

const differs = (what: string, path: string): JikjiError =>
  new JikjiError('evidence-differs', what, path, 'jikji audit tells what is wrong with this run');

export const notSealed = (file: string): JikjiError => differs('is not the file that was sealed', file);

/**
 * All but the weights is checked against what was signed.
 * @throws JikjiError for what is missing or broken; `evidence-differs` where a file is not the one that was signed
 */
export function readRunFacts(run: string): RunFacts {
  const paths = runPaths(run);
  for (const path of [paths.recipe, paths.manifest, paths.genesis]) {
    if (!existsSync(path)) {
      throw new JikjiError(
        'evidence-missing',
        'a run has this file; without it no model card can be written',
        path,
        `for the weights alone export ${paths.model}`,
      );
    }
  }
  const genesis = readStatement(paths.genesis, 'genesis');
  const { commitment } = genesis.predicate;
  if (digestOfFile(paths.manifest) !== commitment.corpusManifest) {
    throw differs('is not the manifest that the run committed to', paths.manifest);
  }
  const seal = existsSync(paths.seal) ? readStatement(paths.seal, 'seal') : undefined;
  if (seal) {
    if (seal.predicate.genesis !== genesis.digest) throw differs('seals another beginning', paths.seal);
    for (const name of ['config.json', 'tokenizer.json']) {
      const file = join(paths.model, name);
      if (!existsSync(file) || digestOfFile(file) !== seal.subjects.get(`model/${name}`)) throw notSealed(file);
    }
  }
  return {
    recipe: parseRecipe(readSmallFile(paths.recipe, 4 << 20), { file: paths.recipe }),
    manifest: readManifest(paths.manifest),
    genesis,
    seal,
    bySource: seal && existsSync(paths.validation) ? lastBySource(paths.validation, seal.predicate.steps) : [],
  };
}

function readManifest(path: string): RunFacts['manifest'] {
  try {
    return manifestShape.parse(JSON.parse(readSmallFile(path, 64 << 20)));
  } catch (cause) {
    if (cause instanceof JikjiError) throw cause;
    throw new JikjiError('manifest-broken', 'is no corpus manifest', path, 'take the run anew from its maker', {
      cause,
    });
  }
}

const validationShape = z.object({ step: countSchema, bySource: z.array(z.number().nullable()).max(1000) });

function lastBySource(path: string, step: number): (number | null)[] {
  try {
    const last = validationShape.parse(
      JSON.parse(
        readSmallFile(path, 64 << 20)
          .trimEnd()
          .split('\n')
          .at(-1)!,
      ),
    );
    return last.step === step ? last.bySource : [];
  } catch {
    return []; // the card then leaves them out
  }
}
