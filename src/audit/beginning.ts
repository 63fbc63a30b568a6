// What training begins with and genesis names: the weights of a parent, the references of a run that learns from pairs. A part of the check
// `structure`.

import { Safetensors } from '../formats/index.ts';
import type { Split } from '../foundry/corpus/index.ts';
import { countReferences, openReferences, REFERENCE_BYTES } from '../foundry/index.ts';
import { EMBEDDING, type ModelConfig } from '../foundry/model/index.ts';
import type { Recipe } from '../foundry/recipe/index.ts';
import { type Commitment, parentOf, REFERENCES, referencesOf, START } from '../ledger/index.ts';
import { GENESIS } from '../run-folder/index.ts';
import type { Findings } from './findings.ts';
import { broken, type RunFolder } from './folder.ts';
import { BEGINNING } from './sentences/structure.ts';
import { checkHeader, expectedModel } from './states.ts';
import { digestOf, type Texts } from './texts.ts';

export interface StartWeights {
  state: 'whole' | 'missing' | 'broken';
  /** Rows of the embedding: entries of the parent's tokenizer. Set where the weights are whole, and those of a parent. */
  rows?: number;
}

/** S_0 is whole where it is drawn: nothing of it lies in the folder. */
export async function checkStart(
  folder: RunFolder,
  { commitment, config }: { commitment: Commitment; config: ModelConfig },
  findings: Findings,
  pause: () => Promise<void>,
): Promise<StartWeights> {
  const parent = parentOf(commitment);
  if (!parent) return { state: 'whole' };
  if (!folder.hasEntry(START)) {
    findings.incomplete(START, BEGINNING.noStart);
    return { state: 'missing' };
  }
  let rows = 0;
  const digest = await findings.tryAsync(START, async () => {
    rows = rowsOf(folder, config.vocabSize);
    checkHeader(folder, START, expectedModel({ ...config, vocabSize: rows }));
    return digestOf(folder, START, pause);
  });
  if (digest === parent.weights) return { state: 'whole', rows };
  if (digest !== undefined) findings.refuted(START, BEGINNING.otherStart);
  return { state: 'broken' };
}

/** Rows of the embedding: at most `most`. */
function rowsOf(folder: RunFolder, most: number): number {
  const file = Safetensors.open(folder.file(START));
  try {
    const rows = file.tensors.get(EMBEDDING)?.shape[0] ?? 0;
    if (rows < 1 || rows > most) throw broken(START, BEGINNING.tooManyRows(rows, most));
    return rows;
  } finally {
    file.close();
  }
}

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
