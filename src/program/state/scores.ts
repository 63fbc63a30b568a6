// Entries that scores are computed from: submissions and their evaluations, entered figures, experts' forms, judgements.

import { z } from 'zod';
import { canonicalJson, type Json, sha256Hex } from '../../ledger/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage } from './books.ts';
import { requireCluster } from './compute.ts';
import { assignedTo, countedForms, expertKey, interestsOf } from './experts.ts';
import { digest, id, text } from './fields.ts';
import { kind, requireFree, requireRow } from './kind.ts';
import { refusal } from './refusals.ts';
import { ROW, type Row } from './rows.ts';
import { requireOpenStage } from './stages.ts';
import type { Tables } from './tables.ts';

export const submissionReceived = kind({
  shape: ROW.submissions.omit({ status: true, maker: true, receivedSeq: true }).extend({ cluster: id.optional() }),
  check(tables, data) {
    requireOpenStage(tables, data.stage, data.consortium);
    if (data.cluster !== undefined) requireCluster(tables, data.cluster);
    // A refused file may come again: the cause may have been a problem of the office.
    for (const other of tables.of('submissions', 'digest', data.digest))
      if (!other.status.startsWith('refused'))
        throw refusal('submission-known', `this file was submitted before, as ${other.id}`, data.id);
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

/** The submission must have an expected status and its stage must be open: after that no score changes. */
export function requireStatus(
  tables: Tables,
  submission: string,
  expected: readonly Row<'submissions'>['status'][],
): void {
  const { stage, status } = requireRow(tables, 'submissions', submission, 'submission');
  requireOpenStage(tables, stage);
  if (!expected.includes(status))
    throw refusal('submission-order', `this submission is ${status}, not ${expected.join(' or ')}`, submission);
}

export const submissionRefused = kind({
  shape: z.strictObject({ submission: id, code: z.string().max(100), reason: text }),
  check: (tables, data) => requireStatus(tables, data.submission, ['received', 'audited']),
  apply: (tables, data) =>
    tables.update('submissions', data.submission, { status: `refused: ${data.code}: ${data.reason}` }),
});

export const submissionEvaluated = kind({
  shape: ROW.evaluations.omit({ seq: true }),
  check(tables, data) {
    requireFree(tables, 'evaluations', data.id, 'evaluation');
    requireStatus(tables, data.submission, ['audited']);
    if (data.items && data.items.length !== data.n)
      throw refusal('items-differ', `n is ${data.n}, there are ${data.items.length} items`, data.id);
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
    const hint = `it has: ${parts.map(({ path }) => path).join(', ')}`;
    if (!part) throw refusal('part-unknown', 'the rule book has no part of this name', data.part, hint);
    if (data.max !== part.points)
      throw refusal('part-points', `this part has ${part.points} points, not ${data.max}`, data.part);
    if (typeof data.value === 'number' && !(data.value >= 0 && data.value <= data.max))
      throw refusal('score-range', `${data.value} is not between 0 and ${data.max}`, data.part);
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
    throw refusal('form-broken', `${where}: ${mark ? 'is not a number' : issue?.message}`, stage);
  }
  const row = requireRow(tables, 'stages', stage, 'stage');
  const found = partsOfStage(tables, stage).find(({ path }) => path === part);
  if (found?.source.kind !== 'forms')
    throw refusal('part-unknown', 'this part of the rule book is not scored by forms', part);
  const { criteria } = found.source;
  for (const consortium of row.consortia) {
    const own = read.data.scores[consortium];
    for (const { id: name, points } of criteria) {
      const value = own?.[name];
      const why = `${consortium}, ${name}: ${value ?? 'nothing'} is not between 0 and ${points}`;
      if (value === undefined || !(value >= 0 && value <= points)) throw refusal('form-broken', why, stage);
    }
    for (const name of Object.keys(own ?? {}))
      if (!criteria.some((criterion) => criterion.id === name))
        throw refusal('form-broken', `${consortium}: there is no criterion ${name}`, stage, 'look at the rule book');
  }
  for (const name of Object.keys(read.data.scores))
    if (!row.consortia.includes(name))
      throw refusal('form-broken', `${name} is not in this stage`, stage, 'leave it out');
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
  if (interestsOf(tables, stage, expert).length > 0)
    throw refusal('expert-interested', 'you have an interest in a team of this stage', expert);
  const assigned = assignedTo(tables, stage, part);
  if (assigned.length === 0) return;
  if (!assigned.includes(expert)) throw refusal('expert-unassigned', 'other experts are assigned to this part', expert);
  if (!tables.get('experts', expertKey(stage, expert))?.interests)
    throw refusal('expert-undeclared', 'you have not declared your interests in the teams of this stage', expert);
}

export const formCommitted = kind({
  shape: ROW.forms.omit({ form: true, nonce: true, seq: true }),
  check(tables, data) {
    requireOpenStage(tables, data.stage);
    const found = partsOfStage(tables, data.stage).find(({ path }) => path === data.part);
    if (found?.source.kind !== 'forms')
      throw refusal('part-unknown', 'this part of the rule book is not scored by forms', data.part);
    const others = tables.of('forms', 'stage', data.stage).filter((other) => other.part === data.part);
    if (others.some((other) => other.expert === data.expert))
      throw refusal('form-given', `${data.expert} has given a form for this part`, data.stage);
    requireMayRate(tables, data);
    const { experts } = found.source;
    if (countedForms(tables, data.stage, data.part).length >= experts)
      throw refusal('forms-full', `all forms of ${experts} experts are given`, data.stage);
    requireFree(tables, 'forms', data.id, 'form');
  },
  apply: (tables, data, { seq }) => tables.put('forms', { ...data, form: null, nonce: null, seq }),
});

export const formRevealed = kind({
  shape: z.strictObject({ id, form, nonce: digest }),
  check(tables, data) {
    const row = requireRow(tables, 'forms', data.id, 'form');
    requireOpenStage(tables, row.stage);
    if (commitmentOf(data.form, data.nonce) !== row.commitment)
      throw refusal('form-differs', `this is not the form that ${row.expert} committed to`, data.id);
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
    if (data.a === data.b) throw refusal('same-pair', 'a judgement compares two models', data.a);
    for (const other of tables.of('judgements', 'judge', data.judge)) {
      const same = other.stage === data.stage && other.item === data.item;
      if (same && [data.a, data.b].sort().join() === [other.a, other.b].sort().join())
        throw refusal('judged', 'this judge has compared these two on this item', data.id);
    }
  },
  apply: (tables, { shown: _, ...data }, { seq }) => tables.put('judgements', { ...data, seq }),
});
