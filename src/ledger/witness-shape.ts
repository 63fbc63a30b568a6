// The statements of runs that another program trained, and that a witness beside it recorded. docs/witness.md has their members.

import { base64, digest, exactly, finite, hex16, line, listOf, nullOr, object, oneOf, time, whole } from './shape.ts';

const steps = whole(1, 1e9);

export const witnessGenesisPredicate = object({
  formatVersion: exactly(1),
  commitment: object({
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
  }),
  time,
});

export const witnessSealPredicate = object({
  formatVersion: exactly(1),
  makerKey: base64,
  genesis: digest,
  head: digest,
  steps,
  time,
});

const check = object({ name: line, verdict: oneOf('holds', 'refuted', 'incomplete') });

/** What an auditor found. */
export const witnessAuditPredicate = object({
  formatVersion: exactly(1),
  auditorKey: base64,
  /** Fingerprint of the maker's key, and the last link of the transcript. */
  maker: digest,
  head: digest,
  /** `consistent`: nothing came out to the bit, and what was compared lies within rounding. */
  verdict: oneOf('holds', 'consistent', 'refuted', 'incomplete'),
  extent: oneOf('all', 'sampled', 'none', 'self'),
  origin: oneOf('same', 'consistent', 'not-shown'),
  checks: listOf(check, 100),
  /** Steps of the recorded states, which end the run's segments. */
  recorded: listOf(steps, 1_000_000),
  /** Segments that came out to the bit: the last step, and the root of its state. */
  replayed: listOf(object({ to: steps, root: digest }), 1_000_000),
  draw: nullOr(object({ challenge: digest, candidates: whole(0, 1_000_000), drawn: whole(0, 1_000_000) })),
  /** Steps in pairs, and how many of them an office drew. */
  pairs: object({ steps: whole(0, 1_000_000), drawnByOffice: whole(0, 1_000_000) }),
  /** Paired gradients that were computed again, and the largest tolerance of those that tell something. */
  gradients: nullOr(object({ steps: whole(0, 1_000_000), blind: whole(0, 1_000_000), tolerance: finite })),
  /** Digest of the auditor's environment, spelt as environment.json; null if nothing was trained again. */
  environment: nullOr(digest),
  version: line,
  time,
});
