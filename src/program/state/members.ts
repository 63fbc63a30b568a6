// Who takes part: the programme itself, organisations, calls and applications, consortia.

import { z } from 'zod';
import { ROLES } from '../rules/index.ts';
import { digest, existing, fresh, id, kind, refused, sources, text, title } from './kind.ts';
import { activeConsortium } from './stages.ts';

const members = z.union([z.array(id).max(100), z.literal('not recorded')]);

export const programmeCreated = kind({
  shape: z.strictObject({
    id,
    name: title,
    mode: z.enum(['record', 'practice', 'real']),
    /** Fingerprint of the key that the office signs with. */
    officeKey: digest.optional(),
  }),
  check(tables, data) {
    if (data.mode === 'real' && !data.officeKey)
      throw refused('unsigned', 'a programme needs a key that its office signs with', data.id, 'name one');
    const [there] = tables.all('programmes');
    if (there)
      throw refused(
        'programme-exists',
        `this database holds the programme ${there.id}`,
        data.id,
        'use another database',
      );
  },
  apply: (tables, { id: name, ...data }, { time }) =>
    tables.put(
      'programmes',
      { id: name },
      { name: data.name, mode: data.mode, officeKey: data.officeKey ?? null, created: time },
    ),
});

export const organisationAdded = kind({
  shape: z.strictObject({
    id,
    name: title,
    /** Whether there is such a country is asked before it is written: a log may be older than a list of countries. */
    country: z.union([
      z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)'),
      z.literal('not recorded'),
    ]),
    roles: z.array(z.enum(ROLES)).max(ROLES.length),
    source: sources.optional(),
  }),
  check: (tables, data) => fresh(tables, 'organisations', data.id, 'organisation'),
  apply: (tables, { id: name, ...data }) =>
    tables.put(
      'organisations',
      { id: name },
      { name: data.name, country: data.country, roles: data.roles, source: data.source ?? null },
    ),
});

export const callOpened = kind({
  shape: z.strictObject({ id, title }),
  check: (tables, data) => fresh(tables, 'calls', data.id, 'call'),
  apply: (tables, data) => tables.put('calls', { id: data.id }, { title: data.title, status: 'open' }),
});

export const callClosed = kind({
  shape: z.strictObject({ id }),
  check(tables, data) {
    if (existing(tables, 'calls', data.id, 'call').status !== 'open')
      throw refused('call-closed', 'this call is closed already', data.id, 'nothing is to be done');
  },
  apply: (tables, data) => tables.update('calls', { id: data.id }, { status: 'closed' }),
});

export const applicationReceived = kind({
  shape: z.strictObject({ id, call: id, name: title, lead: id, members }),
  check(tables, data) {
    fresh(tables, 'applications', data.id, 'application');
    if (existing(tables, 'calls', data.call, 'call').status !== 'open')
      throw refused('call-closed', 'this call takes no more applications', data.call, 'wait for the next call');
    existing(tables, 'organisations', data.lead, 'organisation');
    for (const member of Array.isArray(data.members) ? data.members : [])
      existing(tables, 'organisations', member, 'organisation');
  },
  apply: (tables, { id: name, ...data }) =>
    tables.put('applications', { id: name }, { ...data, status: 'received', reviews: [] }),
});

/** An application goes through paper review, then a presentation. */
const AFTER = { paper: 'received', presentation: 'paper' } as const;

export const applicationReviewed = kind({
  shape: z.strictObject({
    application: id,
    step: z.enum(['paper', 'presentation']),
    passed: z.boolean(),
    note: text.optional(),
    source: sources.optional(),
  }),
  check(tables, data) {
    const { status } = existing(tables, 'applications', data.application, 'application');
    if (status !== AFTER[data.step])
      throw refused(
        'review-order',
        `this application stands at "${status}", not before the ${data.step} review`,
        data.application,
        'paper review comes first, then the presentation',
      );
  },
  apply(tables, data) {
    const { application, ...review } = data;
    const before = tables.get('applications', application)!;
    tables.update(
      'applications',
      { id: application },
      {
        status: data.passed ? data.step : 'rejected',
        reviews: [...(before.reviews as []), { ...review, note: review.note ?? null, source: review.source ?? null }],
      },
    );
  },
});

export const applicationSelected = kind({
  shape: z.strictObject({ application: id, consortium: id }),
  check(tables, data) {
    const { status } = existing(tables, 'applications', data.application, 'application');
    if (status !== 'presentation')
      throw refused(
        'review-order',
        `this application stands at "${status}"`,
        data.application,
        'both reviews come first',
      );
    fresh(tables, 'consortia', data.consortium, 'consortium');
  },
  apply(tables, data) {
    const { name, lead, members: own } = tables.get('applications', data.application)!;
    tables.update('applications', { id: data.application }, { status: 'selected' });
    tables.put(
      'consortia',
      { id: data.consortium },
      { name: name!, lead: lead!, members: own!, status: 'active', makerKey: null, source: null },
    );
  },
});

export const consortiumFormed = kind({
  shape: z.strictObject({ id, name: title, lead: id, members, source: sources.optional() }),
  check(tables, data) {
    fresh(tables, 'consortia', data.id, 'consortium');
    existing(tables, 'organisations', data.lead, 'organisation');
    for (const member of Array.isArray(data.members) ? data.members : [])
      existing(tables, 'organisations', member, 'organisation');
  },
  apply: (tables, { id: name, ...data }) =>
    tables.put(
      'consortia',
      { id: name },
      {
        name: data.name,
        lead: data.lead,
        members: data.members,
        status: 'active',
        makerKey: null,
        source: data.source ?? null,
      },
    ),
});

/** An organisation that came to a consortium later. */
export const memberJoined = kind({
  shape: z.strictObject({ consortium: id, organisation: id, source: sources.optional() }),
  check(tables, data) {
    activeConsortium(tables, data.consortium);
    existing(tables, 'organisations', data.organisation, 'organisation');
    const { lead, members: own } = tables.get('consortia', data.consortium)!;
    if (lead === data.organisation || (Array.isArray(own) && own.includes(data.organisation)))
      throw refused('member-known', 'this organisation is in it already', data.organisation, 'nothing is to be done');
    if (!Array.isArray(own))
      throw refused('members-unknown', 'its members are not recorded', data.consortium, 'one of them alone says less');
  },
  apply(tables, data) {
    const { members: own } = tables.get('consortia', data.consortium)!;
    tables.update('consortia', { id: data.consortium }, { members: [...(own as string[]), data.organisation] });
  },
});

/** The key that a consortium's runs are signed with; a later one replaces it. */
export const consortiumKeyNamed = kind({
  shape: z.strictObject({ consortium: id, key: digest }),
  check(tables, data) {
    activeConsortium(tables, data.consortium);
    for (const other of tables.all('consortia'))
      if (other.makerKey === data.key)
        throw refused('key-known', `this is the key of ${other.id}`, data.consortium, 'each team signs with its own');
  },
  apply: (tables, data) => tables.update('consortia', { id: data.consortium }, { makerKey: data.key }),
});
