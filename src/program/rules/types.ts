// A rule book as it is after reading: complete, plain JSON. Says what the rules are; decides nothing by them.

import type { Layer } from '../../fleet/index.ts';
import type { Citation, Title } from '../../formats/index.ts';

export type { Citation, Title };

/** Places in the value chain. */
export const ROLES = [
  'chip',
  'memory',
  'data-center',
  'cloud',
  'data',
  'model',
  'service',
  'university',
  'other',
] as const;
export type Role = (typeof ROLES)[number];

/** Metrics of evaluation, and whether more of it is better. */
export const METRICS = {
  acc: { higher: true },
  acc_norm: { higher: true },
  acc_bytes: { higher: true },
  f1: { higher: true },
  perplexity: { higher: false },
  bits_per_byte: { higher: false },
  byte_perplexity: { higher: false },
  word_perplexity: { higher: false },
  exact_match: { higher: true },
  contains: { higher: true },
} as const;
export type Metric = keyof typeof METRICS;

/** What a panel can find of a component that was not made by the team. */
export const FOREIGN = ['derived', 'frozen-foreign'] as const;

export interface Eligibility {
  /** ISO 3166 codes; empty: any country. */
  leadCountries: string[];
  /** Each of them must be played by some member. */
  roles: Role[];
  /** The lead counts as one. */
  minimumMembers: number;
}

export interface Originality {
  /** Whether an excluding verdict takes a team out, whatever its points are. */
  veto: boolean;
  components: string[];
  /** Verdicts on a component that exclude. */
  excludes: (typeof FOREIGN)[number][];
  /** What the audit of a submission must show; null in a record. */
  audit: {
    /** The verdict must be `holds`: `incomplete` is not enough. */
    holds: boolean;
    /** The run must be signed by the key that the consortium gave before. */
    makerKey: boolean;
    /** An office must have counter-signed before the first step. */
    lodged: boolean;
  } | null;
  published?: Citation[];
}

export interface ScoredTask {
  task: string;
  /** The task's digest as evaluation states it, or null: what the name stands for is not fixed. */
  digest: string | null;
  metric: Metric;
  weight: number;
  /** Linear from none (floor) to all (ceiling; below the floor where less is better), or the share of the best reference model. */
  scale: { floor: number; ceiling: number } | 'best-reference';
}

export interface Criterion {
  id: string;
  title: Title;
  points: number;
}

/** Where points come from. */
export type Source =
  | { kind: 'tasks'; tasks: ScoredTask[] }
  | { kind: 'entered'; by: Title }
  | {
      kind: 'forms';
      experts: number;
      average: 'mean' | 'trimmed-mean';
      /** How many of the highest, and of the lowest, are left out for each criterion. */
      trim: number;
      criteria: Criterion[];
    }
  | {
      kind: 'judgements';
      users: number;
      minimumPerPair: number;
      /** The mean chance of being preferred to another team of the stage: none of the points at the floor, all at the ceiling. */
      floor: number;
      ceiling: number;
    };

export interface Part {
  id: string;
  title: Title;
  points: number;
  source: Source;
  published?: Citation[];
}

export interface Block {
  id: string;
  title: Title;
  points: number;
  /** A block of parts is their sum. */
  source: Source | { kind: 'parts'; parts: Part[] };
  published?: Citation[];
}

export interface Reference {
  model: string;
  /** `2026-01-15` */
  released: string;
  /** By task, in the metric of that task in this book. */
  scores: Record<string, number>;
  source: Citation;
}

export interface Target {
  /** Of the best reference model. */
  share: number;
  /** How old a reference model may be. */
  months: number;
  references: Reference[];
  published?: Citation[];
}

export const WHEN = ['at-once', 'at-close', 'never'] as const;
export type When = (typeof WHEN)[number];

export interface Publication {
  scores: When;
  forms: Exclude<When, 'at-once'>;
  judgements: When;
  audits: When;
  weights: When;
}

/** How much of the value chain must be, and how much it counts to be, at home. */
export interface SelfReliance {
  /** The least share by layer, 0 to 1: below one of them there is no score. */
  floors: Partial<Record<Layer, number>>;
  /** Percent by layer; they add up to 100. */
  weights: Partial<Record<Layer, number>>;
  published?: Citation[];
}

/** What the office's machine takes on for one submission. */
export interface Limits {
  bundleBytes: number;
  trainingFlops: number;
  parameters: number;
  steps: number;
  auditSeconds: number;
  evalSeconds: number;
}

export interface RuleBook {
  formatVersion: 1;
  name: string;
  version: number;
  /** Rules of a programme that others ran: what is not known of them is null, and all scores are entered. */
  record: boolean;
  title: Title;
  eligibility: Eligibility | null;
  originality: Originality;
  /** Of all blocks. */
  points: number;
  blocks: Block[];
  /** Half up, for each block; totals are sums of rounded blocks. */
  rounding: { decimals: number } | null;
  /** How many go on; null only in a record: not known. */
  kept: number | null;
  /** `block` or `block.part`, compared in this order; the last is `equal` (a place is shared) or `lot`. Empty in a record: not known. */
  tieBreak: string[];
  target: Target | null;
  publication: Publication | null;
  /** Absent where the book has no rules of it: the digest of a book that never had any stays what it is. */
  selfReliance?: SelfReliance;
  limits: Limits | null;
  published?: Citation[];
}
