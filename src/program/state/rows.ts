// Rows of the tables that the log is folded into: the shape of each, and its key column. `seq`: number of the entry that made the row.

import { z } from 'zod';
import { countSchema as count, dateSchema } from '../../formats/index.ts';
import { ROLES, SELECTION_STEPS } from '../rules/index.ts';
import { digest, fileName, id, members, personName, sources, text, title } from './fields.ts';

const seq = z.int().min(1);
const step = z.int().min(1);
const share = z.number().min(0).max(1);
const source = sources.nullable();
const MAX_SEGMENTS = 1_000_000;

/** A step of the selection and its result. */
const selectionStep = z.enum(SELECTION_STEPS);
const review = z.strictObject({ step: selectionStep, passed: z.boolean(), note: text.nullable(), source });

/** Files of an application: how many, and bytes of one. */
export const MAX_FILES = 20;
export const MAX_FILE_BYTES = 20_000_000;

const verdict = z.enum(['holds', 'refuted', 'incomplete']);
const dropReason = z.enum(['veto', 'points', 'withdrawn']);

/** The evidence that an audit is about: digests of genesis and seal, the transcript's last link, the steps of the kept states. */
const evidence = z.strictObject({
  genesis: digest,
  seal: digest,
  head: digest,
  kept: z.array(step).min(1).max(MAX_SEGMENTS),
  /** Roots of the kept states, unless there are too many: other audits are compared with them. */
  roots: z.array(digest).max(MAX_SEGMENTS).exactOptional(),
});

const reach = z.strictObject({
  /** What the run began with; left out where its weights were drawn. */
  parent: z
    .union([
      z.strictObject({ seal: digest }),
      z.strictObject({ files: z.array(z.strictObject({ name: z.string().max(500), sha256: digest })).max(10_000) }),
    ])
    .exactOptional(),
  extent: z.enum(['all', 'sampled', 'self']),
  data: z.enum(['sources', 'texts', 'maker']),
  /** Share of the steps that were trained again. */
  share,
  /** Chance of detecting a single forged segment; null if none is claimed. */
  chance: share.nullable(),
  /** Share of the movement in segments that could be forged with an even chance of no detection; null if not known. */
  room: z.number().min(0).nullable(),
  /** Segments that were trained again, by the steps at their ends. */
  replayed: z.array(z.strictObject({ from: count, to: step })).max(MAX_SEGMENTS),
  /** Null without a complete genesis and seal. */
  evidence: evidence.nullable(),
});

/**
 * What the office's audit found of a run that another program trained: it looks at the evidence alone and trains nothing again, so it never
 * holds. Null digests where a statement is not there or not sound.
 */
const witness = z.strictObject({
  genesis: digest.nullable(),
  seal: digest.nullable(),
  /** Steps in the transcript. */
  steps: count,
  /** Steps of which the states before and after were recorded and are whole, and how many of these an office drew. */
  paired: count,
  drawnByOffice: count,
  /** Whether an office that is not the maker answered its request before the first step. */
  lodged: z.boolean(),
  /** `kept`: its recorded states. Null without a sound genesis and seal; not there in older entries. */
  evidence: evidence.nullable().exactOptional(),
});

/** Figures of a step. */
export const figures = z.strictObject({
  loss: z.number().nullable(),
  gradNorm: z.number().nullable(),
  learningRate: z.number().nullable(),
});

/** The party that hands in a report or takes a part. */
export const party = z
  .string()
  .max(300)
  .regex(/^(office|consortium:[a-z0-9][a-z0-9-]{0,63}|auditor:\S.*)$/, 'must be office, consortium:ID or auditor:NAME');

/** Characters of a signed comparison. */
export const MAX_STATEMENT = 1 << 20;

/** One of the two. */
const comparedWith = z.union([
  z.strictObject({ reference: z.string().min(1).max(300) }),
  z.strictObject({ submission: id }),
]);

/** What a comparison of weights found. Chances are natural logarithms, corrected for all comparisons of the stage. */
const comparedWeights = z.strictObject({
  /** Digests over the weight files of both. */
  digests: z.strictObject({ suspect: digest, reference: digest }),
  groups: z
    .array(
      z.strictObject({
        tower: z.enum(['language', 'vision', 'audio']),
        kind: z.enum(['basis', 'units', 'values', 'experts', 'expert-units']),
        verdict: z.enum(['identical', 'shares', 'trace', 'none', 'untestable']),
        lnChance: z.number().max(0),
        /** The test to tell of; null where none could look at anything. */
        seen: z
          .strictObject({ test: z.enum(['places', 'signs', 'order']), count: z.int().min(0), of: z.int().min(1) })
          .nullable(),
        /** Median cosine at the same place; null where places say nothing. */
        strength: z.number().min(-1).max(1).nullable(),
      }),
    )
    .max(100),
  /** Tokens of each, of both, and of both with the same id; null where one has no tokenizer that could be read. */
  tokenizer: z
    .strictObject({ suspect: count, reference: count, shared: count, sameId: count, sameFile: z.boolean() })
    .nullable(),
  /** How the two runs are related by their makers' signed evidence, which this comparison did not check. */
  kinship: z
    .enum([
      ...(['begins-from-reference', 'reference-begins-from-it', 'same-parent', 'same-start', 'same-seed'] as const),
      ...(['other-start', 'parent-elsewhere'] as const),
    ])
    .nullable(),
});

/** The content of an expert's form. In the row it is null until the stage closes. */
const expertForm = z.strictObject({
  /** Points by consortium and criterion. */
  scores: z.record(id, z.record(z.string().max(100), z.number())),
  comment: z.string().max(20_000).exactOptional(),
});

export const MAX_DEVICE_HOURS = 1e12;
export const deviceHours = z.number().min(0).max(MAX_DEVICE_HOURS);
/** First and last day included. */
const period = { from: dateSchema, to: dateSchema, deviceHours };

const label = z.string().max(300);

/** The shape of a row, by table. */
export const ROW = {
  programmes: z.strictObject({
    id,
    name: title,
    mode: z.enum(['record', 'practice', 'real']),
    /** Fingerprint of the key that the office signs with. */
    officeKey: digest.nullable(),
    created: z.string(),
  }),
  organisations: z.strictObject({
    id,
    name: title,
    /** Acts check that the country exists before the entry is written. Here only the form is checked: a log may be older than a list of countries. */
    country: z.union([
      z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)'),
      z.literal('not recorded'),
    ]),
    roles: z.array(z.enum(ROLES)).max(ROLES.length),
    source,
  }),
  calls: z.strictObject({
    id,
    title,
    text: text.exactOptional(),
    /** What is received later is late. */
    until: z.iso.datetime('must be a time in UTC such as "2026-03-31T09:00:00Z"').exactOptional(),
    /** The rule book under which it selects. */
    ruleBook: digest.exactOptional(),
    status: z.enum(['open', 'closed']),
  }),
  applications: z.strictObject({
    id,
    call: id,
    name: title,
    lead: id,
    members,
    /** The last review that it passed, or its result. */
    status: z.enum(['received', 'paper', 'presentation', 'rejected', 'selected']),
    reviews: z.array(review),
    receivedSeq: seq,
    /** Whether it was received after its call's time. */
    late: z.boolean(),
    /** Named by their digests; none twice. */
    files: z
      .array(z.strictObject({ name: fileName, bytes: z.int().min(1).max(MAX_FILE_BYTES), sha256: digest, seq }))
      .max(MAX_FILES),
    /** What it became. */
    consortium: id.nullable(),
  }),
  /** The points of one reviewer for an application, the last ones that were entered. */
  reviews: z.strictObject({
    /** Made of application, step and reviewer. */
    key: z.string(),
    application: id,
    step: selectionStep,
    reviewer: personName,
    /** By criterion. */
    points: z.record(id, z.number()),
    comment: z.string().max(20_000).nullable(),
    /** Who entered them, as the log names them. */
    actor: z.string(),
    seq,
  }),
  consortia: z.strictObject({
    id,
    name: title,
    lead: id,
    members,
    status: z.union([z.literal('active'), z.templateLiteral(['out: ', dropReason])]),
    /** Fingerprint of the key that signs its runs. */
    makerKey: digest.nullable(),
    source,
  }),
  ruleBooks: z.strictObject({
    digest,
    name: z.string().max(300),
    version: z.int().min(1),
    text: z.string().max(1 << 20),
    registeredSeq: seq,
  }),
  stages: z.strictObject({
    id,
    title,
    ruleBook: digest,
    consortia: z.array(id).min(1).max(1000),
    status: z.enum(['open', 'closed', 'decided', 'final']),
    openedSeq: seq,
    closedSeq: seq.nullable(),
    /** The keys that its consortia had when it closed. */
    makerKeys: z.record(id, digest.nullable()).nullable(),
    /** What was still lacking when the office closed it anyway. */
    lacking: z
      .array(z.strictObject({ en: text, ko: text }))
      .max(1000)
      .exactOptional(),
  }),
  /** Announced dates; a moment that is not announced is null. */
  stageDates: z.strictObject({
    stage: id,
    /** The title under which a stage was announced before it was opened. */
    title: title.nullable(),
    opens: z.iso.datetime().nullable(),
    closes: z.iso.datetime().nullable(),
    appealsUntil: z.iso.datetime().nullable(),
    seq,
  }),
  submissions: z.strictObject({
    id,
    stage: id,
    consortium: id,
    kind: z.enum(['bundle', 'model']),
    digest,
    bytes: count,
    /** The cluster on which it was made, as the submitter states it. */
    cluster: id.nullable(),
    status: z.union([z.enum(['received', 'audited']), z.templateLiteral(['refused: ', z.string()])]),
    /** The reason of a refused one in Korean; older entries have none, nor reasons that a lower floor gives in English only. */
    reasonKo: text.exactOptional(),
    maker: digest.nullable(),
    receivedSeq: seq,
  }),
  audits: z.strictObject({
    submission: id,
    verdict,
    checks: z
      .array(
        z.strictObject({
          name: z.string().max(50),
          verdict: z.string().max(20),
          detail: z.string().max(2000),
          /** The lines of `detail` in Korean, empty where there is none; absent from an audit from before this was recorded. */
          ko: z.string().max(2000).exactOptional(),
        }),
      )
      .max(20),
    /** Fingerprint of the office that counter-signed before the first step. */
    office: digest.nullable(),
    /** Null for an audit from before this was recorded. */
    reach: reach.nullable(),
    /** Only of a run that another program trained. */
    witness: witness.exactOptional(),
    seq,
  }),
  /** A signed audit, by the digest of its statement. */
  auditReports: z.strictObject({
    digest,
    submission: id,
    by: party,
    key: digest,
    /** `consistent` and `not-told`: only of a run that another program trained. */
    verdict: z.enum([...verdict.options, 'consistent', 'not-told']),
    statement: z.string(),
    seq,
  }),
  /** A part of a run that was given out to be trained again: first and last segment, counted from 1. */
  auditParts: z.strictObject({
    seq,
    submission: id,
    by: party,
    segments: z.strictObject({ from: step, to: step }),
    time: z.string(),
  }),
  evaluations: z.strictObject({
    id,
    submission: id,
    task: z.string().min(1).max(200),
    metric: z.string().min(1).max(100),
    value: z.number(),
    stderr: z.number().nullable(),
    n: count,
    /** The result of each item, if the metric is their mean. */
    items: z.array(z.number()).max(100_000).nullable(),
    /** The cluster of each item, such as the text that it asks about; left out where every item stands for itself. */
    clusters: z.array(count).max(100_000).exactOptional(),
    seq,
  }),
  /** A comparison of a submission's weights with a reference of the rule book, or with an earlier submission of another team. */
  comparisons: z.strictObject({
    id,
    submission: id,
    with: comparedWith,
    /** Null if it was not possible; `failure` says why. */
    found: comparedWeights.nullable(),
    failure: z
      .strictObject({ code: z.string().min(1).max(100), message: text, messageKo: text.exactOptional() })
      .nullable(),
    /** The same as a signed statement of the office, if the office has a key. */
    report: z.string().min(1).max(MAX_STATEMENT).nullable(),
    seq,
  }),
  enteredScores: z.strictObject({
    id,
    stage: id,
    consortium: id,
    part: z.string().max(200),
    value: z.union([z.number(), z.literal('not published')]),
    max: z.number(),
    source: sources,
    seq,
  }),
  /** An expert in a stage. */
  experts: z.strictObject({
    /** Stage and expert, with a space between. */
    key: z.string(),
    stage: id,
    expert: id,
    /** Parts of the rule book to which the office assigned him. */
    parts: z.array(z.string().max(200)).max(200),
    /** Null until he declares them. */
    interests: z.strictObject({ organisation: id.nullable(), teams: z.array(id).max(1000) }).nullable(),
    seq,
  }),
  /** What an expert has declared for a call. */
  reviewers: z.strictObject({
    /** Call and reviewer, with a space between. */
    key: z.string(),
    call: id,
    reviewer: id,
    /** Every organisation that he has named as his. */
    organisations: z.array(id).max(1000),
    /** Applications in which he has another interest. */
    applications: z.array(id).max(1000),
    seq,
  }),
  forms: z.strictObject({
    id,
    stage: id,
    part: z.string().max(200),
    expert: id,
    commitment: digest,
    form: expertForm.nullable(),
    nonce: digest.nullable(),
    seq,
  }),
  judgements: z.strictObject({
    id,
    stage: id,
    judge: id,
    a: id,
    b: id,
    choice: z.enum(['a', 'b', 'tie']),
    item: z.string().max(200),
    seq,
  }),
  findings: z.strictObject({
    id,
    stage: id,
    consortium: id,
    component: z.string().min(1).max(100),
    verdict: z.enum(['own', 'derived', 'frozen-foreign', 'unknown', 'not published']),
    by: z.string().min(1).max(300),
    text: z.string().max(20_000),
    /** Both in Korean; only of a finding that was reported elsewhere, where nobody signed words. */
    ko: z.strictObject({ by: z.string().min(1).max(300), text: z.string().max(20_000) }).exactOptional(),
    source,
    signedBy: digest.nullable(),
    /** The proposal that it answers, from a comparison of weights. */
    proposal: z.string().max(200).exactOptional(),
    seq,
  }),
  /** A proposed finding that the panel rejected. */
  rejections: z.strictObject({
    proposal: z.string().max(200),
    stage: id,
    by: z.string().min(1).max(300),
    reason: text,
    signedBy: digest.nullable(),
    seq,
  }),
  /** An answer of the office; `statement` is the line of the register, or the lodging itself if it is older than the register. */
  lodgings: z.strictObject({
    id,
    kind: z.enum(['request', 'head', 'hand-over', 'seal', 'model']),
    requestDigest: digest,
    statement: z.string().max(20_000),
    /** Only of a head whose maker sent them. A figure is null if it is not finite. */
    figures: figures.exactOptional(),
    seq,
  }),
  /** `digest` is null for a decision published elsewhere. */
  decisions: z.strictObject({ stage: id, statement: z.string().max(4 << 20), digest: digest.nullable(), seq }),
  appeals: z.strictObject({
    id,
    stage: id,
    consortium: id,
    text,
    outcome: z.enum(['upheld', 'rejected']).nullable(),
    answer: text.nullable(),
    seq,
  }),
  catalogues: z.strictObject({
    digest,
    parts: z.array(z.strictObject({ id: z.string(), version: z.int(), title })),
    texts: z
      .array(z.strictObject({ file: z.string().min(1).max(100), text: z.string().max(4 << 20) }))
      .min(1)
      .max(60),
    registeredSeq: seq,
  }),
  allotments: z.strictObject({ id, consortium: id, cluster: id, ...period, source, seq }),
  usages: z.strictObject({
    id,
    consortium: id,
    /** Null: the cluster is not known. */
    cluster: id.nullable(),
    ...period,
    word: z.enum(['maker', 'office']),
    submission: id.nullable(),
    /** The session records that were summed. */
    sessions: z
      .strictObject({
        count,
        /** Sessions whose end is not recorded: their hours are not counted. */
        withoutEnd: count,
        devices: z.array(label).max(100),
      })
      .nullable(),
    /** Versions from the run's genesis. */
    runtime: z.strictObject({ node: label, v8: label, version: label }).nullable(),
    /** Sources of its corpus: `npm:NAME`, or another name. */
    data: z.array(label).max(1000).nullable(),
    source,
    seq,
  }),
} as const;

export type TableName = keyof typeof ROW;
export type Row<T extends TableName> = z.infer<(typeof ROW)[T]>;

/** The key column of a table, if it is not `id`. */
export const KEYS: { readonly [table in TableName]?: string } = {
  reviews: 'key',
  ruleBooks: 'digest',
  audits: 'submission',
  auditReports: 'digest',
  auditParts: 'seq',
  decisions: 'stage',
  catalogues: 'digest',
  rejections: 'proposal',
  stageDates: 'stage',
  experts: 'key',
  reviewers: 'key',
};
