// Sets a trainer to states of a run: to S_0, drawn from its seed or with the weights of its parent, which lie in the run's folder; or to a
// kept state's weights, for forward passes. Structure has checked the states' roots, so they are not computed again.

import { Safetensors } from '../formats/index.ts';
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

/** Loads a state's weights into the trainer, whose moments are invalid afterwards. Returns false if the state is not whole. */
export function loadWeights(evidence: Evidence, trainer: Trainer, step: number): boolean {
  if (evidence.states.get(step) !== 'whole') return false;
  if (step === 0) {
    beginState(evidence, trainer);
    return true;
  }
  const file = Safetensors.open(evidence.folder.file(stateFile(step)));
  try {
    for (const { name, data } of trainer.weights()) file.read(name, data);
    return true;
  } finally {
    file.close();
  }
}
