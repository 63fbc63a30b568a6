// Shapes of comparisons of weights for pages: every verdict with what was seen, in both languages.

import { z } from 'zod';

const both = z.object({ en: z.string(), ko: z.string() });

/** What a submission was compared with: a reference of the rule book, or a submission of another team. */
const other = z.object({
  kind: z.enum(['reference', 'submission']),
  id: z.string(),
  consortium: z.string().nullable(),
});

const partVerdict = z.enum(['identical', 'shares', 'trace', 'none', 'untestable']);

export const shownComparisonShape = z
  .object({
    submission: z.string(),
    consortium: z.string(),
    with: other,
    /** Null: not compared, or not yet; `problem` says why. */
    parts: z.array(z.object({ verdict: partVerdict, name: both, word: both, seen: both })).nullable(),
    problem: both.nullable(),
    /** The reason, where it is known in English only: the Korean of `problem` then lacks it. */
    reasonInEnglish: z.string().optional(),
    /** Tokens of both, and whether the two tokenizers are one file; null where they were not compared. */
    tokenizer: both.nullable(),
    /** Entry of the log; null where there is none yet. */
    seq: z.int().nullable(),
  })
  .meta({ id: 'ShownComparison' });
export type ShownComparison = z.infer<typeof shownComparisonShape>;

export const shownProposalShape = z
  .object({
    id: z.string(),
    submission: z.string(),
    consortium: z.string(),
    component: z.string(),
    verdict: z.enum(['derived', 'frozen-foreign']),
    from: other,
    /** What was found, when both were fixed, and what is not said by it. */
    said: both,
    /** Null until the panel answers. */
    answer: z
      .union([
        z.object({ kind: z.literal('signed'), finding: z.string() }),
        z.object({ kind: z.literal('rejected'), by: z.string(), reason: z.string() }),
      ])
      .nullable(),
  })
  .meta({ id: 'ShownProposal' });
export type ShownProposal = z.infer<typeof shownProposalShape>;
