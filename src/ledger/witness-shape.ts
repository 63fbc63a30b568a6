// The statements of runs that another program trained, and that a witness beside it recorded. docs/witness.md has their members.

import { base64, byVersion, digest, exactly, hex16, line, listOf, nullOr, object, time, whole } from './shape.ts';

const steps = whole(1, 1e9);

const commitment = {
  code: digest,
  data: digest,
  environment: digest,
  kept: listOf(steps, 1_000_000),
  lodging: nullOr(digest),
  makerKey: base64,
  pairEvery: whole(0, 1e9),
  ranks: whole(1, 100_000),
  recipe: digest,
  seed: hex16,
  stateRoot: digest,
  steps,
};
const names = listOf(line, 1_000_000);

/** Version 2 declares tensors that training changes beside the parameters, by their names in a state. */
export const witnessGenesisPredicate = byVersion(
  2,
  object({ formatVersion: exactly(2), commitment: object({ ...commitment, averages: names, buffers: names }), time }),
  object({ formatVersion: exactly(1), commitment: object(commitment), time }),
);

export const witnessSealPredicate = object({
  formatVersion: exactly(1),
  makerKey: base64,
  genesis: digest,
  head: digest,
  steps,
  time,
});
