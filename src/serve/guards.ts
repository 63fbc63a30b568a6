// What every request passes: it is named and counted, comes by the server's own name and from no page that may not ask, and has a key where
// keys are needed.

import { randomUUID } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { JikjiError } from '../base/index.ts';
import { foreignHost, foreignOrigin } from '../http/index.ts';
import type { Env, ServerContext } from './context.ts';
import { GONE } from './errors.ts';

/** The client's own id for its request, if it is sane; else one of the server. */
const requestIdOf = (own: string | undefined): string =>
  own !== undefined && /^[\x21-\x7e]{1,128}$/.test(own) ? own : randomUUID();

export const setRequestId: MiddlewareHandler<Env> = async (c, next) => {
  const id = requestIdOf(c.req.header('x-request-id'));
  c.set('requestId', id);
  c.header('x-request-id', id);
  await next();
};

/** A stream is counted when it ends. */
export const countRequests =
  ({ metrics }: ServerContext): MiddlewareHandler<Env> =>
  async (c, next) => {
    // A signal that nobody has asked for is aborted by no one.
    const { signal } = c.req.raw;
    await next();
    const { routePath: route } = c.req;
    const { status } = c.res;
    const count = (): void => metrics.requests.inc({ route, status: signal.aborted ? GONE : status });
    const stream = c.get('stream');
    if (stream) stream.then(count, count);
    else count();
  };

/** Headers of answers that pages may read. */
const EXPOSED = 'Jikji-Receipt, x-request-id, Retry-After';
/** Seconds for which a browser need not ask again. */
const PREFLIGHT_SECONDS = 600;

/** What a browser must know before a page of another origin may ask. No cookies and no passwords of the browser: there are none. */
function allowPage(c: Context<Env>, origin: string): void {
  c.header('Access-Control-Allow-Origin', origin);
  c.header('Access-Control-Expose-Headers', EXPOSED);
}

function preflight(c: Context<Env>): Response {
  c.header('Access-Control-Allow-Methods', 'GET, POST');
  c.header('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
  const headers = c.req.header('access-control-request-headers');
  if (headers !== undefined) c.header('Access-Control-Allow-Headers', headers);
  return c.body(null, 204);
}

/** A page of another site must not use the server of somebody who has it open, unless the owner allows it. */
export const fromOwnPages =
  ({ origins, allowedOrigins = new Set() }: ServerContext): MiddlewareHandler<Env> =>
  async (c, next) => {
    const host = foreignHost(c.req.header('host') ?? new URL(c.req.url).host, origins());
    if (host) throw host;
    const origin = c.req.header('origin');
    if (allowedOrigins.size > 0) c.header('Vary', 'Origin');
    if (origin !== undefined && allowedOrigins.has(origin)) {
      allowPage(c, origin);
      if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method')) return preflight(c);
    } else {
      const page = origin === undefined ? undefined : foreignOrigin(origin, origins());
      if (page) throw page;
    }
    return next();
  };

export const withKey =
  ({ keys }: ServerContext): MiddlewareHandler<Env> =>
  async (c, next) => {
    const client = keys ? keys.clientOf(c.req.header('authorization')) : '';
    if (client === undefined) {
      const hint = 'send Authorization: Bearer KEY';
      throw new JikjiError('api-key', 'no valid API key', 'Authorization', hint);
    }
    c.set('client', client);
    await next();
  };
