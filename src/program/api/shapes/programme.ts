// A programme, its consortia, its rule books and its log, as pages show them.

import { z } from 'zod';
import type { Json } from '../../../ledger/index.ts';
import { shownAuditShape } from '../../audits/index.ts';
import type { RuleBook } from '../../rules/index.ts';
import { citation, named, title } from './common.ts';

const sources = z.union([z.array(citation), z.literal('not recorded')]);

/** `decided`: appeals may still come; `final`: they have ended, or others published the decision. */
export const stageStatus = z.enum(['open', 'closed', 'decided', 'final']);

export const programmeName = named.extend({ mode: z.enum(['record', 'practice', 'real']) });

const fact = z.object({
  id: z.string().optional(),
  text: title,
  value: z.number().nullable(),
  source: sources,
  /** How it follows from other figures, where it was not published itself. */
  derived: z.string().nullable(),
  /** False where nobody read it in its source. */
  verified: z.boolean(),
  /** False where others found it out, and nobody who answers for it has said so. */
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

/** A submission as lists show it. */
export const submissionRow = {
  status: z.string(),
  /** Null also where it is withheld. */
  audit: shownAuditShape.nullable(),
  bytes: z.int(),
  received: z.string(),
};

const stage = z.object({ id: z.string(), title, status: stageStatus });
const head = z.object({ seq: z.int(), link: z.string() });
/** Whether there may be more members: a record holds those whom its sources name. */
const othersUnknown = z.boolean();

export const overview = z
  .object({
    programme: programmeName.extend({ created: z.string(), officeKey: z.string().nullable() }),
    head,
    consortia: z.array(
      named.extend({
        lead: named,
        /** The lead and its members; null where they are not recorded. */
        members: z.int().nullable(),
        othersUnknown,
        /** Places in the value chain that its members have. */
        roles: z.array(z.string()),
        status: z.string(),
      }),
    ),
    stages: z.array(
      stage.extend({
        consortia: z.array(z.string()),
        /** What its decision came to for each; without those that it left open. */
        outcomes: z.record(z.string(), z.enum(['kept', 'out'])),
        opened: z.string(),
        closed: z.string().nullable(),
      }),
    ),
    applications: z.record(z.string(), z.int()),
    ruleBooks: z.int(),
    /** What is to be seen to: what the open stage lacks by its rules, decisions, appeals; for the office. */
    due: z.array(z.string()),
    /** What ends the stage that is under way; for the office. */
    next: z
      .object({
        stage: z.string(),
        act: z.enum(['close', 'decide', 'answer', 'finish']),
        appeal: z.string().nullable(),
      })
      .nullable(),
    /** What the office's machine has to do; for the office. */
    jobs: z.array(job),
    facts: z.array(fact),
  })
  .meta({ id: 'Overview' });

const organisation = named.extend({ country: z.string(), roles: z.array(z.string()) });

export const consortiumPage = named
  .extend({
    status: z.string(),
    makerKey: z.string().nullable(),
    lead: organisation.nullable(),
    members: z.union([z.array(organisation), z.literal('not recorded')]),
    othersUnknown,
    stages: z.array(stage.extend({ outcome: z.enum(['kept', 'out']).nullable(), reason: z.string().nullable() })),
    submissions: z.array(z.object({ id: z.string(), stage: z.string(), ...submissionRow })),
    source: sources.nullable(),
  })
  .meta({ id: 'Consortium' });

const book = z.object({ digest: z.string(), name: z.string(), version: z.int() });
export const bookTitle = book.extend({ title });
export const bookRow = bookTitle.extend({ registeredSeq: z.int() }).meta({ id: 'RuleBookRow' });
export const bookPage = book
  .extend({
    registered: z.string(),
    /** As registered, YAML. */
    text: z.string(),
    /** As read: complete, every default written out. */
    book: z.custom<RuleBook>(),
  })
  .meta({ id: 'RuleBook' });
export const entry = z
  .object({
    seq: z.int(),
    time: z.string(),
    /** Null where who did it is withheld with what he did. */
    actor: z.string().nullable(),
    kind: z.string(),
    link: z.string(),
    /** Null where it is withheld. */
    data: z.custom<Json>(),
    /** Of an audit: what may be said of it, in a line. The verdict in `data` alone does not tell how far it reaches. */
    claim: z.object({ en: z.string(), ko: z.string() }).nullable(),
    /** The rule book keeps it from this viewer, now or for good. */
    withheld: z.boolean(),
  })
  .meta({ id: 'Entry' });
export const logPage = z.object({ entries: z.array(entry), head });
