// The weights of a parent in the run's folder, against what genesis says of them: a part of the check `structure`.

import { Safetensors } from '../formats/index.ts';
import { EMBEDDING, type ModelConfig } from '../foundry/model/index.ts';
import { type Commitment, parentOf, START } from '../ledger/index.ts';
import type { Findings } from './findings.ts';
import { broken, type RunFolder } from './folder.ts';
import { BEGINNING } from './sentences/structure.ts';
import { checkHeader, expectedModel } from './states.ts';
import { digestOf } from './texts.ts';

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
