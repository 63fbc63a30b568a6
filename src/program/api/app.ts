// The application: middleware, routes, their OpenAPI document, pages of the console.

import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { NOBODY } from '../users/index.ts';
import { compressed } from './compressed.ts';
import type { Context, Env } from './context.ts';
import { documentOf } from './document.ts';
import { errorResponse } from './errors.ts';
import { authenticate, checkHost, securityHeaders } from './guard.ts';
import type { Pages } from './pages.ts';
import * as refuse from './refusals/requests.ts';
import { Api, EVERYBODY } from './route.ts';
import { addAccounts } from './routes/accounts.ts';
import { addCalls } from './routes/calls.ts';
import { addCompute } from './routes/compute.ts';
import { addDecisions, PAGE_POLICY, wantsPage } from './routes/decisions.ts';
import { addEvents } from './routes/events.ts';
import { addHousekeeping } from './routes/housekeeping.ts';
import { addLodgings } from './routes/lodgings.ts';
import { addMail } from './routes/mail.ts';
import { addMetering } from './routes/metering.ts';
import { addOpenId } from './routes/openid.ts';
import { addPeople } from './routes/people.ts';
import { addPeopleInStage } from './routes/people-in-stage.ts';
import { addPlans } from './routes/plans.ts';
import { addProgrammes } from './routes/programmes.ts';
import { addReliance } from './routes/reliance.ts';
import { addRuleBooks } from './routes/rule-books.ts';
import { addRunTable } from './routes/run-table.ts';
import { addRuns } from './routes/runs.ts';
import { addSearch } from './routes/search.ts';
import { addStages } from './routes/stages.ts';
import { addSubmissions } from './routes/submissions.ts';

export interface Application {
  app: Hono<Env>;
  /** OpenAPI 3.1. */
  document: Record<string, unknown>;
}

/** `pages` serves all paths outside /api. */
export function applicationOf(context: Context, pages?: Pages): Application {
  const api = new Api(context);
  addPeople(api);
  addAccounts(api);
  addMail(api);
  addOpenId(api);
  addProgrammes(api);
  addCalls(api);
  addRuleBooks(api);
  addStages(api);
  addDecisions(api);
  addPeopleInStage(api);
  addSubmissions(api);
  addCompute(api);
  addMetering(api);
  addReliance(api);
  addPlans(api);
  addEvents(api);
  addRuns(api);
  addRunTable(api);
  addSearch(api);
  addLodgings(api);
  addHousekeeping(api);
  const answer = z.record(z.string(), z.unknown());
  api.on('get /api/openapi.json', { summary: 'This document', roles: EVERYBODY, answer }, ({ c }) => c.json(document));
  const document = documentOf(api.routes, context.version);

  const app = new Hono<Env>();
  // Requests still open when the server closes find the database closed: that is not a bug.
  const ended = (c: { req: { path: string } }) => refuse.stopping(c.req.path);
  app.onError(async (error, c) => {
    const answer = errorResponse(context.signal.aborted && !(error instanceof JikjiError) ? ended(c) : error, c);
    if (!(error instanceof JikjiError) || !wantsPage(c.req.path, c.req.header('accept'))) return answer;
    c.header('Content-Security-Policy', PAGE_POLICY);
    c.header('Vary', 'Accept');
    // What draws it is loaded only then.
    const { decisionMissingHtml } = await import('./decision-missing.ts');
    return c.html(decisionMissingHtml(), answer.status as ContentfulStatusCode);
  });
  app.use(securityHeaders(context), checkHost(context));
  app.use('/api/*', compressed, authenticate(context));
  // The same for everybody, whoever has logged in.
  app.use('/decisions/*', async (c, next) => {
    c.set('viewer', NOBODY);
    await next();
  });
  app.route('/', api.app);
  app.all('/api/*', (c) => {
    const wanted = `${c.req.method} ${c.req.path}`.slice(0, 300);
    throw refuse.noRoute(wanted);
  });
  if (pages) app.get('*', (c) => pages.answer(c));
  app.notFound((c) => c.text('There is nothing here.\n', 404));
  return { app, document };
}
