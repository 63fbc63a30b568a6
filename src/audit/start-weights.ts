// The weights of a parent in the run's folder, against what genesis says of them: a part of the check `structure`.

import type { ModelConfig } from '../foundry/model/index.ts';
import { type Commitment, parentOf, START } from '../ledger/index.ts';
import type { Findings } from './findings.ts';
import type { RunFolder } from './folder.ts';
import { checkHeader, expectedModel } from './states.ts';
import { digestOf } from './texts.ts';

/** S_0 is whole where it is drawn: nothing of it lies in the folder. */
export async function checkStart(
  folder: RunFolder,
  { commitment, config }: { commitment: Commitment; config: ModelConfig },
  findings: Findings,
  pause: () => Promise<void>,
): Promise<'whole' | 'missing' | 'broken'> {
  const parent = parentOf(commitment);
  if (!parent) return 'whole';
  if (!folder.hasEntry(START)) {
    findings.incomplete(START, 'is not there: nothing shows which weights this run began with');
    return 'missing';
  }
  const digest = await findings.tryAsync(START, async () => {
    checkHeader(folder, START, expectedModel(config));
    return digestOf(folder, START, pause);
  });
  if (digest === parent.weights) return 'whole';
  if (digest !== undefined) findings.refuted(START, 'has other weights than genesis names');
  return 'broken';
}
