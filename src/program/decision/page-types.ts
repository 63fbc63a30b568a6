// The data of a stage's page, computed and checked. Does not know how it is drawn.

import type { Both } from '../../base/index.ts';
import type { Claims } from '../audits/index.ts';
import type { ShownComparison, ShownProposal } from '../comparisons/index.ts';
import type { Example } from '../examples/index.ts';
import type { Citation, PartOfBook, RuleBook, Title } from '../rules/index.ts';
import type { Row, StageStatus } from '../state/index.ts';
import type { Uncertainty } from '../statistics/index.ts';
import type { Outcome } from './decide.ts';

export type Cited = Citation[] | 'not recorded';

export interface Figure {
  /** Null: missing so far. */
  value: number | 'not published' | null;
  /** Ends of the interval of the report's level; null if it was not computed. */
  interval: [low: number, high: number] | null;
  /** Null if it was measured here. */
  source: Cited | null;
}

export interface PartOfReport extends Pick<PartOfBook, 'path' | 'title' | 'points'> {
  kind: PartOfBook['source']['kind'];
  /** How many experts, users or items gave its points; null for other kinds, while the stage is open, and in a record. */
  asked: Both | null;
}

export interface BlockOfReport extends PartOfReport {
  parts: PartOfReport[];
}

export interface TeamOfReport {
  id: string;
  name: Title;
  /** From 1; equal teams share the better place. For a vetoed team: its place by points. Null: unknown. */
  place: number | null;
  /** How a recorded place follows from what was published, where it was not published itself. */
  placeDerived?: Title;
  total: Figure;
  /** By path of block and part. */
  figures: Record<string, Figure>;
  /** Chance of each place from the first, and of being kept by points; null for a vetoed team, or if not computed. */
  places: number[] | null;
  keptChance: number | null;
  /** Null: not decided, or undecided by the rules. */
  outcome: 'kept' | 'out' | null;
  /** Why it is excluded. */
  reason: 'veto' | 'points' | 'withdrawn' | null;
  /** Why the decision left it out, where an upheld appeal keeps it. */
  overturned: 'veto' | 'points' | null;
  /** What its evidence lacks, where that takes it out, or did before an upheld appeal. */
  lacks: Both[];
}

export interface FindingOfReport extends Pick<Row<'findings'>, 'component' | 'verdict' | 'by' | 'text' | 'ko'> {
  team: string;
  /** False: not signed, but reported elsewhere. */
  signed: boolean;
  source: Cited | null;
}

/** The audit of a team's scored submission: the verdict, its reach, and what is known of the data. */
export interface AuditOfReport {
  team: string;
  submission: string;
  verdict: Row<'audits'>['verdict'];
  claim: Claims;
  /** The joined result with signed audits of other parties; null without them. */
  joined: Claims | null;
}

export interface StageReport {
  programme: Pick<Row<'programmes'>, 'id' | 'name' | 'mode'>;
  stage: {
    id: string;
    title: Title;
    status: StageStatus;
    opened: string;
    closed: string | null;
    /** The announced end of appeals; null where none was announced. */
    appealsUntil: string | null;
    /** What its rules asked for and was not there when the office closed it anyway. */
    lacking: Both[];
  };
  ruleBook: Pick<RuleBook, 'name' | 'version' | 'points' | 'kept'> & {
    digest: string;
    veto: boolean;
    components: string[];
    /** Null if the rules do not state them. */
    decimals: number | null;
    published: Citation[] | null;
  };
  blocks: BlockOfReport[];
  /** In the order of places; without places in the order of the stage. */
  teams: TeamOfReport[];
  /** Source of a decision published elsewhere. */
  decisionSource: Cited | null;
  /** Parameters of intervals and chances. */
  statistics: { draws: number; level: number; seed: string; version: Outcome['version'] } | null;
  /** As in the outcome: the parts whose certainty nobody knows, and why. */
  notKnown: { parts: (Pick<PartOfBook, 'path' | 'title'> & { reason: Uncertainty })[]; isSettled: boolean } | null;
  /** Parts that so few were asked for that stated chances may mislead. */
  warnings: Both[];
  /** An upheld appeal keeps a team that the decision left out: who goes on does not follow from points. */
  appealUpheld: boolean;
  /** As in the outcome; null after an upheld appeal. */
  moves: Outcome['moves'];
  findings: FindingOfReport[];
  /** Comparisons of weights, and what they propose; null where the rule book compares none. */
  comparisons: { all: ShownComparison[]; proposals: ShownProposal[] } | null;
  /** Empty if audits are not public. */
  audits: AuditOfReport[];
  /** Kinds of data that the rules withhold from the public. */
  withheld: (keyof NonNullable<RuleBook['publication']>)[];
  /** Published facts that are not scores of this stage. */
  facts: Omit<Example['facts'][number], 'id'>[];
  appeals: (Pick<Row<'appeals'>, 'id' | 'text' | 'outcome' | 'answer'> & { team: string })[];
  log: {
    /** Number of the last entry when the page was made. */
    seq: number;
    link: string;
    signatures: { what: 'rule-book' | 'close' | 'decision'; seq: number; key: string; time: string }[];
  };
}
