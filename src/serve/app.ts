// The application: what every request passes, then the routes. Where it listens is server.ts's.

import { Hono } from 'hono';
import { JikjiError } from '../base/index.ts';
import { answerRoutes } from './answer-routes.ts';
import type { AppOptions, Env, ServerContext } from './context.ts';
import { errorResponse } from './errors.ts';
import { countRequests, fromOwnPages, setRequestId, withKey } from './guards.ts';
import { Metrics } from './metrics.ts';
import { modelRoutes } from './model-routes.ts';
import { receiptRoutes } from './receipt-routes.ts';

export function appOf(options: AppOptions): Hono<Env> {
  const { models, stopping, receipts } = options;
  const metrics = new Metrics(models);
  const context: ServerContext = { ...options, metrics };
  const app = new Hono<Env>();
  const unknown = (path: string) => new JikjiError('not-found', 'there is no such route', path, 'see docs/serving.md');
  app.onError((error, c) => errorResponse(error, c, options.failureOf));
  app.notFound((c) => errorResponse(unknown(c.req.path), c, options.failureOf));
  app.use(setRequestId);
  app.use(countRequests(context));
  app.use(fromOwnPages(context));
  app.get('/health', (c) => c.json({ status: stopping.aborted ? 'stopping' : 'ok' }, stopping.aborted ? 503 : 200));
  app.use(withKey(context));
  app.get('/metrics', async (c) => {
    const { registry } = metrics;
    return c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
  });
  app.route('/', modelRoutes(context));
  app.route('/', answerRoutes(context));
  if (receipts) app.route('/', receiptRoutes(receipts));
  return app;
}
