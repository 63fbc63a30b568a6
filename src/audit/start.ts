// S_0 of a run: drawn from its seed, or with the weights of its parent, which lie in the run's folder.

import { loadStart, type Trainer } from '../foundry/train/index.ts';
import { parentOf, START } from '../ledger/index.ts';
import type { Findings } from './findings.ts';
import { seedOf } from './schedule.ts';
import { checkHeader, expectedModel, stateFile } from './states.ts';
import type { Evidence } from './structure.ts';
import { digestOf } from './texts.ts';

/** Compares the weights of the parent with what genesis says of them. S_0 is whole where it is drawn: nothing of it lies in the folder. */
export async function checkStart(
  { folder, statements, config }: Evidence,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<'whole' | 'missing' | 'broken'> {
  const parent = parentOf(statements!.genesis.predicate.commitment);
  if (!parent) return 'whole';
  if (!folder.hasEntry(START)) {
    findings.incomplete(START, 'is not there: nothing shows which weights this run began with');
    return 'missing';
  }
  const digest = await findings.tryAsync(START, async () => {
    checkHeader(folder, START, expectedModel(config!));
    return digestOf(folder, START, pause);
  });
  if (digest === parent.weights) return 'whole';
  if (digest !== undefined) findings.refuted(START, 'has other weights than genesis names');
  return 'broken';
}

/** Sets the trainer to S_0, which must be whole. */
export function beginState(evidence: Evidence, trainer: Trainer): void {
  const { statements, folder } = evidence;
  if (parentOf(statements!.genesis.predicate.commitment)) loadStart(folder.file(START), trainer);
  else trainer.initialise(seedOf(evidence));
}

/** The file of a state, for findings. */
export const fileOfState = (step: number): string => (step === 0 ? START : stateFile(step));
