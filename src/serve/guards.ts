// What every request passes: it is counted, comes by the server's own name and from no foreign page, and has a key where keys are needed.

import type { MiddlewareHandler } from 'hono';
import { JikjiError } from '../base/index.ts';
import { foreignHost, foreignOrigin } from '../http/index.ts';
import type { Env, ServerContext } from './context.ts';

export const counted =
  ({ metrics }: ServerContext): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next();
    metrics.requests.inc({ route: c.req.routePath, status: c.res.status });
  };

/** A page of another site must not use the server of somebody who has it open. */
export const fromOwnPages =
  ({ origins }: ServerContext): MiddlewareHandler<Env> =>
  async (c, next) => {
    const host = foreignHost(c.req.header('host') ?? new URL(c.req.url).host, origins());
    if (host) throw host;
    const origin = c.req.header('origin');
    const page = origin === undefined ? undefined : foreignOrigin(origin, origins());
    if (page) throw page;
    await next();
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
