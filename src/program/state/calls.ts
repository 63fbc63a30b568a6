// Entries of calls: applications, their files, reviewers' points, results of the two steps, and the consortia that come of them.

import { z } from 'zod';
import {
  hasThreeDecimals,
  type RuleBook,
  type SelectionRules,
  type SelectionStep,
  type StepFigures,
  stepFigures,
} from '../rules/index.ts';
import { bookOf } from './books.ts';
import { isInterestedIn } from './experts.ts';
import { id, sources, text } from './fields.ts';
import { kind, requireFree, requireRow } from './kind.ts';
import { FORMED, knownMembers } from './members.ts';
import * as refuse from './refusals/calls.ts';
import { MAX_FILES, ROW, type Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** The rule book under which a call selects. */
export function bookOfCall(tables: Tables, call: string): RuleBook | undefined {
  const { ruleBook } = requireRow(tables, 'calls', call, 'call');
  return ruleBook === undefined ? undefined : bookOf(tables, ruleBook);
}

export const callOpened = kind({
  shape: ROW.calls.omit({ status: true }),
  check(tables, data) {
    requireFree(tables, 'calls', data.id, 'call');
    if (data.ruleBook === undefined || bookOf(tables, data.ruleBook).selection) return;
    throw refuse.noSelection(data.ruleBook);
  },
  apply: (tables, data) => tables.put('calls', { ...data, status: 'open' }),
});

export const callClosed = kind({
  shape: z.strictObject({ id }),
  check(tables, data) {
    if (requireRow(tables, 'calls', data.id, 'call').status !== 'open') throw refuse.closedAlready(data.id);
  },
  apply: (tables, data) => tables.update('calls', data.id, { status: 'closed' }),
});

const { call, name, lead, members, files } = ROW.applications.shape;

export const applicationReceived = kind({
  shape: z.strictObject({ id, call, name, lead, members }),
  check(tables, data) {
    requireFree(tables, 'applications', data.id, 'application');
    if (requireRow(tables, 'calls', data.call, 'call').status !== 'open') throw refuse.takesNoMore(data.call);
    knownMembers(tables, data);
  },
  apply(tables, data, { seq, time }) {
    const { until } = tables.get('calls', data.call)!;
    const late = until !== undefined && Date.parse(time) > Date.parse(until);
    const about = { receivedSeq: seq, late, files: [], consortium: null };
    tables.put('applications', { ...data, status: 'received', reviews: [], ...about });
  },
});

/** An application that may still get files: neither selected nor rejected. @throws JikjiError `application-unknown`, `application-closed`, `application-files-full` */
export function requireRoomForFile(tables: Tables, application: string): Row<'applications'> {
  const row = requireRow(tables, 'applications', application, 'application');
  if (row.status === 'selected' || row.status === 'rejected') throw refuse.filesComplete(application, row.status);
  if (row.files.length >= MAX_FILES) throw refuse.filesFull(application, row.files.length);
  return row;
}

export const applicationFileAdded = kind({
  shape: files.element.omit({ seq: true }).extend({ application: id }),
  check(tables, { application, sha256 }) {
    if (requireRoomForFile(tables, application).files.some((file) => file.sha256 === sha256))
      throw refuse.fileKnown(application);
  },
  apply(tables, { application, ...file }, { seq }) {
    const { files: before } = tables.get('applications', application)!;
    tables.update('applications', application, { files: [...before, { ...file, seq }] });
  },
});

/** The status that each review requires: an application goes through paper review, then a presentation. */
const STATUS_BEFORE = { paper: 'received', presentation: 'paper' } as const;

/** @throws JikjiError `review-order`, `application-unknown` */
function requireStep(tables: Tables, application: string, step: SelectionStep): void {
  const { status } = requireRow(tables, 'applications', application, 'application');
  if (status !== STATUS_BEFORE[step]) throw refuse.notBeforeReview(application, status, step);
}

/** What the rule book of an application's call says about a step. */
export const rulesOfStep = (tables: Tables, application: string, step: SelectionStep): SelectionRules | undefined =>
  bookOfCall(tables, requireRow(tables, 'applications', application, 'application').call)?.selection?.[step];

/** The points of all reviewers for a step of an application. */
export const reviewsOf = (tables: Tables, application: string, step: SelectionStep): Row<'reviews'>[] =>
  tables.of('reviews', 'application', application).filter((row) => row.step === step);

/** What follows from the reviewers' points; undefined where the step has none. */
export function figuresOfStep(tables: Tables, application: string, step: SelectionStep): StepFigures | undefined {
  const rules = rulesOfStep(tables, application, step);
  const points = reviewsOf(tables, application, step).map((review) => review.points);
  return rules && stepFigures(rules, points);
}

export const reviewKey = (row: Pick<Row<'reviews'>, 'application' | 'step' | 'reviewer'>): string =>
  `${row.application}/${row.step}/${row.reviewer}`;

const { step, reviewer, points, comment } = ROW.reviews.shape;

/**
 * The points of a reviewer for a step that has no result yet. Later ones of the same reviewer replace them. The random id keeps others from
 * finding withheld points by hashing candidates for the link of the entry.
 */
export const reviewGiven = kind({
  shape: z.strictObject({ id, application: id, step, reviewer, points, comment: comment.unwrap().optional() }),
  check(tables, data) {
    requireStep(tables, data.application, data.step);
    if (isInterestedIn(tables, data.reviewer, tables.get('applications', data.application)!))
      throw refuse.reviewerApplies(data.reviewer);
    const rules = rulesOfStep(tables, data.application, data.step);
    if (!rules) throw refuse.noCriteria(data.application, data.step);
    for (const criterion of rules.criteria) {
      const given = data.points[criterion.id];
      if (given === undefined) throw refuse.noPoints(data.reviewer, criterion.id, criterion.points);
      if (!(given >= 0 && given <= criterion.points))
        throw refuse.pointsOutside(data.reviewer, criterion.id, given, criterion.points);
      if (!hasThreeDecimals(given)) throw refuse.tooFine(data.reviewer, criterion.id, given);
    }
    for (const name of Object.keys(data.points))
      if (!rules.criteria.some((criterion) => criterion.id === name)) throw refuse.noCriterion(data.reviewer, name);
  },
  apply(tables, { id: _, comment, ...data }, { seq, actor }) {
    tables.put('reviews', { key: reviewKey(data), ...data, comment: comment ?? null, actor, seq });
  },
});

export const applicationReviewed = kind({
  shape: z.strictObject({
    application: id,
    step,
    passed: z.boolean(),
    note: text.optional(),
    source: sources.optional(),
  }),
  check(tables, data) {
    requireStep(tables, data.application, data.step);
    const figures = figuresOfStep(tables, data.application, data.step);
    if (!figures || figures.passes === data.passed || data.note !== undefined) return;
    const { given, reviewers, mean, minimum } = figures;
    throw figures.passes === null
      ? refuse.reviewersLacking(data.application, given, reviewers)
      : refuse.againstPoints(data.application, `${mean}`, minimum);
  },
  apply(tables, data) {
    const { application, ...review } = data;
    const before = tables.get('applications', application)!;
    tables.update('applications', application, {
      status: data.passed ? data.step : 'rejected',
      reviews: [...before.reviews, { ...review, note: review.note ?? null, source: review.source ?? null }],
    });
  },
});

export const applicationSelected = kind({
  shape: z.strictObject({ application: id, consortium: id }),
  check(tables, data) {
    const { status } = requireRow(tables, 'applications', data.application, 'application');
    if (status !== 'presentation') throw refuse.notReviewed(data.application, status);
    requireFree(tables, 'consortia', data.consortium, 'consortium');
  },
  apply(tables, { application, consortium }) {
    const { name, lead, members } = tables.get('applications', application)!;
    tables.update('applications', application, { status: 'selected', consortium });
    tables.put('consortia', { id: consortium, name, lead, members, ...FORMED, source: null });
  },
});
