// What a stage's page shows: plain data, worked out and checked before. Knows nothing of how it is drawn.

import type { Claims } from '../audits/index.ts';
import type { Example } from '../examples/index.ts';
import type { Citation, PartOfBook, RuleBook, Title } from '../rules/index.ts';
import type { Row, StageStatus } from '../state/index.ts';
import type { Outcome } from './decide.ts';

type Cited = Citation[] | 'not recorded';

export interface Figure {
  /** Null: not there yet. */
  value: number | 'not published' | null;
  /** Ends of the interval of the report's level, where one was worked out. */
  interval: [low: number, high: number] | null;
  /** Null where it was measured here. */
  source: Cited | null;
}

export interface PartOfReport extends Pick<PartOfBook, 'path' | 'title' | 'points'> {
  kind: PartOfBook['source']['kind'];
}

export interface BlockOfReport extends PartOfReport {
  parts: PartOfReport[];
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

export interface FindingOfReport extends Pick<Row<'findings'>, 'component' | 'verdict' | 'by' | 'text'> {
  team: string;
  /** False where nobody signed it: it is told as others reported it. */
  signed: boolean;
  source: Cited | null;
}

/** What the audit of the submission that counts found: the verdict with how far it reaches and what is known of the data. */
export interface AuditOfReport {
  team: string;
  submission: string;
  verdict: Row<'audits'>['verdict'];
  claim: Claims;
  /** What it and the audits that others signed come to together; null where nobody else did. */
  joined: Claims | null;
}

export interface StageReport {
  programme: Pick<Row<'programmes'>, 'id' | 'name' | 'mode'>;
  stage: { id: string; title: Title; status: StageStatus; opened: string; closed: string | null };
  ruleBook: Pick<RuleBook, 'name' | 'version' | 'points' | 'kept'> & {
    digest: string;
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
  decisionSource: Cited | null;
  /** How intervals and chances were worked out. */
  statistics: { draws: number; level: number; seed: string } | null;
  moves: Outcome['moves'];
  findings: FindingOfReport[];
  /** Where the rules make audits public. */
  audits: AuditOfReport[];
  /** What the rules keep from the public, by kind. */
  withheld: (keyof NonNullable<RuleBook['publication']>)[];
  /** Published things that are no score of this stage. */
  facts: Omit<Example['facts'][number], 'id'>[];
  appeals: (Pick<Row<'appeals'>, 'id' | 'text' | 'outcome' | 'answer'> & { team: string })[];
  log: {
    /** The last entry when the page was made. */
    seq: number;
    link: string;
    signatures: { what: 'rule-book' | 'close' | 'decision'; seq: number; key: string; time: string }[];
  };
}
