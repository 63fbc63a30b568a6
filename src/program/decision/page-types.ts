// What a stage's page shows: plain data, worked out and checked before. Knows nothing of how it is drawn.

import type { Claims } from '../audits/index.ts';
import type { Citation, Source, Title } from '../rules/index.ts';
import type { StageStatus } from '../state/index.ts';

export interface Figure {
  /** Null: not there yet. */
  value: number | 'not published' | null;
  /** Ends of the interval of the report's level, where one was worked out. */
  interval: [low: number, high: number] | null;
  /** Null where it was measured here. */
  source: Citation[] | 'not recorded' | null;
}

export interface BlockOfReport {
  /** What scores cite. */
  path: string;
  title: Title;
  points: number;
  kind: Source['kind'] | 'parts';
  parts: { path: string; title: Title; points: number; kind: Source['kind'] }[];
}

export interface TeamOfReport {
  id: string;
  name: Title;
  /** From 1; equal ones share the first of their places. Of a team with a veto: the one it had by points. Null: not known. */
  place: number | null;
  total: Figure;
  /** By path of block and part. */
  figures: Record<string, Figure>;
  /** Chance of each place from the first, and of being among those who stay by points; null with a veto, and where nothing was worked out. */
  places: number[] | null;
  keptChance: number | null;
  /** Null: not decided, or left open by the rules. */
  outcome: 'kept' | 'out' | null;
  /** Why it is out. */
  reason: 'veto' | 'points' | 'withdrawn' | null;
}

export interface FindingOfReport {
  team: string;
  component: string;
  verdict: 'own' | 'derived' | 'frozen-foreign' | 'unknown' | 'not published';
  by: string;
  /** False where nobody signed it: it is told as others reported it. */
  signed: boolean;
  text: string;
  source: Citation[] | 'not recorded' | null;
}

/** What the audit of the submission that counts found: the verdict with how far it reaches and what is known of the data. */
export interface AuditOfReport {
  team: string;
  submission: string;
  verdict: 'holds' | 'refuted' | 'incomplete';
  claim: Claims;
  /** What it and the audits that others signed come to together; null where nobody else did. */
  joined: Claims | null;
}

/** The smallest move of weights after which somebody else goes. */
interface MoveOfReport {
  /** Points of weight, or a share of each weight. */
  far: number;
  /** Ids of the teams that would change places. */
  kept: string;
  out: string;
}

export interface StageReport {
  programme: { id: string; name: Title; mode: 'record' | 'practice' | 'real' };
  stage: { id: string; title: Title; status: StageStatus; opened: string; closed: string | null };
  ruleBook: {
    name: string;
    version: number;
    digest: string;
    points: number;
    /** How many go on; null: not known. */
    kept: number | null;
    veto: boolean;
    components: string[];
    /** Digits after the point; null where the rules do not say. */
    decimals: number | null;
    published: Citation[] | null;
  };
  blocks: BlockOfReport[];
  /** In the order of their places, else in that of the stage. */
  teams: TeamOfReport[];
  /** What the decision rests on, where others made it. */
  decisionSource: Citation[] | 'not recorded' | null;
  /** How intervals and chances were worked out. */
  statistics: { draws: number; level: number; seed: string } | null;
  /** Null where it was not worked out; inside, null where no move of weights does it. */
  moves: { points: MoveOfReport | null; share: MoveOfReport | null } | null;
  findings: FindingOfReport[];
  /** Where the rules make audits public. */
  audits: AuditOfReport[];
  /** What the rules keep from the public, by kind. */
  withheld: ('scores' | 'forms' | 'judgements' | 'audits' | 'weights')[];
  /** Published things that are no score of this stage. */
  facts: {
    text: Title;
    value: number | null;
    source: Citation[] | 'not recorded';
    derived: string | null;
    verified: boolean;
    /** False where others found it out, and nobody who answers for it has said so. */
    official: boolean;
  }[];
  appeals: { id: string; team: string; text: string; outcome: 'upheld' | 'rejected' | null; answer: string | null }[];
  log: {
    /** The last entry when the page was made. */
    seq: number;
    link: string;
    signatures: { what: 'rule-book' | 'close' | 'decision'; seq: number; key: string; time: string }[];
  };
}
