// The result of an audit of a run that another program trained. Data only. docs/witness.md, "What an audit checks".

import type { Findings } from '../findings.ts';
import type { Check, Detection, ReplayedSegment, Segment } from '../types.ts';

export const WITNESS_CHECKS = [
  'structure',
  'pairs',
  'optimizer',
  'motion',
  'schedule',
  'origin',
  'replay',
  'segments',
  'gradient',
  'register',
] as const;
export type WitnessCheckName = (typeof WITNESS_CHECKS)[number];
export type WitnessCheck = Check<WitnessCheckName>;
export type WitnessFindings = Findings<WitnessCheckName>;

/**
 * `consistent`: nothing was trained again to the bit, and every step lies as near as rounding takes it here. `not-told`: neither that nor
 * refuted, since too little was trained again or rounding hides too much.
 */
export type WitnessVerdict = 'holds' | 'consistent' | 'not-told' | 'refuted' | 'incomplete';

/** Paired steps that a run must have to be called consistent. */
export const LEAST_PAIRED = 12;

/** How S_0 was made: built again to the bit, or but for rounding; or nobody showed it. */
export type Origin = 'same' | 'consistent' | 'not-shown';

/** What the gradients of paired steps showed, beside what this machine's own rounding does to them. */
export interface GradientFound {
  step: number;
  /** |g - g'| / |g'|: g follows from the states, g' is computed here. */
  difference: number;
  /** The largest difference that counts as rounding. */
  tolerance: number;
}

export interface Coherence {
  steps: number;
  /** The mean cosine of two steps' differences. */
  mean: number;
  /** Standard deviations above what differences without a common direction have. */
  deviations: number;
}

/** A segment beside what rounding does to it here. docs/witness.md, "Segments in another environment". */
export interface JudgedSegment {
  verdict: 'within' | 'refuted' | 'not-told';
  /** The median over the weights of rounding beside move. */
  own: number;
  /** How many times as far the record is, in the median over the weights. */
  times: number;
  /** The tensor that lies furthest, in times its own rounding, of those that are told. */
  furthest: { name: string; times: number } | null;
  /** Tensors of weights, and how many of them are told. */
  weights: number;
  told: number;
  /** The largest share of its way by which a tensor, or a part of it, may lie off and pass as rounding. */
  hidden: number;
  /** A tensor that lies too far beside its way for anything to be told, or more than rounding can take it. */
  astray: string | null;
  /** Names of those that are neither weights nor kept by the optimizer, and so blurred by rounding that little is told of them. */
  blurred: string[];
  /** A tensor that must be the same and is not, or is not there. */
  other: string | null;
}

/** The steps after `from`, to `to`. */
export type JudgedSpan = JudgedSegment & { from: number; to: number };

export interface WitnessAudit {
  verdict: WitnessVerdict;
  /** `all`: every step was trained again to the bit. */
  extent: 'all' | 'sampled' | 'none';
  checks: WitnessCheck[];
  /** Why checks were not made that belong to every audit. */
  notChecked: Partial<Record<WitnessCheckName, string>>;
  /** The same in Korean; absent in results from earlier. */
  ko?: { notChecked: Partial<Record<WitnessCheckName, string>> };
  origin: Origin;
  segments: Segment[];
  /** Roots of the states that end them, as the transcript has them. */
  roots: string[];
  replayed: ReplayedSegment[];
  detection: Detection;
  pairs: {
    /** Steps whose states before and after were recorded. */
    steps: number[];
    /** How many of them an office drew that is not the maker. */
    drawnByOffice: number;
    /** Of all steps. */
    share: number;
  };
  gradients: GradientFound[];
  /** The largest tolerance of those steps that tell something, how many do not, and what was measured. */
  tolerance: { difference: number; blind: number; from: string } | null;
  coherence: Coherence | null;
  /** Where no segment came out to the bit: segments beside what rounding does to them here, and the steps of those that lie within it. */
  elsewhere: { spans: JudgedSpan[]; told: number } | null;
  /** What the maker declares beside what the auditor's Python says. */
  environment: { declared: Readonly<Record<string, unknown>> | null; own: Readonly<Record<string, unknown>> | null };
  register: { office: string; entries: number; head: string } | null;
  seconds: number;
  run: {
    genesis: string | null;
    seal: string | null;
    maker: string | null;
    office: string | null;
    lodgedAt: string | null;
    madeAt: string | null;
    sealedAt: string | null;
    seed: string | null;
    /** Elements of all parameters. */
    parameters: number | null;
    steps: number | null;
    planned: number | null;
    stateRoot: string | null;
    head: string | null;
    code: string | null;
    ranks: number | null;
  };
}
