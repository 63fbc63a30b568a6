// The result of an audit. Data only: the command line and the report draw it.

import type { GroupMovement, Room } from './room.ts';

export type Verdict = 'holds' | 'refuted' | 'incomplete';

/** How far a verdict reaches. `all`: every step was trained again. `sampled`: some steps. `self`: some steps, which the maker chose. */
export type Extent = 'all' | 'sampled' | 'self';

/** How far the data were checked: see `DataFound`. */
export type DataStanding = 'sources' | 'texts' | 'maker';

/** The validation figure was computed again, is the maker's word, or does not exist. */
export type FigureStanding = 'computed' | 'maker' | 'none';

/**
 * Who answered before the first step: nobody; a key that is the maker's own; the key of an office, which may have been asked many times;
 * or an office whose register the auditor brought, and which lists the answers.
 */
export type LodgingStanding = 'none' | 'own' | 'office' | 'register';

export const CHECKS = [
  'structure',
  'schedule',
  'origin',
  'data',
  'policy',
  'motion',
  'probe',
  'replay',
  'figures',
  'parent',
  'register',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** A fault of the run, or evidence that is missing. */
export interface Finding {
  verdict: 'refuted' | 'incomplete';
  /** Its name inside the run folder. */
  file: string;
  step?: number;
  tensor?: string;
  text: string;
  /** The text in Korean; absent where the error behind it has only English, and in results from earlier. */
  ko?: string;
}

export interface Check<Name extends string = CheckName> {
  name: Name;
  verdict: Verdict;
  /** What was checked and the result, in one line. */
  detail: string;
  findings: Finding[];
  /** Remarks that do not change the verdict, for example that the run was not lodged. */
  notes: string[];
  /** Detail and notes in Korean, in the same order; absent in results from earlier. */
  ko?: { detail: string; notes: string[] };
}

/** The steps from one kept state to the next; segment 0 starts at S_0. */
export interface Segment {
  index: number;
  /** Step of the state at its start. */
  from: number;
  /** Step of the state at its end. */
  to: number;
}

export interface ReplayedSegment extends Segment {
  why: 'first' | 'last' | 'random' | 'speed' | 'heading' | 'probe' | 'asked';
  verdict: Verdict;
  /** Root of the state that training it again gave; null unless the segment holds. */
  root: string | null;
  /** What trained it again: an engine of ours, or another program. */
  engine: string;
}

export interface Detection {
  /** Whether a chance of detection is claimed: not for a self-audit, and not if nothing was drawn. */
  claimed: boolean;
  /** Why none is claimed, or where the challenge came from. */
  reason: string;
  /** The same in Korean; absent in results from earlier. */
  ko?: { reason: string };
  challenge: string;
  segments: number;
  /** Segments that can be drawn (neither the first nor among the last), and how many were drawn. */
  candidates: number;
  drawn: number;
  /** Chance that at least one forged segment was drawn, by the number of forged segments. */
  chances: { forged: number; chance: number }[];
}

/** A point of the loss curve, from the transcript. */
export interface CurvePoint {
  step: number;
  /** Nats a token. */
  loss: number;
}

/** How far the data of a run were checked. */
export interface DataFound {
  /**
   * `sources`: the corpus was built again from every source and is the same. `texts`: only what follows from the texts was
   * checked; their origin is the maker's word. `maker`: texts were missing, so everything about them is the maker's word.
   */
  standing: DataStanding;
  /** Each source of the recipe: compared with the auditor's own copy, or the maker's word for the reason given. */
  sources: { name: string; standing: 'compared' | 'maker'; reason: string }[];
}

export interface Audit {
  verdict: Verdict;
  extent: Extent;
  checks: Check[];
  data: DataFound;
  replayed: ReplayedSegment[];
  detection: Detection;
  /** How much a forger can have forged unseen; null if movements are unknown or a segment came out different. */
  room: Room[] | null;
  movements: GroupMovement[];
  /** Tensors of the model, and those with a vacuous bound: it allows movements larger than the tensor itself. */
  bound: { tensors: number; vacuous: number };
  figures: FigureStanding;
  cost: {
    steps: number;
    replayedSteps: number;
    share: number;
    replaySeconds: number;
    /** Seconds of the audit over the seconds that training all steps takes on this machine; null if nothing was trained. */
    ofTraining: number | null;
  };
  /** Null for a run whose weights were drawn. */
  parent: ParentFound | null;
  /** The office's register that the auditor gave; null without one. */
  register: { office: string; entries: number; head: string } | null;
  seconds: number;
  /** What the run states about itself, as far as the check `structure` could read it. */
  run: {
    name: string;
    /** Digests of the statements. */
    genesis: string | null;
    seal: string | null;
    /** Who began it. */
    maker: string | null;
    /** Hand-overs to other keys, in order. */
    moves: Move[];
    office: string | null;
    lodgedAt: string | null;
    madeAt: string | null;
    sealedAt: string | null;
    seed: string | null;
    parameters: number | null;
    steps: number | null;
    tokens: number | null;
    stateRoot: string | null;
    head: string | null;
    valBitsPerByte: number | null;
    segments: Segment[];
    /** Roots of the kept states from the transcript, in order; empty if it could not be read to its end. */
    roots: string[];
    curve: CurvePoint[];
  };
}

/** A hand-over that the next key countersigned: the last step of one key, and the fingerprints of both. */
export interface Move {
  step: number;
  from: string;
  to: string;
}

/** What a run began with, as its maker signed it and as far as the auditor could follow it. */
export type ParentFound =
  /** Another run, by the digest of its seal and the fingerprints of the keys that made it. `audit`: null where the auditor did not bring it. */
  | { kind: 'run'; seal: string; makers: readonly string[]; audit: Audit | null }
  /** The files of a model, and whether the auditor's own copy has them and these weights. */
  | { kind: 'model'; files: { name: string; sha256: string }[]; compared: boolean };

/** Progress of an audit. */
export interface AuditProgress<Name extends string = CheckName> {
  check: Name;
  detail: string;
  fraction: number;
}
