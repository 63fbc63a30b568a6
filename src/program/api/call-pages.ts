// What routes answer about organisations, calls and applications, as a viewer may see it.

import type { z } from 'zod';
import { canSeeFiles, canSeeReview, canSeeReviews } from '../office/index.ts';
import { SELECTION_STEPS, type SelectionStep, sumOfPoints } from '../rules/index.ts';
import {
  bookOf,
  bookOfCall,
  declaredFor,
  figuresOfStep,
  isInterestedIn,
  isRecord,
  type Row,
  requireRow,
  reviewsOf,
  rulesOfStep,
  type Tables,
} from '../state/index.ts';
import type { Viewer } from '../users/index.ts';
import type * as shape from './shapes/calls.ts';

export function organisationsOf(tables: Tables): z.input<typeof shape.organisations> {
  const consortia = new Map<string, Row<'consortia'>[]>();
  for (const one of tables.all('consortia')) {
    const members = one.members === 'not recorded' ? [] : one.members;
    for (const name of new Set([one.lead, ...members])) consortia.set(name, [...(consortia.get(name) ?? []), one]);
  }
  return tables.all('organisations').map((row) => ({ ...row, consortia: consortia.get(row.id) ?? [] }));
}

export function callRow(tables: Tables, row: Row<'calls'>): z.input<typeof shape.calls>[number] {
  const applications: Record<string, number> = {};
  for (const { status } of tables.of('applications', 'call', row.id))
    applications[status] = (applications[status] ?? 0) + 1;
  return { ...row, until: row.until ?? null, applications };
}

const nameOf = (tables: Tables, id: string) => ({ id, name: tables.get('organisations', id)?.name ?? { en: id } });

const resultOf = ({ reviews }: Row<'applications'>, step: SelectionStep) =>
  reviews.find((review) => review.step === step);

function stepsOf(tables: Tables, row: Row<'applications'>, viewer: Viewer) {
  return SELECTION_STEPS.map((step) => ({
    step,
    passed: resultOf(row, step)?.passed ?? null,
    figures: canSeeReviews(viewer, tables, { application: row.id, step })
      ? (figuresOfStep(tables, row.id, step) ?? null)
      : null,
  }));
}

function applicationRow(tables: Tables, row: Row<'applications'>, viewer: Viewer) {
  const { id, name, lead, members, status, late, consortium } = row;
  return {
    ...{ id, name, status, late },
    lead: nameOf(tables, lead),
    members: members === 'not recorded' ? null : new Set([lead, ...members]).size,
    received: tables.timeOf(row.receivedSeq),
    files: canSeeFiles(viewer, tables, row.id) ? row.files.length : null,
    steps: stepsOf(tables, row, viewer),
    consortium: consortium === null ? null : tables.get('consortia', consortium)!,
  };
}

export function callPageOf(tables: Tables, call: string, viewer: Viewer): z.input<typeof shape.callPage> {
  const row = requireRow(tables, 'calls', call, 'call');
  const book = row.ruleBook === undefined ? undefined : tables.get('ruleBooks', row.ruleBook)!;
  return {
    ...callRow(tables, row),
    text: row.text ?? null,
    ruleBook: book ? { ...book, title: bookOf(tables, book.digest).title } : null,
    selection: bookOfCall(tables, call)?.selection ?? {},
    list: tables.of('applications', 'call', call).map((one) => applicationRow(tables, one, viewer)),
    applicants: applicantsOf(tables, call),
    declared: declarationOf(tables, call, viewer),
  };
}

const applicantsOf = (tables: Tables, call: string) => {
  const all = tables
    .of('applications', 'call', call)
    .flatMap(({ lead, members }) => [lead, ...(members === 'not recorded' ? [] : members)]);
  return [...new Set(all)].map((id) => nameOf(tables, id));
};

function declarationOf(tables: Tables, call: string, { role, user }: Viewer) {
  const row = role === 'expert' && user !== null ? declaredFor(tables, call, user) : undefined;
  if (!row) return null;
  const { organisations, applications } = row;
  return { organisations: organisations.map((id) => nameOf(tables, id)), applications };
}

function standingOf(tables: Tables, row: Row<'applications'>, { role, user }: Viewer) {
  if (role !== 'expert' || user === null) return null;
  if (isInterestedIn(tables, user, row)) return 'interested';
  return declaredFor(tables, row.call, user) ? 'open' : 'undeclared';
}

/** The step before which an application stands. */
const NEXT: { [status: string]: SelectionStep } = { received: 'paper', paper: 'presentation' };

function reviewsShown(tables: Tables, application: string, step: SelectionStep, viewer: Viewer) {
  return reviewsOf(tables, application, step)
    .filter((review) => canSeeReview(viewer, tables, review))
    .map(({ reviewer, points, comment, actor }) => ({
      ...{ reviewer, points, comment },
      total: sumOfPoints(Object.values(points)),
      own: actor.startsWith('expert:'),
    }));
}

export function applicationPageOf(tables: Tables, name: string, viewer: Viewer): z.input<typeof shape.applicationPage> {
  const row = requireRow(tables, 'applications', name, 'application');
  const { lead, members } = row;
  const call = requireRow(tables, 'calls', row.call, 'call');
  const files = row.files.map(({ seq, ...file }) => {
    const added = tables.timeOf(seq);
    return { ...file, added, late: call.until !== undefined && Date.parse(added) > Date.parse(call.until) };
  });
  const short = applicationRow(tables, row, viewer);
  return {
    ...short,
    standing: standingOf(tables, row, viewer),
    call,
    everybody: [...new Set([lead, ...(members === 'not recorded' ? [] : members)])].flatMap(
      (one) => tables.get('organisations', one) ?? [],
    ),
    othersUnknown: members === 'not recorded' || isRecord(tables),
    files: canSeeFiles(viewer, tables, name) ? files : null,
    steps: short.steps.map((one) => ({
      ...one,
      note: resultOf(row, one.step)?.note ?? null,
      rules: rulesOfStep(tables, name, one.step) ?? null,
      reviews: reviewsShown(tables, name, one.step, viewer),
      isNext: NEXT[row.status] === one.step,
    })),
  };
}
