// The plan of a rehearsal: the checked rule book, complete assumptions, and how much work fits. The same input gives the same plan, so
// that a seed gives the same result on every machine.

import type { z } from 'zod';
import { checkTargets } from '../decision/index.ts';
import { type PartOfBook, parseRuleBook, partsOf, type RuleBook, requireChosen, type Source } from '../rules/index.ts';
import { type Assumptions, type assumptionsShape, completeAssumptions } from './assumptions.ts';
import * as refuse from './refusals.ts';

export interface Plan {
  /** The rule book as YAML. */
  text: string;
  /** The day on which moving targets are looked up. */
  day: string;
  assumptions: Assumptions;
  /** At most as many as were asked for. */
  repetitions: number;
  /** Of these so many are resampled for the intervals that a stage states, each with DRAWS draws. */
  resampled: number;
}

/** Draws of a resampled repetition: enough for the mean width of an interval. */
export const DRAWS = 400;
const MAX_RESAMPLED = 20;
/** Fewer tell too little. */
const MIN_REPETITIONS = 50;
/** Limits of the work, in numbers that are drawn or read: some seconds of one core. */
const MAX_WORK = 3e7;
const MAX_RESAMPLING = 6e8;

/** Parts that give points themselves. */
export const leavesOf = (book: RuleBook): (PartOfBook & { source: Source })[] =>
  partsOf(book).filter((part): part is PartOfBook & { source: Source } => part.source.kind !== 'parts');

/** What all judgements of a stage have to suffice for: they count in each part that is scored by them. */
export function judgingOf(book: RuleBook): { users: number; perPair: number } {
  const all = leavesOf(book).flatMap(({ source }) => (source.kind === 'judgements' ? [source] : []));
  return {
    users: Math.max(0, ...all.map(({ users }) => users)),
    perPair: Math.max(0, ...all.map(({ minimumPerPair }) => minimumPerPair)),
  };
}

const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);

/** The work of one repetition, without and with resampling, roughly. */
function workOf(book: RuleBook, { qualities, items, judgementsPerPair }: Assumptions): [plain: number, drawn: number] {
  const teams = qualities.length;
  const leaves = leavesOf(book);
  const tasks = sum(leaves.map(({ source }) => (source.kind === 'tasks' ? source.tasks.length : 0)));
  const forms = leaves.flatMap(({ source }) => (source.kind === 'forms' ? [source] : []));
  const entered = leaves.filter(({ source }) => source.kind === 'entered').length;
  const judged = leaves.filter(({ source }) => source.kind === 'judgements').length;
  const experts = sum(forms.map((one) => one.experts));
  const marks = sum(forms.map((one) => one.experts * (one.criteria.length + 1)));
  const judgements = judged > 0 ? ((teams * (teams - 1)) / 2) * judgementsPerPair : 0;
  const users = Math.min(judgingOf(book).users, judgements);
  const parts = partsOf(book).length;
  const fit = judged * teams ** 3;
  // Rows are searched for each part, and scores for each tie-break.
  const searched =
    (tasks * tasks * teams) / 2 +
    forms.length * experts +
    entered * entered * teams +
    judgements * (users + judged * teams) +
    book.blocks.length * parts * 10 +
    (book.tieBreak.length * teams * teams * parts) / 2;
  const plain = 1000 + teams * (tasks * items + 8 * marks + 40 * parts) + 20 * judgements + 10 * fit + searched / 4;
  const drawn = plain + DRAWS * (tasks * items * (1 + teams / 3) + marks * teams + judgements + users + 5 * fit);
  return [plain, drawn];
}

/**
 * @param day `2026-01-15`
 * @throws JikjiError `rehearsal-too-much`, `rule-book-record`, `rule-book-choose`, `target-missing`, and as parseRuleBook
 */
export function planRehearsal(
  { text, file, assumptions: given }: { text: string; file: string; assumptions: z.output<typeof assumptionsShape> },
  day: string,
): Plan {
  requireChosen(text, { file });
  const book = parseRuleBook(text, { file });
  if (book.record) throw refuse.recordBook(file);
  checkTargets({ book }, day);
  const assumptions = completeAssumptions(book, given, judgingOf(book).perPair);
  const [plain, drawn] = workOf(book, assumptions);
  const repetitions = Math.min(given.repetitions, Math.floor(MAX_WORK / plain));
  if (repetitions < Math.min(given.repetitions, MIN_REPETITIONS) || drawn > MAX_RESAMPLING) throw refuse.tooMuch(file);
  const resampled = Math.min(repetitions, MAX_RESAMPLED, Math.floor(MAX_RESAMPLING / drawn));
  return { text, day, assumptions, repetitions, resampled };
}
