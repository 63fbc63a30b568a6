// What an audit finds. Data only: the command line and the report draw it.

export type Verdict = 'holds' | 'refuted' | 'incomplete';

export const CHECKS = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'replay'] as const;
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
  /** Things to be said that change no verdict, for example that a bound is vacuous or that nothing was lodged. */
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
  why: 'first' | 'strange' | 'random' | 'asked';
  verdict: Verdict;
}

export interface Detection {
  /** False for a self-audit, and where nothing was drawn. */
  claimed: boolean;
  /** Why not, or where the challenge came from. */
  reason: string;
  challenge: string;
  segments: number;
  /** Segments that could be drawn, and how many were. */
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
  standing: 'sources' | 'texts' | 'maker';
  /** Each source of the recipe: compared with what the auditor has of it, or the maker's word, and why. */
  sources: { name: string; standing: 'compared' | 'maker'; reason: string }[];
}

export interface Audit {
  verdict: Verdict;
  checks: Check[];
  data: DataFound;
  replayed: Replayed[];
  detection: Detection;
  cost: { steps: number; replayedSteps: number; share: number; replaySeconds: number };
  seconds: number;
  /** What the run says of itself, as far as structure could read it. */
  run: {
    name: string;
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
    curve: CurvePoint[];
  };
}

/** Progress while it works. */
export interface AuditProgress {
  check: CheckName;
  detail: string;
  fraction: number;
}
