// What pairs are compared with, against the weights of step 0: the references of those that replayed steps read, and of held-out ones.

import {
  type Batches,
  natsOfConversations,
  natsOfFile,
  type TokenFiles,
  type Trainer,
  usedRows,
} from '../foundry/train/index.ts';
import { REFERENCES } from '../ledger/index.ts';
import { windowsOf } from './encoding.ts';
import type { Findings } from './findings.ts';
import { BEGINNING } from './sentences/structure.ts';
import type { Evidence } from './structure.ts';
import type { Segment } from './types.ts';

/** Whether the loss of a step cannot be computed again; adds a finding then. */
export function lacksReferences({ recipe, references }: Evidence, findings: Findings): boolean {
  if (recipe!.train.dpoBeta === undefined || references) return false;
  findings.incomplete(REFERENCES, BEGINNING.referencesUnusable);
  return true;
}

/**
 * Computes the references of the pairs that these segments learn from again; the trainer is at step 0. Returns how many pairs it compared.
 */
export async function compareReferences(
  evidence: Evidence,
  { batches, segments, trainer }: { batches: Batches; segments: readonly Segment[]; trainer: Trainer },
  findings: Findings,
  pause: () => Promise<void>,
): Promise<number> {
  let compared = 0;
  for (const [source, windows] of await windowsOf(evidence, batches, segments, pause)) {
    for (const window of windows) {
      await pause();
      const slots = batches.window(source, window);
      const again = natsOfConversations(trainer, slots);
      if (differs(again, usedRows(slots).references, findings)) return compared;
      compared += again.length / 2;
    }
  }
  return compared;
}

/** Computes the references of the held-out pairs that begin before so many ids of each source again; the trainer is at step 0. */
export async function compareHeldOut(
  trainer: Trainer,
  sources: readonly TokenFiles[],
  below: readonly number[],
  findings: Findings,
): Promise<void> {
  for (const [i, { tokens, marks, references }] of sources.entries()) {
    const again = await natsOfFile(trainer, { tokens, marks: marks! }, { below: below[i]! });
    if (differs(again, references!, findings)) return;
  }
}

/** Whether references are not those that were computed again, of which there may be fewer; adds a finding then. */
function differs(again: ArrayLike<number>, references: ArrayLike<number>, findings: Findings): boolean {
  const at = Array.prototype.findIndex.call(again, (nats, i) => !Object.is(nats, references[i]));
  if (at < 0) return false;
  const says = at % 2 === 0 ? BEGINNING.chosenDiffers : BEGINNING.rejectedDiffers;
  findings.refuted(REFERENCES, says(references[at]!, again[at]!), { step: 0 });
  return true;
}
