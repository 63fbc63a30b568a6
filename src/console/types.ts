// Names for what the API tells, and for parts of it that pages speak of. Types only: nothing of the house comes into the pages.

import type * as api from '../program/api/index.ts';

export type {
  Audit,
  BlankForm,
  Card,
  ConsortiumPage,
  Curve,
  Evidence,
  Given as Receipt,
  Invitation,
  LogEntry,
  LogPage,
  Me,
  Overview,
  Person,
  Question,
  RuleBook,
  RuleBookPage,
  RuleBookRow,
  RunDetail,
  RunEvent,
  RunInfo,
  StagePage,
  StageReport,
  SubmissionPage,
  TokenInfo,
} from '../program/api/index.ts';

/** In English, and where there is one in Korean. */
export interface Title {
  en: string;
  ko?: string | undefined;
}
export type RunPoints = Omit<Extract<api.RunEvent, { kind: 'points' }>, 'kind'>;
export type Verdict = api.Audit['checks'][number]['verdict'];
export type Check = api.Audit['checks'][number];
export type TeamOfReport = api.StageReport['teams'][number];
export type Figure = TeamOfReport['total'];
/** Where a figure was published. */
export interface Citation {
  publisher: string;
  item?: string | undefined;
  date?: string | undefined;
  url?: string | undefined;
}
export type Sources = Citation[] | 'not recorded';
export type Score = api.Card['scores'][number];
type Block = api.RuleBook['blocks'][number];
/** Where points come from. */
export type RuleSource = Exclude<Block['source'], { kind: 'parts' }>;
