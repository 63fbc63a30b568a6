// The result of an audit. Data only: the command line and the report draw it.

import type { GroupMovement, Room } from './room.ts';

export type Verdict = 'holds' | 'refuted' | 'incomplete';

/**
 * How far a verdict reaches: every step was trained again; some were, with a chance beside it; some were, by a challenge of the
 * maker's own.
 */
export type Extent = 'all' | 'sampled' | 'self';

/** What is known of the data: built again from its sources; checked from the texts alone; nothing but the maker's word. */
export type DataStanding = 'sources' | 'texts' | 'maker';

/** The validation figure: computed again, the maker's word, or there is none. */
export type FigureStanding = 'computed' | 'maker' | 'none';

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
  'register',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** One thing that does not hold, or is not there. */
export interface Finding {
  verdict: 'refuted' | 'incomplete';
  /** Name inside the run folder. */
  file: string;
  step?: number;
  tensor?: string;
  text: string;
}

export interface Check {
  name: CheckName;
  verdict: Verdict;
  /** What was checked and what came out, in one line. */
  detail: string;
  findings: Finding[];
  /** Remarks that change no verdict, for example that a bound is vacuous or that nothing was lodged. */
  notes: string[];
}

/** From one kept state to the next; segment 0 starts at S_0. */
export interface Segment {
  index: number;
  /** Step of the state it starts from. */
  from: number;
  /** Step of the state it ends with. */
  to: number;
}

export interface Replayed extends Segment {
  why: 'first' | 'last' | 'random' | 'speed' | 'heading' | 'probe' | 'asked';
  verdict: Verdict;
  /** Root of the state that training it again came to, where it held. */
  root: string | null;
}

export interface Detection {
  /** False for a self-audit, and where nothing was drawn. */
  claimed: boolean;
  /** Why not, or where the challenge came from. */
  reason: string;
  challenge: string;
  segments: number;
  /** Segments that could be drawn, which are neither first nor last, and how many were. */
  candidates: number;
  drawn: number;
  /** Chance that at least one forged segment was drawn, by the number of forged ones. */
  chances: { forged: number; chance: number }[];
}

/** A step as the transcript tells it: for the curve. */
export interface CurvePoint {
  step: number;
  /** Nats a token. */
  loss: number;
}

/** How far the data of a run were checked. */
export interface DataFound {
  /**
   * `sources`: the corpus was built again from every source, and came out the same. `texts`: what follows from the texts alone was
   * checked; where they come from is the maker's word. `maker`: not all texts were there, so all of it is.
   */
  standing: DataStanding;
  /** Each source of the recipe: compared with what the auditor has of it, or the maker's word, and why. */
  sources: { name: string; standing: 'compared' | 'maker'; reason: string }[];
}

export interface Audit {
  verdict: Verdict;
  extent: Extent;
  checks: Check[];
  data: DataFound;
  replayed: Replayed[];
  detection: Detection;
  /** What a forger can have forged and stay unseen; null where movements are not known or segments came out different. */
  room: Room[] | null;
  movements: GroupMovement[];
  /** Tensors of the model, and those whose bound means little: it lets them move further than they are large. */
  bound: { tensors: number; vacuous: number };
  figures: FigureStanding;
  cost: {
    steps: number;
    replayedSteps: number;
    share: number;
    replaySeconds: number;
    /** All seconds of the audit over the seconds that training all steps takes here; null where nothing was trained. */
    ofTraining: number | null;
  };
  /** The office's register that the auditor gave; null where he gave none. */
  register: { office: string; entries: number; head: string } | null;
  seconds: number;
  /** What the run says of itself, as far as structure could read it. */
  run: {
    name: string;
    /** Digests of the statements. */
    genesis: string | null;
    seal: string | null;
    maker: string | null;
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
    /** Roots of the kept states by the transcript, in their order; empty where it could not be read to its end. */
    roots: string[];
    curve: CurvePoint[];
  };
}

/** Progress while it works. */
export interface AuditProgress {
  check: CheckName;
  detail: string;
  fraction: number;
}
