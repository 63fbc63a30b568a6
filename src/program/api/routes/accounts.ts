// Routes of accounts that exist: links for a new password, log-ins, the record of what the office changed.

import { z } from 'zod';
import { JikjiError } from '../../../base/index.ts';
import { accountChangeShape, logInShape, viewerShape } from '../../users/index.ts';
import { beginSession } from '../begin-session.ts';
import { type Api, EVERYBODY, PEOPLE } from '../route.ts';
import { nothing, wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/people.ts';
import { userOf } from './people.ts';

const OFFICE = ['office'] as const;
const id = z.string().max(100);
/** Lines before this one. */
const before = z.object({ before: wholeIn(1, Number.MAX_SAFE_INTEGER).optional() });

function onTooMany(error: unknown): false {
  if (error instanceof JikjiError && error.code === 'too-many') return false;
  throw error;
}

export function addAccounts(api: Api): void {
  const { context } = api;
  const { users } = context;
  const done = (work: Promise<unknown>) => work.then(() => ({}));

  api.on(
    'post /api/users/{user}/reset',
    {
      summary: 'Make a one-time link for a new password; it also goes to the confirmed address, if mail is sent',
      roles: OFFICE,
      answer: shape.resetMade,
    },
    async ({ params, viewer }) => {
      const made = await users.resets.make(params.user, userOf(viewer));
      const { token, expires } = made;
      // The office has the link in any case: too many mails are no failure.
      const sent = context.mail?.sendPasswordReset(params.user, { page: '/reset', token, expires });
      const mailed = (await sent?.catch(onTooMany)) ?? false;
      return { ...made, link: `${[...context.origins][0]}/reset#${token}`, mailed };
    },
  );
  api.on(
    'post /api/resets/look',
    { summary: 'Whom a one-time link gives a new password', roles: EVERYBODY, body: shape.look, answer: shape.reset },
    ({ body, c }) => users.reset(body.token, c.get('from')),
  );
  api.on(
    'post /api/resets/use',
    {
      summary: 'Use a one-time link up: set the password, end all sessions and API tokens, log in',
      roles: EVERYBODY,
      body: shape.useReset,
      answer: z.object({ viewer: viewerShape }),
    },
    async ({ body, c }) => beginSession(context, c, await users.useReset(body.token, body.password, c.get('from'))),
  );

  api.on(
    'post /api/confirm',
    {
      summary: 'Give the password again, for acts that ask for it',
      roles: PEOPLE,
      body: shape.confirm,
      answer: nothing,
    },
    ({ body, viewer, c }) => done(users.confirm(userOf(viewer), c.get('token')!, body.old)),
  );
  api.on('get /api/log-ins', { summary: 'Own log-ins', roles: PEOPLE, answer: z.array(logInShape) }, ({ viewer, c }) =>
    users.logIns.list(userOf(viewer), c.get('token')),
  );
  api.on(
    'delete /api/log-ins',
    { summary: 'End all own log-ins but this one; API tokens stay', roles: PEOPLE, answer: nothing },
    ({ viewer, c }) => done(users.logIns.endOthers(userOf(viewer), c.get('token')!)),
  );
  api.on(
    'delete /api/log-ins/{id}',
    { summary: 'End an own log-in', roles: PEOPLE, params: { id }, answer: nothing },
    ({ params, viewer }) => done(users.logIns.end(userOf(viewer), params.id)),
  );
  api.on(
    'delete /api/users/{user}/log-ins',
    { summary: 'End all log-ins and API tokens of a user', roles: OFFICE, answer: nothing },
    ({ params, viewer }) => done(users.memberships.endAll(userOf(viewer), params.user)),
  );

  const changes = z.array(accountChangeShape);
  api.on(
    'get /api/account-changes',
    { summary: 'What was done to accounts, the newest first', roles: OFFICE, query: before, answer: changes },
    ({ query }) => users.memberships.changes(query),
  );
  api.on(
    'get /api/programmes/{programme}/account-changes',
    {
      summary: 'What was done to accounts of the programme and of the office, the newest first',
      roles: ['office', 'auditor'],
      query: before,
      answer: changes,
    },
    ({ params: { programme }, query }) => users.memberships.changes({ ...query, programme }),
  );
}
