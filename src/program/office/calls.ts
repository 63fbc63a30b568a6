// Acts of a call: it opens and closes; applications, their files, reviewers' points, results of the two steps, and consortia.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../ledger/index.ts';
import { takeApplicationFile } from '../intake/index.ts';
import { declaredFor, fileName, personName, requireRow, reviewKey, type Tables } from '../state/index.ts';
import { act, type By, entryAct, OFFICE } from './act.ts';
import * as refuse from './refusals/acts.ts';
import { findRuleBook } from './rule-books.ts';
import { digest, id, newId, team, text, title } from './shapes.ts';
import { programmeOf } from './times.ts';

const { name, lead, members } = team;

export const openCall = act({
  summary: 'Open a call for applications',
  roles: OFFICE,
  input: z.strictObject({
    id: newId,
    title: title.describe('its title'),
    text: text.optional().describe('what it says'),
    until: z.iso
      .datetime({ offset: true, error: 'must be a time such as "2026-03-31T18:00:00+09:00"' })
      .optional()
      .describe('applications that come later are late'),
    /** Default: it selects without a rule book. */
    ruleBook: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .describe('it selects by this one, by NAME, NAME@VERSION or the beginning of its digest'),
  }),
  async run(programme, { until, ruleBook, ...call }, by) {
    const { tables } = programme;
    programmeOf(tables);
    const data = {
      ...call,
      ...(until !== undefined && { until: new Date(until).toISOString() }),
      ...(ruleBook !== undefined && { ruleBook: findRuleBook(tables, ruleBook) }),
    };
    const whole = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    const [entry] = await programme.record(by.actor, [{ kind: 'call-opened', data: whole as Json }]);
    return entry!;
  },
});

export const closeCall = entryAct({
  summary: 'Close a call: it takes no more applications',
  roles: OFFICE,
  input: z.strictObject({ call: id }),
  kind: 'call-closed',
  data: ({ call }) => ({ id: call }),
});

export const receiveApplication = entryAct({
  summary: 'Receive an application to a call',
  roles: OFFICE,
  input: z.strictObject({ id: newId, call: id.describe('the call'), name, lead, members }),
  kind: 'application-received',
  // Each organisation once, and the lead is one of them.
  data: ({ lead, members, ...rest }) => ({
    ...rest,
    lead,
    members: [...new Set(members)].filter((one) => one !== lead),
  }),
});

export const addApplicationFile = act({
  summary: 'Add a file to an application',
  roles: OFFICE,
  input: z.strictObject({
    application: id,
    name: fileName,
    /** What its digest must be, where the sender has counted it. */
    sha256: digest.optional(),
    /** A file on the office's machine; for an upload, its name in errors. */
    path: z.string().min(1),
    /** The chunks of an upload. */
    pieces: z.custom<AsyncIterable<Uint8Array>>().optional(),
  }),
  run: (programme, given, by) =>
    takeApplicationFile(programme, by.files, { ...given, actor: by.actor, signal: by.signal }),
});

/** What reviewers themselves gave, the office does not change. */
function requireMayChange(tables: Tables, key: string, by: By): void {
  const before = tables.get('reviews', key);
  if (!before || by.role === 'expert' || !before.actor.startsWith('expert:')) return;
  throw refuse.reviewGiven(before.reviewer);
}

/** Whoever gives points himself declares his interests first. @throws JikjiError `expert-undeclared`, `application-unknown` */
function requireDeclared(tables: Tables, application: string, reviewer: string): void {
  const { call } = requireRow(tables, 'applications', application, 'application');
  if (!declaredFor(tables, call, reviewer)) throw refuse.undeclaredForCall(reviewer);
}

const step = z.enum(['paper', 'presentation']).describe('paper, then presentation');

export const giveReview = act({
  summary: "A reviewer's points for a step of an application",
  roles: ['office', 'expert'],
  input: z.strictObject({
    application: id,
    step,
    /** For whom the office enters them. An expert gives his own. */
    reviewer: personName.optional().describe('who gives points'),
    points: z.record(id, z.number()),
    comment: z.string().max(20_000).optional(),
  }),
  async run(programme, { reviewer: named, ...given }, by) {
    const { tables } = programme;
    programmeOf(tables);
    const reviewer = by.role === 'expert' ? by.user! : named?.normalize('NFC').trim();
    if (!reviewer) throw refuse.reviewerMissing('reviewer');
    if (by.role === 'expert' && named !== undefined && named !== reviewer) throw refuse.pointsOfAnother(named);
    if (by.role === 'expert') requireDeclared(tables, given.application, reviewer);
    requireMayChange(tables, reviewKey({ ...given, reviewer }), by);
    const data = { id: randomBytes(16).toString('hex'), ...given, reviewer };
    const whole = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    const [entry] = await programme.record(by.actor, [{ kind: 'review-given', data: whole as Json }]);
    return entry!;
  },
});

export const reviewApplication = entryAct({
  summary: 'What a review of an application found',
  roles: OFFICE,
  input: z.strictObject({
    application: id,
    step,
    passed: z.boolean(),
    note: text.optional().describe('why; with points, what the reviewer says'),
  }),
  kind: 'application-reviewed',
});

/** All of them, or none where one is refused. */
export const selectApplications = act({
  summary: 'Applications become consortia',
  roles: OFFICE,
  input: z.strictObject({
    call: id,
    selected: z
      .array(z.strictObject({ application: id, consortium: id }))
      .min(1)
      .max(100),
  }),
  async run(programme, { call, selected }, by) {
    const { tables } = programme;
    requireRow(tables, 'calls', call, 'call');
    for (const { application } of selected)
      if (requireRow(tables, 'applications', application, 'application').call !== call)
        throw refuse.ofAnotherCall(application);
    const proposals = selected.map((data) => ({ kind: 'application-selected', data: data as Json }));
    const entries = await programme.record(by.actor, proposals);
    return { ...entries.at(-1)!, consortia: selected.map(({ consortium }) => consortium) };
  },
});
