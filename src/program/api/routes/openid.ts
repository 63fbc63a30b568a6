// Routes of log-ins by the office's OpenID provider. A page takes the browser there, and hands in what it came back with: so both requests are
// from pages of this server, and no answer redirects.

import { z } from 'zod';
import { sha256Hex } from '../../../ledger/index.ts';
import type { OpenId } from '../../openid/index.ts';
import type { Identity, Session, Viewer } from '../../users/index.ts';
import { beginSession } from '../begin-session.ts';
import { type Context, isSecure, requireHosted } from '../context.ts';
import { endFlow, flowOf, setFlow } from '../cookies.ts';
import { requireLogIn } from '../log-in.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY, PEOPLE } from '../route.ts';
import { nothing } from '../shapes/common.ts';
import * as shape from '../shapes/openid.ts';
import { checkName, userOf } from './people.ts';

/** @throws JikjiError `openid-off` */
function requireOpenId({ openid }: Context): OpenId {
  if (openid) return openid;
  throw refuse.openIdOff('openid');
}

type Finish = z.output<typeof shape.finish>;

export function addOpenId(api: Api): void {
  const { context } = api;
  const { users } = context;

  api.on(
    'get /api/openid',
    { summary: 'The button of the log-in provider, if there is one', roles: EVERYBODY, answer: shape.button },
    () => ({ label: context.openid?.label ?? null }),
  );
  api.on(
    'post /api/openid/begin',
    { summary: 'Begin a log-in at the provider', roles: EVERYBODY, body: shape.begin, answer: shape.begun },
    async ({ body, viewer, c }) => {
      const openid = requireOpenId(context);
      if (body.purpose === 'accept') await users.invitation(body.invitation);
      if (body.purpose === 'link') await requireLogIn(context, c);
      const what = body.purpose === 'link' ? { purpose: 'link' as const, user: userOf(viewer) } : body;
      const begun = await openid.begin(what, c.get('from'));
      setFlow(c, begun.browser, isSecure(context));
      return { url: begun.url };
    },
  );

  /** Accepts an invitation as a user who logs in with this identity. */
  const accepted = async (
    accept: Finish['accept'],
    invitation: string | null,
    identity: Identity,
  ): Promise<Session> => {
    if (!accept || sha256Hex(accept.token) !== invitation) throw refuse.otherInvitation('log-in');
    const { token, ...who } = accept;
    const { programme } = await users.invitation(token);
    if (programme !== null) checkName(requireHosted(context, programme).programme.tables, who.user);
    return users.identities.accept(token, who, identity);
  };

  api.on(
    'post /api/openid/finish',
    { summary: 'Finish a log-in at the provider, once', roles: EVERYBODY, body: shape.finish, answer: shape.done },
    async ({ body: { accept, ...returned }, viewer, c }) => {
      const given = Object.fromEntries(Object.entries(returned).filter(([, value]) => value !== undefined));
      const openid = requireOpenId(context);
      const browser = flowOf(c);
      endFlow(c);
      const { flow, identity } = await openid.finish(given as { state: string }, browser);
      const { purpose } = flow;
      if (purpose === 'link') {
        // The browser may have another log-in by now.
        if (viewer.user === null || viewer.user !== flow.userId) throw refuse.otherUser('log-in');
        await requireLogIn(context, c);
        await users.identities.link(viewer.user, identity);
        return { purpose, viewer };
      }
      const isNew = purpose === 'accept';
      const session = isNew
        ? await accepted(accept, flow.invitation, identity)
        : await users.identities.logIn(identity);
      await beginSession(context, c, session);
      return { purpose, viewer: session.viewer as Viewer };
    },
  );

  api.on(
    'get /api/openid/identities',
    { summary: 'Own identities at the provider', roles: PEOPLE, answer: z.array(shape.identity) },
    ({ viewer }) => users.identities.of(userOf(viewer)),
  );
  api.on(
    'delete /api/openid/identities',
    {
      summary: 'Unlink an own identity; takes a log-in, no API token',
      roles: PEOPLE,
      query: shape.unlink,
      answer: nothing,
    },
    async ({ query, viewer, c }) => {
      await requireLogIn(context, c);
      await users.identities.unlink(userOf(viewer), query.issuer);
      return {};
    },
  );
}
