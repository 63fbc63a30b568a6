// Begins the session of a browser: sets its cookies, and notes the kind of browser, so that its owner knows the log-in again.

import type { Context as Request } from 'hono';
import { kindOfBrowser, type Session } from '../users/index.ts';
import { type Context, type Env, isSecure } from './context.ts';
import { setKnown, setSession } from './cookies.ts';

export async function beginSession(context: Context, c: Request<Env>, session: Session): Promise<Session> {
  setSession(c, session, isSecure(context));
  setKnown(c, await context.users.markBrowser(session.viewer.user!), isSecure(context));
  await context.users.logIns.noteBrowser(session.token, kindOfBrowser(c.req.header('user-agent')));
  return session;
}
