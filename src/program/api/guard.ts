// Middleware of every request: checks the host, authenticates the viewer, rejects requests from foreign pages, sets security headers.

import { BlockList, isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler, Context as Request } from 'hono';
import { foreignHost, foreignOrigin } from '../../http/index.ts';
import { NOBODY } from '../users/index.ts';
import { type Context, type Env, isSecure } from './context.ts';
import { tokenOf } from './cookies.ts';
import { tokenWrong } from './refusals/requests.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Sets the security headers: a browser loads and runs only files of this server. */
export const securityHeaders =
  (context: Context): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    const set = (name: string, value: string) => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    };
    set('Content-Security-Policy', POLICY);
    set('X-Content-Type-Options', 'nosniff');
    set('Referrer-Policy', 'no-referrer');
    set('Cross-Origin-Opener-Policy', 'same-origin');
    set('Cross-Origin-Resource-Policy', 'same-origin');
    set('Cache-Control', 'no-store');
    if (isSecure(context)) set('Strict-Transport-Security', 'max-age=31536000');
  };

/** Rejects unknown host names (DNS rebinding): otherwise a foreign page could read what is meant for its user. */
export function checkHost({ origins }: Context): MiddlewareHandler<Env> {
  return async (c, next) => {
    const foreign = foreignHost(c.req.header('host') ?? new URL(c.req.url).host, origins);
    if (foreign) throw foreign;
    await next();
  };
}

/** Authenticates a request. A request that changes data must come from a page of this server, or carry an API token. */
export function authenticate({ users, origins, proxy }: Context): MiddlewareHandler<Env> {
  const proxies = new BlockList();
  if (proxy !== undefined) proxies.addAddress(proxy, family(proxy));
  return async (c, next) => {
    const given = tokenOf(c);
    const asker = given && (await users.asker(given.token));
    const found = asker?.viewer;
    if (given && !found && !given.own) throw tokenWrong('Authorization');
    c.set('viewer', found ?? NOBODY);
    c.set('token', found ? given?.token : undefined);
    c.set('from', addressOf(c, proxies));
    c.set('byToken', asker?.byToken === true);
    // An open event stream does not extend a log-in.
    const again = () => users.viewer(given!.token, { isUse: false });
    c.set('remains', async () => !found || isDeepStrictEqual(await again(), found));
    c.set('watch', (onChange) => (found?.user == null ? () => {} : users.watch(found.user, onChange)));
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const origin = c.req.header('origin');
      const mustHaveOne = origin !== undefined || (found && given?.own);
      const foreign = mustHaveOne ? foreignOrigin(origin, origins) : undefined;
      if (foreign) throw foreign;
    }
    await next();
  };
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Address of the client: from X-Forwarded-For if a trusted proxy sends the request. */
function addressOf(c: Request<Env>, proxies: BlockList): string {
  const direct = remoteOf(c);
  if (!isIP(direct) || !proxies.check(direct, family(direct))) return direct;
  return c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim().slice(0, 100) || direct;
}

function remoteOf(c: Request<Env>): string {
  try {
    return (getConnInfo(c).remote.address ?? '').replace(/^::ffff:/, '');
  } catch {
    return ''; // a request inside this process has no connection
  }
}

/** Whether a request uploads a bundle, a file of an application or an answer of sacct, which may be large and slow. */
export const isUpload = (method: string | undefined, path: string): boolean =>
  method === 'POST' &&
  /^\/api\/programmes\/[^/]+\/(stages\/[^/]+\/submissions|applications\/[^/]+\/files|metering\/\w+\/file)$/.test(path);
