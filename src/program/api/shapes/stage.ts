// A stage and what people do in it.

import { z } from 'zod';
import { joinedShape, partShape, shownAuditShape } from '../../audits/index.ts';
import type { StageReport } from '../../decision/index.ts';
import { marks } from '../../office/index.ts';
import { digest, id, named, title } from './common.ts';
import { bookTitle, stageStatus, submissionRow } from './programme.ts';

export const opened = z.object({ id: z.string(), warnings: z.array(z.string()) });

/** What is offered to a viewer on the page of a stage. */
const offer = z.enum(['close', 'decide', 'finish', 'score', 'form', 'judge', 'submit', 'finding', 'appeal', 'answer']);

export const stagePage = z
  .object({
    id: z.string(),
    title,
    status: stageStatus,
    ruleBook: bookTitle,
    consortia: z.array(named),
    components: z.array(z.string()),
    /** What is scored, and from what. */
    parts: z.array(
      z.object({
        path: z.string(),
        title,
        points: z.number(),
        kind: z.enum(['tasks', 'entered', 'forms', 'judgements', 'parts']),
      }),
    ),
    opened: z.string(),
    closed: z.string().nullable(),
    /** What the rule book still asks for; for the office. */
    lacking: z.array(z.string()),
    submissions: z.array(z.object({ id: z.string(), consortium: z.string(), ...submissionRow })),
    forms: z.array(
      z.object({
        id: z.string(),
        part: z.string(),
        expert: z.string(),
        commitment: z.string(),
        /** Null until it is revealed, and where it is withheld. */
        form: z.object({ scores: marks, comment: z.string().optional() }).nullable(),
      }),
    ),
    /** How many were given; null where that is withheld. */
    judgements: z.int().nullable(),
    findings: z.array(
      z.object({
        id: z.string(),
        consortium: z.string(),
        component: z.string(),
        verdict: z.string(),
        by: z.string(),
        text: z.string(),
        signedBy: z.string().nullable(),
      }),
    ),
    appeals: z.array(
      z.object({
        id: z.string(),
        consortium: z.string(),
        text: z.string(),
        outcome: z.enum(['upheld', 'rejected']).nullable(),
        answer: z.string().nullable(),
      }),
    ),
    /** Scores, standings and decision; null where the rules do not show them to this viewer yet. */
    report: z.custom<StageReport>().nullable(),
    /** What this viewer may do now. */
    mayDo: z.array(offer),
  })
  .meta({ id: 'Stage' });

export const closed = z.object({
  seq: z.int(),
  link: z.string(),
  lacking: z.array(z.string()),
  /** Teams whose total will never be known: with one of them points decide nothing. */
  unknown: z.array(z.string()),
});
export const decided = z.object({
  kept: z.array(z.string()),
  /** The rules leave it open; they stay. */
  undecided: z.array(z.string()),
  out: z.array(z.object({ consortium: z.string(), reason: z.string() })),
});
export const finished = z.object({ dropped: z.array(z.string()) });

export const blankForm = z
  .object({
    part: z.string(),
    title,
    criteria: z.array(z.object({ id: z.string(), title, points: z.number() })),
    teams: z.array(named),
    /** The commitment of the form that this expert has given. */
    given: z.string().nullable(),
  })
  .meta({ id: 'BlankForm' });
export const given = z.object({
  id: z.string(),
  commitment: z.string(),
  /** The expert's receipt: with his form it proves what he gave. It is shown once. */
  nonce: z.string(),
});

export const question = z.strictObject({ prompt: z.string().min(1).max(2000) });
export const asked = z
  .object({ id: z.string(), prompt: z.string(), first: z.string(), second: z.string() })
  .meta({ id: 'Question' });
/** Whose answers they were; null where judgements are not public yet. */
export const answered = z.object({ first: z.string().nullable(), second: z.string().nullable() });

export const made = z.object({ id: z.string() });

export const explained = z.object({ lines: z.array(z.string()) });

export const submitted = z.object({ submission: z.string(), digest, bytes: z.int() });
export const submitRun = z.strictObject({
  run: z.string().min(1).max(200),
  consortium: id,
  /** Where it was made: a cluster of the catalogue. */
  cluster: id.optional(),
});

export const partGiven = z.object({
  /** Null: every segment was trained again by somebody. */
  part: partShape.nullable(),
  /** What trains it again, with the bundle that was submitted, and signs what came out. */
  command: z.string().nullable(),
  /** SHA-256 of that bundle. */
  bundle: digest,
});

const check = z.object({ name: z.string(), verdict: z.string(), detail: z.string() });
export const submissionPage = z
  .object({
    id: z.string(),
    stage: z.string(),
    consortium: z.string(),
    consortiumName: title,
    kind: z.enum(['bundle', 'model']),
    status: z.string(),
    digest: z.string(),
    bytes: z.int(),
    received: z.string(),
    maker: z.string().nullable(),
    /** Null: none yet, or withheld. */
    audit: shownAuditShape.extend({ office: z.string().nullable(), checks: z.array(check) }).nullable(),
    /** What this audit and those that others signed come to together; null where none is signed, or withheld. */
    joined: joinedShape.nullable(),
    /** This viewer may hand in an audit of it, and ask for a part. */
    mayAudit: z.boolean(),
    /** Null where scores are withheld. */
    evaluations: z
      .array(
        z.object({
          task: z.string(),
          metric: z.string(),
          value: z.number(),
          stderr: z.number().nullable(),
          n: z.int(),
        }),
      )
      .nullable(),
    /** What its model may be asked by this viewer. */
    mayContinue: z.boolean(),
    withheld: z.array(z.enum(['audit', 'scores'])),
  })
  .meta({ id: 'Submission' });
