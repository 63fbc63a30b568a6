// What the log comes to, as rows: the form of each, and the column that names it. `seq`: number of the entry that a row is from.

import { z } from 'zod';
import { countSchema as count, dateSchema } from '../../formats/index.ts';
import { ROLES } from '../rules/index.ts';
import { digest, id, members, sources, text, title } from './fields.ts';

const seq = z.int().min(1);
const step = z.int().min(1);
const share = z.number().min(0).max(1);
const source = sources.nullable();
const MAX_SEGMENTS = 1_000_000;

const programme = z.strictObject({
  id,
  name: title,
  mode: z.enum(['record', 'practice', 'real']),
  /** Fingerprint of the key that the office signs with. */
  officeKey: digest.nullable(),
  created: z.string(),
});

const organisation = z.strictObject({
  id,
  name: title,
  /** Whether there is such a country is asked before it is written: a log may be older than a list of countries. */
  country: z.union([
    z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)'),
    z.literal('not recorded'),
  ]),
  roles: z.array(z.enum(ROLES)).max(ROLES.length),
  source,
});

const call = z.strictObject({ id, title, status: z.enum(['open', 'closed']) });

const review = z.strictObject({
  step: z.enum(['paper', 'presentation']),
  passed: z.boolean(),
  note: text.nullable(),
  source,
});

const application = z.strictObject({
  id,
  call: id,
  name: title,
  lead: id,
  members,
  /** The last review that it has passed, or what came of it. */
  status: z.enum(['received', 'paper', 'presentation', 'rejected', 'selected']),
  reviews: z.array(review),
});

const dropReason = z.enum(['veto', 'points', 'withdrawn']);

const consortium = z.strictObject({
  id,
  name: title,
  lead: id,
  members,
  status: z.union([z.literal('active'), z.templateLiteral(['out: ', dropReason])]),
  /** Of the key that its runs are signed with. */
  makerKey: digest.nullable(),
  source,
});

const ruleBook = z.strictObject({
  digest,
  name: z.string().max(300),
  version: z.int().min(1),
  text: z.string().max(1 << 20),
  registeredSeq: seq,
});

const stage = z.strictObject({
  id,
  title,
  ruleBook: digest,
  consortia: z.array(id).min(1).max(1000),
  status: z.enum(['open', 'closed', 'decided', 'final']),
  openedSeq: seq,
  closedSeq: seq.nullable(),
  /** The keys that its consortia had when it closed. */
  makerKeys: z.record(id, digest.nullable()).nullable(),
});

const submission = z.strictObject({
  id,
  stage: id,
  consortium: id,
  kind: z.enum(['bundle', 'model']),
  digest,
  bytes: count,
  /** Where it was made, by the word of whoever hands it in. */
  cluster: id.nullable(),
  status: z.union([z.enum(['received', 'audited']), z.templateLiteral(['refused: ', z.string()])]),
  maker: digest.nullable(),
  receivedSeq: seq,
});

/** What an audit of a submission is of: digests of genesis and seal, the transcript's last link, the steps of the kept states. */
const evidence = z.strictObject({
  genesis: digest,
  seal: digest,
  head: digest,
  kept: z.array(step).min(1).max(MAX_SEGMENTS),
  /** Roots of the kept states, where there are not too many: what others come to is held against them. */
  roots: z.array(digest).max(MAX_SEGMENTS).exactOptional(),
});

const reach = z.strictObject({
  extent: z.enum(['all', 'sampled', 'self']),
  data: z.enum(['sources', 'texts', 'maker']),
  /** Of the steps that were trained again. */
  share,
  /** That a single forged segment would have been seen; null where none is claimed. */
  chance: share.nullable(),
  /** Share of the way that lies in segments that can have been forged unseen with an even chance; null where it is not known. */
  room: z.number().min(0).nullable(),
  /** Segments that were trained again, by the steps at their ends. */
  replayed: z.array(z.strictObject({ from: count, to: step })).max(MAX_SEGMENTS),
  /** Null where there was no whole genesis and seal. */
  evidence: evidence.nullable(),
});

const audit = z.strictObject({
  submission: id,
  verdict: z.enum(['holds', 'refuted', 'incomplete']),
  checks: z
    .array(z.strictObject({ name: z.string().max(50), verdict: z.string().max(20), detail: z.string().max(2000) }))
    .max(20),
  /** Whose counter-signature stands before the first step. */
  office: digest.nullable(),
  /** How far it reached; null for an audit from before this was recorded. */
  reach: reach.nullable(),
  seq,
});

/** Who hands in a report or takes a part. */
export const party = z
  .string()
  .max(300)
  .regex(/^(office|consortium:[a-z0-9][a-z0-9-]{0,63}|auditor:\S.*)$/, 'must be office, consortium:ID or auditor:NAME');

/** A signed audit, by the digest of its statement. */
const auditReport = z.strictObject({
  digest,
  submission: id,
  by: party,
  key: digest,
  verdict: audit.shape.verdict,
  statement: z.string(),
  seq,
});

/** A part of a run that was handed out to be trained again: numbers of segments from 1, both included. */
const auditPart = z.strictObject({
  seq,
  submission: id,
  by: party,
  segments: z.strictObject({ from: step, to: step }),
  time: z.string(),
});

const evaluation = z.strictObject({
  id,
  submission: id,
  task: z.string().min(1).max(200),
  metric: z.string().min(1).max(100),
  value: z.number(),
  stderr: z.number().nullable(),
  n: count,
  /** The result of each item, where the metric is their mean. */
  items: z.array(z.number()).max(100_000).nullable(),
  seq,
});

const enteredScore = z.strictObject({
  id,
  stage: id,
  consortium: id,
  part: z.string().max(200),
  value: z.union([z.number(), z.literal('not published')]),
  max: z.number(),
  source: sources,
  seq,
});

/** What an expert gave; null until the stage closes. */
const expertForm = z.strictObject({
  /** Points by consortium and criterion. */
  scores: z.record(id, z.record(z.string().max(100), z.number())),
  comment: z.string().max(20_000).exactOptional(),
});

const form = z.strictObject({
  id,
  stage: id,
  part: z.string().max(200),
  expert: id,
  commitment: digest,
  form: expertForm.nullable(),
  nonce: digest.nullable(),
  seq,
});

const judgement = z.strictObject({
  id,
  stage: id,
  judge: id,
  a: id,
  b: id,
  choice: z.enum(['a', 'b', 'tie']),
  item: z.string().max(200),
  seq,
});

const finding = z.strictObject({
  id,
  stage: id,
  consortium: id,
  component: z.string().min(1).max(100),
  verdict: z.enum(['own', 'derived', 'frozen-foreign', 'unknown', 'not published']),
  by: z.string().min(1).max(300),
  text: z.string().max(20_000),
  source,
  signedBy: digest.nullable(),
  seq,
});

/** An answer of the office; `statement` is the line of its register, or the lodging itself where there was no register yet. */
const lodging = z.strictObject({
  id,
  kind: z.enum(['request', 'head', 'seal']),
  requestDigest: digest,
  statement: z.string().max(20_000),
  seq,
});

/** `digest` is null where others decided. */
const decision = z.strictObject({ stage: id, statement: z.string().max(4 << 20), digest: digest.nullable(), seq });

const appeal = z.strictObject({
  id,
  stage: id,
  consortium: id,
  text,
  outcome: z.enum(['upheld', 'rejected']).nullable(),
  answer: text.nullable(),
  seq,
});

const catalogue = z.strictObject({
  digest,
  parts: z.array(z.strictObject({ id: z.string(), version: z.int(), title })),
  texts: z
    .array(z.strictObject({ file: z.string().min(1).max(100), text: z.string().max(4 << 20) }))
    .min(1)
    .max(10),
  registeredSeq: seq,
});

/** First and last day included. */
const period = { from: dateSchema, to: dateSchema, deviceHours: z.number().min(0).max(1e12) };

const allotment = z.strictObject({ id, consortium: id, cluster: id, ...period, source, seq });

const label = z.string().max(300);

const usage = z.strictObject({
  id,
  consortium: id,
  /** Null: on which one is not known. */
  cluster: id.nullable(),
  ...period,
  word: z.enum(['maker', 'office']),
  submission: id.nullable(),
  /** The records that it was added up from. */
  sessions: z
    .strictObject({
      count,
      /** They began, and nothing says when they ended: their hours are not counted. */
      withoutEnd: count,
      devices: z.array(label).max(100),
    })
    .nullable(),
  /** What the run's commitment says it was made with. */
  runtime: z.strictObject({ node: label, v8: label, version: label }).nullable(),
  /** What its corpus was drawn from: `npm:NAME`, or another name. */
  data: z.array(label).max(1000).nullable(),
  source,
  seq,
});

/** The form of a row, by its table. */
export const ROW = {
  programmes: programme,
  organisations: organisation,
  calls: call,
  applications: application,
  consortia: consortium,
  ruleBooks: ruleBook,
  stages: stage,
  submissions: submission,
  audits: audit,
  auditReports: auditReport,
  auditParts: auditPart,
  evaluations: evaluation,
  enteredScores: enteredScore,
  forms: form,
  judgements: judgement,
  findings: finding,
  lodgings: lodging,
  decisions: decision,
  appeals: appeal,
  catalogues: catalogue,
  allotments: allotment,
  usages: usage,
} as const;

export type TableName = keyof typeof ROW;
export type Row<T extends TableName> = z.infer<(typeof ROW)[T]>;

/** The column that names a row, where it is not `id`. */
export const KEYS: { readonly [table in TableName]?: string } = {
  ruleBooks: 'digest',
  audits: 'submission',
  auditReports: 'digest',
  auditParts: 'seq',
  decisions: 'stage',
  catalogues: 'digest',
};
