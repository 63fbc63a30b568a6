// The words that a stage's page needs, in every language the same ones.

import type { FindingOfReport, StageReport, TeamOfReport } from './page-types.ts';

export interface Words {
  lang: 'ko' | 'en';
  brand: string;
  title(stage: string, programme: string): string;
  mode: Record<StageReport['programme']['mode'], string | null>;
  status: Record<StageReport['stage']['status'], string>;
  opened: string;
  closed: string;
  zone: string;
  notKnown: string;
  notPublished: string;
  notRecorded: string;
  noDate: string;
  notYet: string;
  source: string;
  of(points: string): string;

  decision: {
    heading: string;
    open: string;
    undecided: string;
    rule(kept: string, all: string): string;
    ruleUnknown: string;
    /** Decided, and appeals may still come. */
    notFinal: string;
    /** Teams of which the rules decide nothing. */
    leftOpen(n: string): string;
    kept(n: string): string;
    out(n: string): string;
    reason: Record<NonNullable<TeamOfReport['reason']>, string>;
    /** A team whose points would have kept it. */
    vetoPlace(place: string): string;
  };
  standings: {
    heading: string;
    lead: string;
    record: string;
    caption: string;
    place: string;
    team: string;
    total: string;
    outcome: string;
    kept: string;
    out: string;
    interval(level: string): string;
    orderUnknown: string;
    /** Nobody's place is known, since somebody's total is not. */
    totalUnknown: string;
  };
  parts: { heading: string; lead: string; part: string; kinds: Record<string, string> };
  chances: {
    heading: string;
    lead(draws: string): string;
    none: string;
    noneUnknown: string;
    caption: string;
    place(n: string): string;
    later(n: string): string;
    stays: string;
    vetoNote: string;
    movesHeading: string;
    movesPoints(far: string, kept: string, out: string): string;
    movesShare(far: string, kept: string, out: string): string;
    movesNone: string;
    seed: string;
  };
  findings: {
    heading: string;
    /** Whose word they are: signed all, none, or some of them. */
    lead: Record<'signed' | 'reported' | 'mixed', string>;
    veto: string;
    noVeto: string;
    none: string;
    caption: string;
    component: string;
    verdicts: Record<FindingOfReport['verdict'], string>;
    noFinding: string;
    signedBy: string;
    reportedBy: string;
  };
  audits: { heading: string; lead: string; none: string; joined: string };
  withheld: {
    heading: string;
    scores(n: string, all: string): string;
    all: string;
    kinds: Record<StageReport['withheld'][number], string>;
  };
  facts: { heading: string; lead: string; unverified: string; unofficial: string; derived: string };
  appeals: { heading: string; none: string; open: string; upheld: string; rejected: string; answer: string };
  log: {
    heading: string;
    lead: string;
    entries: string;
    head: string;
    ruleBook: string;
    unsigned: string;
    caption: string;
    what: string;
    entry: string;
    key: string;
    time: string;
    signed: Record<StageReport['log']['signatures'][number]['what'], string>;
  };
  again: { heading: string; text: string; colophon: string };
  more(n: string): string;
}
