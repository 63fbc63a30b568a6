// Entries that scores are computed from: submissions and their evaluations, entered figures, experts' forms, judgements.

import { z } from 'zod';
import { koreanOfIssue } from '../../formats/index.ts';
import { canonicalJson, type Json, sha256Hex } from '../../ledger/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage } from './books.ts';
import { requireCluster } from './compute.ts';
import { assignedTo, countedForms, expertKey, interestsOf } from './experts.ts';
import { digest, id, text } from './fields.ts';
import { kind, requireFree, requireRow } from './kind.ts';
import { othersAssigned, undeclared, youAreInterested } from './refusals/experts.ts';
import * as refuse from './refusals/scores.ts';
import { ROW, type Row } from './rows.ts';
import { requireOpenStage } from './stages.ts';
import type { Tables } from './tables.ts';

/** Other submissions of the same files. A refused file may come again: the cause may have been a problem of the office. */
export const sameFiles = (
  tables: Tables,
  { id, digest }: Pick<Row<'submissions'>, 'id' | 'digest'>,
): Row<'submissions'>[] =>
  tables.of('submissions', 'digest', digest).filter((other) => other.id !== id && !other.status.startsWith('refused'));

/** A team may submit a run again, in another stage. */
export const submissionReceived = kind({
  shape: ROW.submissions
    .omit({ status: true, reasonKo: true, maker: true, receivedSeq: true })
    .extend({ cluster: id.optional() }),
  check(tables, data) {
    requireOpenStage(tables, data.stage, data.consortium);
    if (data.cluster !== undefined) requireCluster(tables, data.cluster);
    for (const other of sameFiles(tables, data))
      if (other.stage === data.stage || other.consortium !== data.consortium)
        throw refuse.submissionKnown(data.id, other.id);
    requireFree(tables, 'submissions', data.id, 'submission');
  },
  apply: (tables, data, { seq }) =>
    tables.put('submissions', {
      ...data,
      cluster: data.cluster ?? null,
      status: 'received',
      maker: null,
      receivedSeq: seq,
    }),
});

/** By the status that an entry needs: which ones fit, and the refusal of the others. */
const STATUS = {
  received: { fit: ['received'], refused: refuse.notReceived },
  audited: { fit: ['audited'], refused: refuse.notAudited },
  both: { fit: ['received', 'audited'], refused: refuse.neither },
} as const;

/** The submission must have an expected status and its stage must be open: after that no score changes. */
export function requireStatus(tables: Tables, submission: string, expected: keyof typeof STATUS): void {
  const { stage, status } = requireRow(tables, 'submissions', submission, 'submission');
  requireOpenStage(tables, stage);
  const { fit, refused } = STATUS[expected];
  if (!fit.some((one) => one === status)) throw refused(submission, status);
}

export const submissionRefused = kind({
  shape: z.strictObject({ submission: id, code: z.string().max(100), reason: text, reasonKo: text.exactOptional() }),
  check: (tables, data) => requireStatus(tables, data.submission, 'both'),
  apply: (tables, data) =>
    tables.update('submissions', data.submission, {
      status: `refused: ${data.code}: ${data.reason}`,
      ...(data.reasonKo !== undefined && { reasonKo: data.reasonKo }),
    }),
});

export const submissionEvaluated = kind({
  shape: ROW.evaluations.omit({ seq: true }),
  check(tables, data) {
    requireFree(tables, 'evaluations', data.id, 'evaluation');
    requireStatus(tables, data.submission, 'audited');
    for (const list of [data.items, data.clusters])
      if (list && list.length !== data.n) throw refuse.itemsDiffer(data.id, data.n, list.length);
  },
  apply: (tables, data, { seq }) => tables.put('evaluations', { ...data, seq }),
});

const partsOfStage = (tables: Tables, stage: string) => partsOf(bookOfStage(tables, stage));

/** A figure that was measured or published elsewhere. */
export const scoreEntered = kind({
  shape: ROW.enteredScores.omit({ seq: true }),
  check(tables, data) {
    requireFree(tables, 'enteredScores', data.id, 'score');
    requireOpenStage(tables, data.stage, data.consortium);
    const parts = partsOfStage(tables, data.stage);
    const part = parts.find(({ path }) => path === data.part);
    if (!part) throw refuse.noPart(data.part, parts.map(({ path }) => path).join(', '));
    if (data.max !== part.points) throw refuse.otherPoints(data.part, part.points, data.max);
    if (typeof data.value === 'number' && !(data.value >= 0 && data.value <= data.max))
      throw refuse.outsideScore(data.part, data.value, data.max);
  },
  apply: (tables, data, { seq }) => tables.put('enteredScores', { ...data, seq }),
});

/** The commitment to an expert's form: SHA-256 of nonce, line feed and canonical JSON. It hides the form and binds the expert to it. */
export const commitmentOf = (form: Json, nonce: string): string => sha256Hex(`${nonce}\n${canonicalJson(form)}`);

const form = ROW.forms.shape.form.unwrap();
export type ExpertForm = z.infer<typeof form>;

/** Checks an expert's form against the rule book. @throws JikjiError `form-broken` (names consortium and criterion), `part-unknown` */
export function checkForm(tables: Tables, stage: string, part: string, given: unknown): ExpertForm {
  const read = form.safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    const [first, ...path] = issue?.path ?? [];
    const mark = first === 'scores' && path.length === 2;
    const where = mark ? path.join(', ') : issue?.path.join('.') || 'the form';
    throw mark
      ? refuse.markNoNumber(stage, where)
      : refuse.formOdd(stage, where, { en: `${issue?.message}`, ko: koreanOfIssue(issue) });
  }
  const row = requireRow(tables, 'stages', stage, 'stage');
  const found = partsOfStage(tables, stage).find(({ path }) => path === part);
  if (found?.source.kind !== 'forms') throw refuse.notByForms(part);
  const { criteria } = found.source;
  for (const consortium of row.consortia) {
    const own = read.data.scores[consortium];
    for (const { id: name, points } of criteria) {
      const value = own?.[name];
      if (value === undefined) throw refuse.markMissing(stage, consortium, name, points);
      if (!(value >= 0 && value <= points)) throw refuse.markOutside(stage, consortium, name, value, points);
    }
    for (const name of Object.keys(own ?? {}))
      if (!criteria.some((criterion) => criterion.id === name)) throw refuse.noCriterion(stage, consortium, name);
  }
  for (const name of Object.keys(read.data.scores))
    if (!row.consortia.includes(name)) throw refuse.teamNotInStage(stage, name);
  return read.data;
}

/**
 * Where the office has assigned experts to a part, only they give forms for it, after they have declared their interests.
 * @throws JikjiError `expert-unassigned`, `expert-interested`, `expert-undeclared`
 */
export function requireMayRate(
  tables: Tables,
  { stage, part, expert }: Pick<Row<'forms'>, 'stage' | 'part' | 'expert'>,
): void {
  if (interestsOf(tables, stage, expert).length > 0) throw youAreInterested(expert);
  const assigned = assignedTo(tables, stage, part);
  if (assigned.length === 0) return;
  if (!assigned.includes(expert)) throw othersAssigned(expert);
  if (!tables.get('experts', expertKey(stage, expert))?.interests) throw undeclared(expert);
}

export const formCommitted = kind({
  shape: ROW.forms.omit({ form: true, nonce: true, seq: true }),
  check(tables, data) {
    requireOpenStage(tables, data.stage);
    const found = partsOfStage(tables, data.stage).find(({ path }) => path === data.part);
    if (found?.source.kind !== 'forms') throw refuse.notByForms(data.part);
    const others = tables.of('forms', 'stage', data.stage).filter((other) => other.part === data.part);
    if (others.some((other) => other.expert === data.expert)) throw refuse.formGiven(data.stage, data.expert);
    requireMayRate(tables, data);
    const { experts } = found.source;
    if (countedForms(tables, data.stage, data.part).length >= experts) throw refuse.formsFull(data.stage, experts);
    requireFree(tables, 'forms', data.id, 'form');
  },
  apply: (tables, data, { seq }) => tables.put('forms', { ...data, form: null, nonce: null, seq }),
});

export const formRevealed = kind({
  shape: z.strictObject({ id, form, nonce: digest }),
  check(tables, data) {
    const row = requireRow(tables, 'forms', data.id, 'form');
    requireOpenStage(tables, row.stage);
    if (commitmentOf(data.form, data.nonce) !== row.commitment) throw refuse.formDiffers(data.id, row.expert);
    checkForm(tables, row.stage, row.part, data.form);
  },
  apply: (tables, data) => tables.update('forms', data.id, { form: data.form, nonce: data.nonce }),
});

/** A user's choice between two models in a blind comparison. */
export const judgementGiven = kind({
  shape: ROW.judgements.omit({ seq: true }).extend({
    /** What the judge saw: the prompt of both models, and SHA-256 of their answers. */
    shown: z.strictObject({ prompt: text, a: digest, b: digest }).optional(),
  }),
  check(tables, data) {
    requireFree(tables, 'judgements', data.id, 'judgement');
    requireOpenStage(tables, data.stage, data.a);
    requireOpenStage(tables, data.stage, data.b);
    if (data.a === data.b) throw refuse.samePair(data.a);
    for (const other of tables.of('judgements', 'judge', data.judge)) {
      const same = other.stage === data.stage && other.item === data.item;
      if (same && [data.a, data.b].sort().join() === [other.a, other.b].sort().join()) throw refuse.judged(data.id);
    }
  },
  apply: (tables, { shown: _, ...data }, { seq }) => tables.put('judgements', { ...data, seq }),
});
