// Loads a kept state's weights for forward passes. Structure has checked the state's root, so it is not computed again.

import { Safetensors } from '../formats/index.ts';
import type { Trainer } from '../foundry/train/index.ts';
import { beginState } from './start.ts';
import { stateFile } from './states.ts';
import type { Evidence } from './structure.ts';

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
