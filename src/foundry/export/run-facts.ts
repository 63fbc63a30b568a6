// Reads the facts of a run for its model card: recipe, texts, evidence. The folder is untrusted: files are checked against their
// schemas and against the signed digests. Does not audit the run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { JikjiError, parseJson } from '../../base/index.ts';
import { countSchema, readSmallFile } from '../../formats/index.ts';
import { digestOfFile, readStatement, type Statement } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { type CorpusManifest, corpusManifestSchema } from '../corpus/index.ts';
import { parseRunRecipe, type RunRecipe } from '../recipe/index.ts';

/** Largest manifest or list of validations that is read, in bytes. */
const MAX_FILE = 64 << 20;

export interface RunFacts {
  recipe: RunRecipe;
  manifest: CorpusManifest;
  genesis: Statement<'genesis'>;
  /** Undefined if the run is not finished. */
  seal: Statement<'seal'> | undefined;
  /** Bits per byte of each source's held-out text at the last step. Not signed; an audit measures it again. */
  bySource: (number | null)[];
  /** The same before step 1: of a run with a parent, else empty. */
  bySourceBefore: (number | null)[];
}

const differs = (what: string, path: string) =>
  new JikjiError('evidence-differs', what, path, 'jikji audit shows what is wrong with this run');

export const notSealed = (file: string): JikjiError => differs('is not the file that was sealed', file);

/**
 * Reads the facts of a run. Checks all files except the weights against the signed digests.
 * @throws JikjiError `evidence-missing`, `manifest-broken`; `evidence-differs` if a file is not the signed one; errors of the recipe
 * and of statements
 */
export function readRunFacts(run: string): RunFacts {
  const paths = runPaths(run);
  for (const path of [paths.recipe, paths.manifest, paths.genesis]) {
    if (!existsSync(path)) {
      throw new JikjiError(
        'evidence-missing',
        'this file of the run is missing; the model card needs it',
        path,
        `to export the weights without a card, export ${paths.model}`,
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
    if (seal.predicate.genesis !== genesis.digest) throw differs('belongs to another genesis', paths.seal);
    for (const name of ['config.json', 'tokenizer.json']) {
      const file = join(paths.model, name);
      if (!existsSync(file) || digestOfFile(file) !== seal.subjects.get(`model/${name}`)) throw notSealed(file);
    }
  }
  return {
    recipe: parseRunRecipe(readSmallFile(paths.recipe, 4 << 20), paths.recipe),
    manifest: readManifest(paths.manifest),
    genesis,
    seal,
    bySource: seal && existsSync(paths.validation) ? bySourceAt(paths.validation, -1, seal.predicate.steps) : [],
    bySourceBefore: seal && existsSync(paths.validation) ? bySourceAt(paths.validation, 0, 0) : [],
  };
}

function readManifest(path: string): RunFacts['manifest'] {
  try {
    return corpusManifestSchema.parse(parseJson(readSmallFile(path, MAX_FILE)));
  } catch (cause) {
    if (cause instanceof JikjiError) throw cause;
    throw new JikjiError('manifest-broken', 'is not a corpus manifest', path, 'get the run again from its maker', {
      cause,
    });
  }
}

const validationSchema = z.object({ step: countSchema, bySource: z.array(z.number().nullable()).max(1000) });

/** Those of a line, if it is of this step. */
function bySourceAt(path: string, line: number, step: number): (number | null)[] {
  try {
    const lines = readSmallFile(path, MAX_FILE).trimEnd().split('\n');
    const one = validationSchema.parse(parseJson(lines.at(line)!));
    return one.step === step ? one.bySource : [];
  } catch {
    return []; // the card omits them
  }
}
