// S_0 of a run: drawn from its seed, or with the weights of its parent, which lie in the run's folder.

import { loadStart, type Trainer } from '../foundry/train/index.ts';
import { parentOf, START } from '../ledger/index.ts';
import { seedOf } from './schedule.ts';
import { stateFile } from './states.ts';
import type { Evidence } from './structure.ts';

/** Sets the trainer to S_0, which must be whole. */
export function beginState(evidence: Evidence, trainer: Trainer): void {
  const { statements, folder, tokenizer } = evidence;
  const seed = seedOf(evidence);
  const partsOf = tokenizer!.partsOf.bind(tokenizer);
  if (parentOf(statements!.genesis.predicate.commitment)) loadStart(folder.file(START), trainer, { seed, partsOf });
  else trainer.initialise(seed);
}

/** The file of a state, for findings. */
export const fileOfState = (step: number): string => (step === 0 ? START : stateFile(step));
