// The file of references of a run that learns from pairs, against what genesis says of it: a part of the check `structure`.

import type { Split } from '../foundry/corpus/index.ts';
import { countReferences, openReferences, REFERENCE_BYTES } from '../foundry/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { type Commitment, REFERENCES, referencesOf } from '../ledger/index.ts';
import { GENESIS } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { BEGINNING } from './sentences/structure.ts';
import { digestOf, type Texts } from './texts.ts';

/** The nats of the conversations of a source by the weights of step 0. */
export type References = (source: number, split: Split) => Float64Array;

interface ReferencesInput {
  commitment: Commitment;
  recipe: Recipe;
  texts: Texts | undefined;
}

/** Opens the file where it is what genesis names; undefined for a run without pairs too. */
export async function checkReferences(
  folder: RunFolder,
  { commitment, recipe, texts }: ReferencesInput,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<References | undefined> {
  const committed = referencesOf(commitment);
  const hasPairs = recipe.train.dpoBeta !== undefined;
  if (hasPairs !== (committed !== undefined)) {
    findings.refuted(GENESIS, hasPairs ? BEGINNING.noReferences : BEGINNING.needlessReferences);
    return undefined;
  }
  if (!hasPairs || !texts) return undefined;
  return findings.tryAsync(REFERENCES, async () => {
    const [size, wanted] = [folder.size(REFERENCES), REFERENCE_BYTES * countReferences(texts.tokens)];
    if (size === undefined) findings.incomplete(REFERENCES, BEGINNING.referencesMissing);
    else if (size !== wanted) findings.refuted(REFERENCES, BEGINNING.referencesSize(size, wanted));
    else if ((await digestOf(folder, REFERENCES, pause)) !== committed)
      findings.refuted(REFERENCES, BEGINNING.otherReferences);
    else return openReferences(folder.file(REFERENCES), texts.tokens);
    return undefined;
  });
}
