// The shape of a signed comparison's predicate: what was drawn, and what was found of each part. docs/proof.md has its members.

import { base64, between, digest, exactly, line, listOf, nullOr, object, oneOf, time, whole } from './shape.ts';

const count = whole(0, Number.MAX_SAFE_INTEGER);
const MAX_REFERENCES = 10_000;
/** Label groups of all towers of a model, and tests of a group. */
const MAX_GROUPS = 100;
const MAX_TESTS = 100;
/** Logarithms of chances: 0 is a chance of 1. */
const lnChance = between(-Number.MAX_VALUE, 0);

const group = object({
  tower: line,
  kind: line,
  verdict: oneOf('identical', 'shares', 'trace', 'none', 'untestable'),
  /** Of the values that were drawn; null where they differ. */
  equality: nullOr(oneOf('equal', 'rounded')),
  lnAdjusted: lnChance,
  /** The median cosine of units at the same place, and of how many. */
  strength: nullOr(object({ median: between(-1.01, 1.01), units: count })),
  tests: listOf(
    object({
      name: oneOf('places', 'signs', 'order'),
      alignment: oneOf('stored', 'tokens'),
      count,
      of: count,
      lnChance,
    }),
    MAX_TESTS,
  ),
});

/** When a model's digest was fixed, by the register of an office; null where none says so. */
const fixed = nullOr(object({ time, office: digest }));

/** Whether a model's files were read whole, or its digest is the word of whoever made a sketch of it. */
const digestFrom = oneOf('files', 'sketch');

export const lineagePredicate = object({
  formatVersion: exactly(1),
  comparerKey: base64,
  challenge: digest,
  /** Whether the program drew the challenge, after it knew all digests, or somebody gave it. */
  challengeFrom: oneOf('drawn', 'given'),
  alpha: between(Number.MIN_VALUE, 1),
  /** References that were ever compared with the model, by the comparer's word. */
  tried: whole(1, Number.MAX_SAFE_INTEGER),
  /** The most units of a block that were drawn; null for all. */
  rows: nullOr(whole(1, Number.MAX_SAFE_INTEGER)),
  digestFrom,
  fixed,
  /** What was found of each reference: first of `reference/1`, then of `reference/2` ... */
  references: listOf(
    object({ digestFrom, fixed, drawnBy: oneOf('challenge', 'sketch'), groups: listOf(group, MAX_GROUPS) }),
    MAX_REFERENCES,
  ),
  version: line,
  time,
});
