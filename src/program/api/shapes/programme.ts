// Shapes of a programme, its consortia, rule books and log.

import { z } from 'zod';
import type { Json } from '../../../ledger/index.ts';
import { shownAuditShape } from '../../audits/index.ts';
import type { RuleBook } from '../../rules/index.ts';
import { citation, named, recorded, title } from './common.ts';

const sources = z.union([z.array(citation), z.literal('not recorded')]);

/** `decided`: appeals are possible; `final`: appeals have ended, or the decision was published elsewhere. */
/** `recorded`: decided and published elsewhere; whether it was final is not known. */
export const stageStatus = z.enum(['open', 'closed', 'decided', 'final', 'recorded']);

export const programmeName = named.extend({ mode: z.enum(['record', 'practice', 'real']) });

const fact = z.object({
  id: z.string().optional(),
  text: title,
  value: z.number().nullable(),
  source: sources,
  /** How it follows from other figures, if it was not published itself. */
  derived: z.string().nullable(),
  /** False if nobody has checked it in its source. */
  verified: z.boolean(),
  /** False if no official source states it. */
  official: z.boolean(),
});

export const job = z
  .object({
    id: z.int(),
    kind: z.string(),
    submission: z.string(),
    status: z.enum(['queued', 'running', 'done', 'failed']),
  })
  .meta({ id: 'Job' });

/** A row in lists of submissions. */
export const submissionRow = {
  /** Of a refused one with its reason, `refused: CODE: REASON`, unless that is withheld. */
  status: z.string(),
  /** The reason in Korean, where it is known. */
  reasonKo: z.string().optional(),
  digest: z.string(),
  /** Null without an audit, or if it is withheld. */
  audit: shownAuditShape.nullable(),
  bytes: z.int(),
  received: z.string(),
  /** Whether it came after the announced close of its stage. */
  late: z.boolean(),
};

const stage = z.object({ id: z.string(), title, status: stageStatus });
const moment = z.string().nullable();
/** Announced moments; null: not announced. */
export const dates = z.object({ opens: moment, closes: moment, appealsUntil: moment });

/** A page of the console, the id of what it is about, and the form on it. */
const place = z.object({
  page: z.enum(['overview', 'organisations', 'call', 'application', 'ruleBooks', 'people', 'consortium', 'stage']),
  of: z.string().nullable(),
  act: z.string().nullable(),
});
/** Something that somebody has to do. `late`: `until` has passed. */
const due = z.object({ text: title, at: place, until: moment, late: z.boolean() }).meta({ id: 'Due' });
const head = z.object({ seq: z.int(), link: z.string() });
/** Whether there may be more members: a record holds only those that its sources name. */
const othersUnknown = z.boolean();

export const overview = z
  .object({
    programme: programmeName.extend({ created: z.string(), officeKey: z.string().nullable() }),
    head,
    consortia: z.array(
      named.extend({
        lead: named,
        /** Number of members with the lead; null if they are not recorded. */
        members: z.int().nullable(),
        othersUnknown,
        /** Roles of its members in the value chain. */
        roles: z.array(z.string()),
        status: z.string(),
      }),
    ),
    stages: z.array(
      stage.extend({
        consortia: z.array(z.string()),
        /** Outcome of the decision by consortium, without undecided ones. */
        outcomes: z.record(z.string(), z.enum(['kept', 'out'])),
        opened: z.string(),
        closed: z.string().nullable(),
        dates,
      }),
    ),
    /** Stages that are not opened yet. */
    announced: z.array(z.object({ id: z.string(), title, dates })),
    applications: z.record(z.string(), z.int()),
    ruleBooks: z.int(),
    /** What waits for this viewer; those with the nearest date first. */
    due: z.array(due),
    /** Until the first stage opens, for the office: what comes before it. */
    firstSteps: z.array(z.object({ text: title, at: place, done: z.boolean() })),
    /** Jobs of the office's machine; only for the office. */
    jobs: z.array(job),
    facts: z.array(fact),
  })
  .meta({ id: 'Overview' });

export const organisation = named.extend({ country: z.string(), roles: z.array(z.string()) });

/** `warnings`: why the rules exclude the team as things stand, with this key. */
export const keyNamed = recorded.extend({ warnings: z.array(z.object({ en: z.string(), ko: z.string() })) });

export const consortiumPage = named
  .extend({
    status: z.string(),
    makerKey: z.string().nullable(),
    lead: organisation.nullable(),
    members: z.union([z.array(organisation), z.literal('not recorded')]),
    othersUnknown,
    stages: z.array(
      stage.extend({
        outcome: z.enum(['kept', 'out']).nullable(),
        reason: z.string().nullable(),
        /** Why the decision left it out, where an upheld appeal keeps it. */
        overturned: z.string().nullable(),
        /** What the evidence of a team that is out lacks, where the office does not withhold audits. */
        lacks: z.array(z.object({ en: z.string(), ko: z.string() })),
        /** Public findings on the team. */
        findings: z.array(
          z.object({
            component: z.string(),
            verdict: z.string(),
            text: z.string(),
            ko: z.object({ by: z.string(), text: z.string() }).optional(),
          }),
        ),
      }),
    ),
    submissions: z.array(z.object({ id: z.string(), stage: z.string(), ...submissionRow })),
    source: sources.nullable(),
  })
  .meta({ id: 'Consortium' });

const book = z.object({ digest: z.string(), name: z.string(), version: z.int() });
export const bookTitle = book.extend({ title });
export const bookRow = bookTitle
  .extend({
    registeredSeq: z.int(),
    /** Whether a call can select by it. */
    selects: z.boolean(),
  })
  .meta({ id: 'RuleBookRow' });
export const bookPage = book
  .extend({
    registered: z.string(),
    /** The registered YAML. */
    text: z.string(),
    /** The parsed rule book with all defaults. */
    book: z.custom<RuleBook>(),
  })
  .meta({ id: 'RuleBook' });
export const entry = z
  .object({
    seq: z.int(),
    time: z.string(),
    /** Null if it is withheld. */
    actor: z.string().nullable(),
    kind: z.string(),
    link: z.string(),
    /** Null if it is withheld. */
    data: z.custom<Json>(),
    /** Titles of the ids in `data`, by member. */
    names: z.record(z.string(), title),
    /** The claim of an audit in one line: the verdict in `data` alone does not tell its reach. */
    claim: z.object({ en: z.string(), ko: z.string() }).nullable(),
    /** Whether the rule book withholds it from this viewer, now or always. */
    withheld: z.boolean(),
  })
  .meta({ id: 'Entry' });
export const logPage = z.object({ entries: z.array(entry), head });
