// The tables, for PGlite and PostgreSQL alike. All but `entries`, `secrets`, `jobs` and those of users-schema.ts follow from the
// entries; which rows they hold is decided in src/program/state. Times are texts in UTC, as the entries have them.

import { index, integer, primaryKey } from 'drizzle-orm/pg-core';
import type { TableName } from '../state/index.ts';
import { jikji, json, number, text, whole } from './columns.ts';

export { accounts, invitations, sessions, users } from './users-schema.ts';
export { jikji };

const { table } = jikji;

/** The log: the only truth. */
export const entries = table('entries', {
  seq: whole().primaryKey(),
  time: text().notNull(),
  actor: text().notNull(),
  kind: text().notNull(),
  data: json(),
  link: text().notNull(),
});

/** What must not stand in the log yet: forms of experts until they are revealed. */
export const secrets = table('secrets', { name: text().primaryKey(), value: text().notNull() });

/** Work that was asked for. `taker` is the store that runs it: a number that it holds a lock on as long as it lives. */
export const jobs = table(
  'jobs',
  {
    id: whole().primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    input: json(),
    status: text().$type<'queued' | 'running' | 'done' | 'failed'>().notNull(),
    attempts: integer().notNull().default(0),
    taker: integer(),
    started: text(),
    finished: text(),
    result: json(),
    error: text(),
  },
  (t) => [index().on(t.status, t.id)],
);

export const programmes = table('programmes', {
  id: text().primaryKey(),
  name: json(),
  mode: text(),
  officeKey: text(),
  created: text(),
});
export const organisations = table('organisations', {
  id: text().primaryKey(),
  name: json(),
  country: text(),
  roles: json(),
  source: json(),
});
export const calls = table('calls', { id: text().primaryKey(), title: json(), status: text() });
export const applications = table(
  'applications',
  {
    id: text().primaryKey(),
    call: text(),
    name: json(),
    lead: text(),
    members: json(),
    status: text(),
    reviews: json(),
  },
  (t) => [index().on(t.call)],
);
export const consortia = table('consortia', {
  id: text().primaryKey(),
  name: json(),
  lead: text(),
  members: json(),
  status: text(),
  makerKey: text(),
  source: json(),
});
export const ruleBooks = table('rule_books', {
  digest: text().primaryKey(),
  name: text(),
  version: integer(),
  text: text(),
  registeredSeq: whole(),
});
export const stages = table('stages', {
  id: text().primaryKey(),
  title: json(),
  ruleBook: text(),
  status: text(),
  consortia: json(),
  openedSeq: whole(),
  closedSeq: whole(),
  makerKeys: json(),
});
export const submissions = table(
  'submissions',
  {
    id: text().primaryKey(),
    stage: text(),
    consortium: text(),
    kind: text(),
    digest: text(),
    bytes: whole(),
    status: text(),
    maker: text(),
    receivedSeq: whole(),
  },
  (t) => [index().on(t.stage), index().on(t.consortium)],
);
export const audits = table('audits', {
  submission: text().primaryKey(),
  verdict: text(),
  office: text(),
  checks: json(),
  seq: whole(),
});
/** How far audits reached, where that was recorded. Apart from them, as `placements` are: older backups have audits without it. */
export const auditReaches = table('audit_reaches', {
  submission: text().primaryKey(),
  extent: text(),
  data: text(),
  share: number(),
  chance: number(),
  room: number(),
  replayed: json(),
  evidence: json(),
});
/** Signed audits, by the digest of the statement. */
export const auditReports = table('audit_reports', {
  digest: text().primaryKey(),
  submission: text(),
  by: text(),
  key: text(),
  verdict: text(),
  statement: text(),
  seq: whole(),
});
/** Parts that were handed out to be trained again. */
export const auditParts = table(
  'audit_parts',
  { submission: text(), seq: whole(), by: text(), segments: json(), time: text() },
  (t) => [primaryKey({ columns: [t.submission, t.seq] })],
);
export const evaluations = table(
  'evaluations',
  {
    id: text().primaryKey(),
    submission: text(),
    task: text(),
    metric: text(),
    value: number(),
    stderr: number(),
    n: whole(),
    items: json(),
    seq: whole(),
  },
  (t) => [index().on(t.submission)],
);
export const enteredScores = table(
  'entered_scores',
  {
    id: text().primaryKey(),
    stage: text(),
    consortium: text(),
    part: text(),
    value: json(), // a number, or that it was not published
    max: number(),
    source: json(),
    seq: whole(),
  },
  (t) => [index().on(t.stage)],
);
export const forms = table(
  'forms',
  {
    id: text().primaryKey(),
    stage: text(),
    part: text(),
    expert: text(),
    commitment: text(),
    form: json(),
    nonce: text(),
    seq: whole(),
  },
  (t) => [index().on(t.stage)],
);
export const judgements = table(
  'judgements',
  {
    id: text().primaryKey(),
    stage: text(),
    judge: text(),
    a: text(),
    b: text(),
    choice: text(),
    item: text(),
    seq: whole(),
  },
  (t) => [index().on(t.stage)],
);
export const findings = table(
  'findings',
  {
    id: text().primaryKey(),
    stage: text(),
    consortium: text(),
    component: text(),
    verdict: text(),
    by: text(),
    text: text(),
    source: json(),
    signedBy: text(),
    seq: whole(),
  },
  (t) => [index().on(t.stage)],
);
export const lodgings = table('lodgings', {
  id: text().primaryKey(),
  kind: text(),
  requestDigest: text(),
  statement: text(),
  seq: whole(),
});
export const decisions = table('decisions', {
  stage: text().primaryKey(),
  statement: text(),
  digest: text(),
  seq: whole(),
});
export const appeals = table(
  'appeals',
  {
    id: text().primaryKey(),
    stage: text(),
    consortium: text(),
    text: text(),
    outcome: text(),
    answer: text(),
    seq: whole(),
  },
  (t) => [index().on(t.stage)],
);
export const runSteps = table(
  'run_steps',
  { submission: text(), step: whole(), loss: number(), gradNorm: number(), learningRate: number() },
  (t) => [primaryKey({ columns: [t.submission, t.step] })],
);

export const catalogues = table('catalogues', {
  digest: text().primaryKey(),
  parts: json(),
  texts: json(),
  registeredSeq: whole(),
});
/** Clusters that submissions were made on, where that was said. Apart from them: older backups have submissions without it. */
export const placements = table('placements', { submission: text().primaryKey(), cluster: text() });
export const allotments = table('allotments', {
  id: text().primaryKey(),
  consortium: text(),
  cluster: text(),
  from: text(),
  to: text(),
  deviceHours: number(),
  source: json(),
  seq: whole(),
});
export const usages = table(
  'usages',
  {
    id: text().primaryKey(),
    consortium: text(),
    cluster: text(),
    from: text(),
    to: text(),
    deviceHours: number(),
    word: text(),
    submission: text(),
    sessions: json(),
    runtime: json(),
    data: json(),
    source: json(),
    seq: whole(),
  },
  (t) => [index().on(t.submission)],
);

/** The tables that follow from the log. */
export const derived = {
  programmes,
  organisations,
  calls,
  applications,
  consortia,
  ruleBooks,
  stages,
  submissions,
  audits,
  auditReaches,
  auditReports,
  auditParts,
  evaluations,
  enteredScores,
  forms,
  judgements,
  findings,
  lodgings,
  decisions,
  appeals,
  catalogues,
  placements,
  allotments,
  usages,
  runSteps,
} satisfies Record<TableName, unknown>;

export type Derived = typeof derived;
