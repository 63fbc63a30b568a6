// The cookies of a session, of a log-in under way and of a known browser, and the API token of a request. Does not know whether a token is valid.

import type { Context as Request } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { MAX_LOG_IN_DAYS, type Session } from '../users/index.ts';
import type { Env } from './context.ts';

const NAME = 'jikji';

/** `own`: the token is a session's cookie, which a browser also sends with requests from foreign pages. */
export function tokenOf(c: Request<Env>): { token: string; own: boolean } | undefined {
  // A malformed Authorization header is an unknown token: the request must not fall back to the cookie.
  const given = /^Bearer( |$)(.*)/i.exec(c.req.header('authorization') ?? '')?.[2];
  if (given !== undefined) return { token: given.trim().slice(0, 512), own: false };
  const cookie = getCookie(c, NAME);
  return cookie ? { token: cookie.slice(0, 512), own: true } : undefined;
}

/** The longest life of a log-in. The server ends an unused log-in earlier. */
const KEPT_SECONDS = MAX_LOG_IN_DAYS * 86_400;

export function setSession(c: Request<Env>, { token }: Session, secure: boolean): void {
  setCookie(c, NAME, token, { path: '/', httpOnly: true, sameSite: 'Strict', secure, maxAge: KEPT_SECONDS });
}

/** The mark of a browser in which a user logged in before; only a log-in gets it. It stays after a log-out. */
const KNOWN = { name: 'jikji-known', path: '/api/log-in', seconds: 365 * 86_400 };

export function setKnown(c: Request<Env>, mark: string, secure: boolean): void {
  const { name, path, seconds: maxAge } = KNOWN;
  setCookie(c, name, mark, { path, httpOnly: true, sameSite: 'Strict', secure, maxAge });
}

export const knownOf = (c: Request<Env>): string | undefined => getCookie(c, KNOWN.name)?.slice(0, 512);

/** The secret that binds a log-in at the provider to this browser. Only its own routes get it. */
const FLOW = { name: 'jikji-openid', path: '/api/openid', seconds: 600 };

export function setFlow(c: Request<Env>, secret: string, secure: boolean): void {
  const { name, path, seconds: maxAge } = FLOW;
  setCookie(c, name, secret, { path, httpOnly: true, sameSite: 'Strict', secure, maxAge });
}

export const flowOf = (c: Request<Env>): string | undefined => getCookie(c, FLOW.name)?.slice(0, 512);

export const endFlow = (c: Request<Env>): void => {
  deleteCookie(c, FLOW.name, { path: FLOW.path });
};

export const endSession = (c: Request<Env>): void => {
  deleteCookie(c, NAME, { path: '/' });
};
