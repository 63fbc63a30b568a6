// The statements of auditors: what was found of a run of ours (`audit`), or of one that another program trained (`witness-audit`), so that
// audits can be joined. Version 2 says of each run of a chain what was shown of it, and which engine trained each segment again. docs/proof.md

import {
  base64,
  between,
  byMember,
  digest,
  exactly,
  finite,
  line,
  listOf,
  nullOr,
  object,
  oneOf,
  time,
  whole,
} from './shape.ts';

const MAX_COUNT = 1e9;
const MAX_SEGMENTS = 1_000_000;
const steps = whole(1, MAX_COUNT);
const count = whole(0, MAX_SEGMENTS);
const check = object({ name: line, verdict: oneOf('holds', 'refuted', 'incomplete') });

/** Members of both kinds and both versions. */
const shared = {
  auditorKey: base64,
  /** Fingerprint of the maker's key, and the last link of the transcript. */
  maker: digest,
  head: digest,
  checks: listOf(check, 100),
  version: line,
  time,
};

/** Segments trained again: the last step, and the root of the state that training gave. */
const replayed = { to: steps, root: digest };
const replayedOf1 = listOf(object(replayed), MAX_SEGMENTS);
/** And the engine that trained it. */
const replayedOf2 = listOf(object({ ...replayed, engine: line }), MAX_SEGMENTS);

/** The random draw, if a chance is claimed for it. */
const draw = { challenge: digest, candidates: count, drawn: count };
const drawOf1 = nullOr(object(draw));
/** And who drew the challenge: the auditor, or the office, as its register shows. */
const drawOf2 = nullOr(object({ ...draw, from: oneOf('auditor', 'office') }));

const lodging = oneOf('none', 'own', 'office', 'register');
/** What was found of one run of a chain; the first is the run itself. */
const ofLink = {
  seal: digest,
  /** Fingerprints of the keys that signed it. */
  makers: listOf(digest, 1000),
  begins: oneOf('drawn', 'run', 'model'),
  /** Digest of what it begins with; null for drawn weights. */
  parent: nullOr(digest),
  extent: oneOf('all', 'sampled', 'self'),
  steps,
  trained: whole(0, MAX_COUNT),
  draw: nullOr(object({ candidates: count, drawn: count })),
  /** Share of the way that a forger who is unseen with an even chance can have forged; null where it is not known. */
  room: nullOr(between(0, 1)),
  data: oneOf('sources', 'texts', 'maker'),
  figures: oneOf('computed', 'maker', 'none'),
  lodging,
};
const links = listOf(object(ofLink), 100);
/** Of a run that another program trained nothing may have come out to the bit. */
const witnessLink = object({ ...ofLink, extent: oneOf('all', 'sampled', 'none', 'self') });

const ofOwnRun = {
  ...shared,
  verdict: oneOf('holds', 'refuted', 'incomplete'),
  extent: oneOf('all', 'sampled', 'self'),
  /** Steps of the kept states, which end the run's segments. */
  kept: listOf(steps, MAX_SEGMENTS),
  /** By group of tensors: L2 movement in each segment, and L2 distance from S_0 to the last state. */
  movements: listOf(object({ group: line, segments: listOf(finite, MAX_SEGMENTS), distance: finite }), 100),
};

/** What an auditor found, and which segments he trained again. */
export const auditPredicate = byMember(
  'links',
  object({ formatVersion: exactly(2), ...ofOwnRun, replayed: replayedOf2, draw: drawOf2, links }),
  object({ formatVersion: exactly(1), ...ofOwnRun, replayed: replayedOf1, draw: drawOf1 }),
);

const ofWitnessedRun = {
  ...shared,
  /** `consistent`: nothing came out to the bit, and what was compared lies within rounding. */
  verdict: oneOf('holds', 'consistent', 'refuted', 'incomplete'),
  extent: oneOf('all', 'sampled', 'none', 'self'),
  origin: oneOf('same', 'consistent', 'not-shown'),
  /** Steps of the recorded states, which end the run's segments. */
  recorded: listOf(steps, MAX_SEGMENTS),
  /** Steps in pairs, and how many of them an office drew. */
  pairs: object({ steps: count, drawnByOffice: count }),
  /** Paired gradients that were computed again, and the largest tolerance of those that tell something. */
  gradients: nullOr(object({ steps: count, blind: count, tolerance: finite })),
  /** Digest of the auditor's environment, spelt as environment.json; null if nothing was trained again. */
  environment: nullOr(digest),
};

/** `replayed`: segments that came out to the bit. */
export const witnessAuditPredicate = byMember(
  'links',
  object({
    formatVersion: exactly(2),
    ...ofWitnessedRun,
    verdict: oneOf('holds', 'consistent', 'not-told', 'refuted', 'incomplete'),
    replayed: replayedOf2,
    draw: drawOf2,
    /** Of segments that were judged by rounding: their steps that lie within it, and the most that it was of the weights' way. */
    segments: nullOr(object({ judged: count, steps: whole(0, MAX_COUNT), rounding: finite })),
    links: listOf(witnessLink, 1),
  }),
  object({ formatVersion: exactly(1), ...ofWitnessedRun, replayed: replayedOf1, draw: drawOf1 }),
);
