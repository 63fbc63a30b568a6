// Shapes of organisations, calls and applications.

import { z } from 'zod';
import { SELECTION_STEPS, type SelectionRules } from '../../rules/index.ts';
import { digest, named } from './common.ts';
import { bookTitle, organisation } from './programme.ts';

export const organisations = z
  .array(
    organisation.extend({
      /** Those that it leads or is a member of. */
      consortia: z.array(named),
    }),
  )
  .meta({ id: 'Organisations' });

const step = z.enum(SELECTION_STEPS);
const selection = z.object({
  paper: z.custom<SelectionRules>().optional(),
  presentation: z.custom<SelectionRules>().optional(),
});

const callRow = z.object({
  id: z.string(),
  title: named.shape.name,
  status: z.enum(['open', 'closed']),
  /** When it stops to take applications that are in time; null: not fixed. */
  until: z.string().nullable(),
  /** Number of applications by status. */
  applications: z.record(z.string(), z.int()),
});
export const calls = z.array(callRow).meta({ id: 'Calls' });

/** What reviewers' points give; null where the step has none, or they are withheld. */
const figures = z
  .object({
    given: z.int(),
    reviewers: z.int(),
    mean: z.number().nullable(),
    minimum: z.number(),
    /** Null while reviewers are missing. */
    passes: z.boolean().nullable(),
  })
  .nullable();

const application = named.extend({
  lead: named,
  /** Number of members with the lead; null if they are not recorded. */
  members: z.int().nullable(),
  status: z.enum(['received', 'paper', 'presentation', 'rejected', 'selected']),
  received: z.string(),
  late: z.boolean(),
  /** Number of files; null if they are withheld. */
  files: z.int().nullable(),
  steps: z.array(
    z.object({
      step,
      /** Null without a result. */
      passed: z.boolean().nullable(),
      figures,
    }),
  ),
  /** What it became. */
  consortium: named.nullable(),
});

export const callPage = callRow
  .extend({
    text: z.string().nullable(),
    ruleBook: bookTitle.nullable(),
    selection,
    list: z.array(application),
    /** Organisations that lead or are members of an application. */
    applicants: z.array(named),
    /** What this viewer has declared; null: nothing yet, or no expert. */
    declared: z.object({ organisations: z.array(named), applications: z.array(z.string()) }).nullable(),
  })
  .meta({ id: 'Call' });

const review = z.object({
  reviewer: z.string(),
  points: z.record(z.string(), z.number()),
  total: z.number(),
  comment: z.string().nullable(),
  /** Whether the reviewer has given them himself. */
  own: z.boolean(),
});

export const applicationPage = application
  .extend({
    /** Of an expert who looks at it; null for others. */
    standing: z.enum(['open', 'undeclared', 'interested']).nullable(),
    call: z.object({ id: z.string(), title: named.shape.name, status: z.enum(['open', 'closed']) }),
    /** The lead first; without members that are not recorded. */
    everybody: z.array(organisation),
    /** Whether there may be more members: a record holds only those that its sources name. */
    othersUnknown: z.boolean(),
    /** Null if they are withheld. */
    files: z
      .array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string(), added: z.string(), late: z.boolean() }))
      .nullable(),
    steps: z.array(
      application.shape.steps.element.extend({
        note: z.string().nullable(),
        /** What its reviewers mark; null without a rule book for it. */
        rules: z.custom<SelectionRules>().nullable(),
        /** Those that this viewer may see. */
        reviews: z.array(review),
        /** Whether it is this step's turn. */
        isNext: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Application' });

export const fileAdded = z.object({ name: z.string(), bytes: z.int(), sha256: digest });
export const selected = z.object({ consortia: z.array(z.string()), seq: z.int() });
