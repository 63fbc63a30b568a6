// The session's cookie and the API token of a request.

import type { Context as Request } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { MAX_LOG_IN_DAYS, type Session } from '../users/index.ts';
import type { Env } from './context.ts';

const NAME = 'jikji';

/** `own`: by the cookie that a browser sends by itself, wherever the request was begun. */
export function tokenOf(c: Request<Env>): { token: string; own: boolean } | undefined {
  // One that cannot be a token is none that is known, and nobody's request goes through in its place.
  const given = /^Bearer( |$)(.*)/i.exec(c.req.header('authorization') ?? '')?.[2];
  if (given !== undefined) return { token: given.trim().slice(0, 512), own: false };
  const cookie = getCookie(c, NAME);
  return cookie ? { token: cookie.slice(0, 512), own: true } : undefined;
}

/** As long as a log-in can last. That one ends sooner for want of use, the server knows. */
const KEPT_SECONDS = MAX_LOG_IN_DAYS * 86_400;

export function setSession(c: Request<Env>, { token }: Session, secure: boolean): void {
  setCookie(c, NAME, token, { path: '/', httpOnly: true, sameSite: 'Strict', secure, maxAge: KEPT_SECONDS });
}

export const endSession = (c: Request<Env>): void => {
  deleteCookie(c, NAME, { path: '/' });
};
