// Routes of users: the viewer, log-in and log-out, invitations, users, tokens.

import type { Context as Request } from 'hono';
import { z } from 'zod';
import { requireRow, type Tables } from '../../state/index.ts';
import { linkShape, type Session, tokenShape, type Viewer, viewerShape } from '../../users/index.ts';
import { beginSession } from '../begin-session.ts';
import { type Context, type Env, programmeId, requireHosted } from '../context.ts';
import { endSession, knownOf } from '../cookies.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY, PEOPLE } from '../route.ts';
import { nothing } from '../shapes/common.ts';
import * as shape from '../shapes/people.ts';

export function addPeople(api: Api): void {
  const { context } = api;
  const { users } = context;
  const begin = (c: Request<Env>, session: Session) => beginSession(context, c, session);
  /** Adds the name of the consortium. */
  const named = <T extends { programme: string | null; consortium: string | null }>(of: T) => {
    const shown = context.hosted.find((one) => programmeId(one) === of.programme);
    const row = of.consortium === null ? undefined : shown?.programme.tables.get('consortia', of.consortium);
    return { ...of, consortiumName: row?.name ?? null };
  };
  const loggedIn = z.object({ viewer: viewerShape });

  api.on(
    'get /api/me',
    { summary: 'Who is asking, and what there is to see', roles: EVERYBODY, answer: shape.me },
    ({ viewer }) => ({
      viewer,
      version: context.version,
      programmes: context.hosted.flatMap(({ programme }) => programme.tables.all('programmes')),
      empty: programmeId(context.hosted[0]!) === undefined,
      local: viewer.role === 'office',
    }),
  );

  api.on(
    'post /api/log-in',
    { summary: 'Begin a session', roles: EVERYBODY, body: shape.logIn, answer: loggedIn },
    async ({ body, c }) => begin(c, await users.logIn(body.user, body.password, c.get('from'), knownOf(c))),
  );
  api.on('post /api/log-out', { summary: 'End the session', roles: EVERYBODY, answer: nothing }, async ({ c }) => {
    const token = c.get('token');
    if (token !== undefined) await users.logOut(token, c.get('viewer').user ?? undefined);
    endSession(c);
    return {};
  });
  api.on(
    'post /api/password',
    { summary: 'Change the own password', roles: PEOPLE, body: shape.passwords, answer: loggedIn },
    // Ends all other sessions and all tokens.
    async ({ body, viewer, c }) => begin(c, await users.setPassword(userOf(viewer), body.old, body.new)),
  );

  api.on(
    'post /api/invitations/look',
    { summary: 'What a one-time link invites to', roles: EVERYBODY, body: shape.look, answer: shape.invitation },
    async ({ body }) => named(await users.invitation(body.token)),
  );
  api.on(
    'post /api/invitations/accept',
    { summary: 'Use a one-time link up and become a user', roles: EVERYBODY, body: shape.accept, answer: loggedIn },
    async ({ body: { token, ...who }, c }) => {
      // Guesses are counted in `accept`. Here an unknown link is ignored.
      const { programme } = await users.invitation(token).catch(() => ({ programme: null }));
      if (programme !== null) checkName(requireHosted(context, programme).programme.tables, who.user);
      return begin(c, await users.accept(token, who, c.get('from')));
    },
  );
  api.on(
    'get /api/invitations',
    { summary: 'Invitations', roles: ['office'], answer: z.array(shape.invitation) },
    async () => (await users.invitations()).map(named),
  );
  api.on(
    'post /api/invitations',
    { summary: 'Invite somebody by a one-time link', roles: ['office'], body: shape.invite, answer: shape.invited },
    async ({ body: { note, ...what }, viewer }) => {
      checkInvitation(context, what);
      const made = await users.invite(viewer, { ...what, ...(note !== undefined && { note }) });
      return { ...made, link: `${[...context.origins][0]}/invitation#${made.token}` };
    },
  );
  api.on(
    'delete /api/invitations/{id}',
    { summary: 'Withdraw an invitation', roles: ['office'], params: { id: z.string().max(100) }, answer: nothing },
    async ({ params }) => done(users.withdraw(params.id)),
  );

  api.on('get /api/users', { summary: 'Users', roles: ['office'], answer: z.array(shape.person) }, async () => {
    const resets = await users.resets.list();
    return (await users.list()).map((one) => ({ ...named(one), reset: resets.get(one.user) ?? null }));
  });
  api.on(
    'patch /api/users/{user}',
    {
      summary: 'Block a user, or let him in again',
      roles: ['office'],
      body: z.strictObject({ blocked: z.boolean() }),
      answer: nothing,
    },
    ({ params, body, viewer }) => done(users.block(params.user, body.blocked, userOf(viewer))),
  );
  api.on(
    'put /api/users/{user}/role',
    {
      summary: 'Give a user another role; his log-ins have it at once, and his API tokens end',
      roles: ['office'],
      body: shape.membership,
      answer: nothing,
    },
    ({ params: { user }, body, viewer }) => {
      checkInvitation(context, body);
      return done(
        users.memberships.change(userOf(viewer), user, body, () => {
          if (body.programme !== null) checkName(requireHosted(context, body.programme).programme.tables, user);
        }),
      );
    },
  );

  api.on('get /api/tokens', { summary: 'Own API tokens', roles: PEOPLE, answer: z.array(tokenShape) }, ({ viewer }) =>
    users.tokens(userOf(viewer)),
  );
  api.on(
    'post /api/tokens',
    { summary: 'Make an API token; it is shown once', roles: PEOPLE, body: shape.newToken, answer: linkShape },
    ({ body, viewer }) => users.newToken(userOf(viewer), body),
  );
  api.on(
    'delete /api/tokens/{id}',
    { summary: 'End an API token', roles: PEOPLE, params: { id: z.string().max(100) }, answer: nothing },
    ({ params, viewer }) => done(users.dropToken(userOf(viewer), params.id)),
  );
}

const done = (work: Promise<unknown>) => work.then(() => ({}));

export function userOf({ user }: Viewer): string {
  if (user === null) throw new Error('a route for users was reached without a log-in');
  return user;
}

type Membership = z.output<typeof shape.membership>;

/** The office belongs to the whole server. Any other role belongs to a programme, and a consortium's role to a consortium. */
export function checkInvitation(context: Context, { role, programme, consortium }: Membership): void {
  if (role === 'office') {
    if (programme !== null) throw refuse.officeOfAll('programme');
  } else if (programme === null) throw refuse.roleOfProgramme('programme', role);
  if (role === 'consortium' && consortium === null) throw refuse.roleOfConsortium('consortium', role);
  if (role !== 'consortium' && consortium !== null) throw refuse.roleOfNoConsortium('consortium', role);
  if (programme === null) return;
  const { tables } = requireHosted(context, programme).programme;
  if (consortium !== null) requireRow(tables, 'consortia', consortium, 'consortium');
}

/** A new user must not take a name from the log: the forms and judgements of that name would count as his. */
export function checkName(tables: Tables, user: string): void {
  const isTaken = tables.of('forms', 'expert', user).length > 0 || tables.of('judgements', 'judge', user).length > 0;
  if (isTaken) throw refuse.nameInLog(user);
}
