// Shapes of a stage: its page, forms, questions, appeals, submissions.

import { z } from 'zod';
import { joinedShape, partShape, shownAuditShape } from '../../audits/index.ts';
import { shownComparisonShape, shownProposalShape } from '../../comparisons/index.ts';
import type { StageReport } from '../../decision/index.ts';
import { marks } from '../../office/index.ts';
import { digest, id, named, title } from './common.ts';
import { bookTitle, dates, stageStatus, submissionRow } from './programme.ts';

/** `warningsKo`: the same in Korean. */
export const opened = z.object({
  id: z.string(),
  warnings: z.array(z.string()),
  warningsKo: z.array(z.string()).optional(),
});

/** Teams that the rule book excludes as things stand, before a stage is opened under it. */
export const lackingToOpen = z
  .object({ lacking: z.array(z.object({ consortium: z.string(), text: title })) })
  .meta({ id: 'LackingToOpen' });

/** An act that the page of a stage offers to a viewer. */
const offer = z.enum(['close', 'decide', 'finish', 'score', 'form', 'judge', 'submit', 'finding', 'appeal', 'answer']);

export const stagePage = z
  .object({
    id: z.string(),
    title,
    status: stageStatus,
    ruleBook: bookTitle,
    consortia: z.array(named),
    components: z.array(z.string()),
    /** Scored parts, and the kinds of their sources. */
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
    dates,
    /** Data that the rule book still requires; only for the office. */
    lacking: z.array(title),
    submissions: z.array(z.object({ id: z.string(), consortium: z.string(), ...submissionRow })),
    forms: z.array(
      z.object({
        id: z.string(),
        part: z.string(),
        expert: z.string(),
        commitment: z.string(),
        /** Null until it is revealed, or if it is withheld. */
        form: z.object({ scores: marks, comment: z.string().optional() }).nullable(),
      }),
    ),
    /** Experts who are assigned, have declared their interests or have given a form, as far as this viewer sees them. */
    experts: z.array(
      z.object({
        expert: z.string(),
        /** Paths of the parts to which the office assigned him, and of those for which a form is given. */
        assigned: z.array(z.string()),
        given: z.array(z.string()),
        /** Null: not declared. `teams`: in which he has an interest. */
        interests: z.object({ organisation: title.nullable(), teams: z.array(z.string()) }).nullable(),
      }),
    ),
    /** Number of judgements; null if it is withheld. */
    judgements: z.int().nullable(),
    /** Number of questions that the rule book asks every pair of models; null where each user asks what he likes. */
    questions: z.int().nullable(),
    findings: z.array(
      z.object({
        id: z.string(),
        consortium: z.string(),
        component: z.string(),
        verdict: z.string(),
        by: z.string(),
        text: z.string(),
        ko: z.object({ by: z.string(), text: z.string() }).optional(),
        signedBy: z.string().nullable(),
      }),
    ),
    /** Which weights were compared with which, those that wait last; null if withheld, or if the rule book compares none. */
    comparisons: z.array(shownComparisonShape).nullable(),
    /** Findings that comparisons propose to the panel; empty if withheld. */
    proposals: z.array(shownProposalShape),
    appeals: z.array(
      z.object({
        id: z.string(),
        consortium: z.string(),
        text: z.string(),
        outcome: z.enum(['upheld', 'rejected']).nullable(),
        answer: z.string().nullable(),
      }),
    ),
    /** Scores, standings and decision; null if the rule book does not show them to this viewer yet. */
    report: z.custom<StageReport>().nullable(),
    /** Acts that this viewer may do now. */
    mayDo: z.array(offer),
  })
  .meta({ id: 'Stage' });

export const closed = z.object({
  seq: z.int(),
  link: z.string(),
  lacking: z.array(z.string()),
  /** Teams whose total stays unknown: if there is one, points decide nothing. */
  unknown: z.array(z.string()),
});
export const decided = z.object({
  kept: z.array(z.string()),
  /** Teams that the rules leave open: they stay. */
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
    /** Organisations of these teams, until the expert has declared his interests. */
    organisations: z.array(named),
    /**
     * `undeclared`: the expert has not declared his interests yet. `interested`: in a team of the stage, so he gives no form;
     * `unassigned`: other experts do.
     */
    state: z.enum(['open', 'undeclared', 'interested', 'unassigned']),
    /** Teams without an audited submission, or whose next one waits for its audit: the form cannot take it into account. */
    lacking: z.array(title),
    /** Commitment of this expert's form; null before it is given. */
    given: z.string().nullable(),
  })
  .meta({ id: 'BlankForm' });
export const given = z.object({
  id: z.string(),
  commitment: z.string(),
  /** The expert's receipt, shown once: with the form it proves what was given. */
  nonce: z.string(),
});

/** Without a text the rule book's next question is asked. */
export const question = z.strictObject({ prompt: z.string().min(1).max(2000).optional() });
export const asked = z
  .object({ id: z.string(), prompt: z.string(), first: z.string(), second: z.string() })
  .meta({ id: 'Question' });
/** The teams of the two answers; null if judgements are not public yet. */
export const answered = z.object({ first: z.string().nullable(), second: z.string().nullable() });

export const made = z.object({ id: z.string() });
export const rejected = z.object({ proposal: z.string() });

/** `linesKo`: the same in Korean. */
export const explained = z.object({ lines: z.array(z.string()), linesKo: z.array(z.string()).optional() });

export const submitted = z.object({ submission: z.string(), digest, bytes: z.int() });
export const submitRun = z.strictObject({
  run: z.string().min(1).max(200),
  consortium: id,
  /** The cluster of the catalogue on which it was made. */
  cluster: id.optional(),
});

export const partGiven = z.object({
  /** Null: all segments were trained again. */
  part: partShape.nullable(),
  /** The command that trains it again from the submitted bundle, and signs the result. */
  command: z.string().nullable(),
  /** SHA-256 of that bundle. */
  bundle: digest,
});

const check = z.object({
  name: z.string(),
  verdict: z.string(),
  detail: z.string(),
  /** The lines of `detail` in Korean, empty where there is none; absent from an audit that was recorded in English only. */
  ko: z.string().exactOptional(),
});
export const submissionPage = z
  .object({
    id: z.string(),
    stage: z.string(),
    stageTitle: title,
    consortium: z.string(),
    consortiumName: title,
    kind: z.enum(['bundle', 'model']),
    /** Of a refused one with its reason, `refused: CODE: REASON`, unless that is withheld. */
    status: z.string(),
    /** The reason in Korean, where it is known. */
    reasonKo: z.string().optional(),
    digest: z.string(),
    /** The same run in other stages of its team. */
    sameRun: z.array(z.object({ id: z.string(), stage: z.string(), stageTitle: title })),
    bytes: z.int(),
    received: z.string(),
    late: z.boolean(),
    maker: z.string().nullable(),
    /** Null without an audit, or if it is withheld. */
    audit: shownAuditShape.extend({ office: z.string().nullable(), checks: z.array(check) }).nullable(),
    /** The joined result of all signed audits; null without one, or if it is withheld. */
    joined: joinedShape.nullable(),
    /** Whether this viewer may hand in an audit, and ask for a part. */
    mayAudit: z.boolean(),
    /** Null if scores are withheld. */
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
    /** Whether this viewer may have its model continue a text. */
    mayContinue: z.boolean(),
    withheld: z.array(z.enum(['audit', 'scores'])),
  })
  .meta({ id: 'Submission' });
