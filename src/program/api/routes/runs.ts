// Runs of the server's machine: its user's own, so for the office alone.

import { z } from 'zod';
import { FILE, TEXT } from '../body.ts';
import type { Context } from '../context.ts';
import type { Api } from '../route.ts';
import { wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/runs.ts';
import { lastSeen, sent, written } from '../sse.ts';

const OFFICE = ['office'] as const;
const step = wholeIn(0, Number.MAX_SAFE_INTEGER).optional();

export function addRuns(api: Api, { runs, signal }: Context): void {
  const params = z.object({ run: z.string().min(1).max(200) });
  const RUN = '/api/runs/{run}';

  api.on(
    {
      method: 'get',
      path: '/api/runs',
      summary: 'Runs made on this machine, the newest first',
      who: OFFICE,
      answer: z.array(shape.run),
    },
    () => runs.list(),
  );
  api.on({ method: 'get', path: RUN, summary: 'A run', who: OFFICE, params, answer: shape.runDetail }, ({ params }) =>
    runs.get(params.run),
  );
  api.on(
    {
      method: 'get',
      path: `${RUN}/curve`,
      summary: 'Its curve, thinned to so many points, or each step where they fit',
      who: OFFICE,
      params,
      query: z.object({ from: step, to: step, points: wholeIn(2, 4000).default(1500) }),
      answer: shape.curve,
    },
    ({ params, query: { from, to, points } }) =>
      runs.curve(params.run, { points, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }),
  );
  api.on(
    {
      method: 'get',
      path: `${RUN}/events`,
      summary: 'Its steps as they are made',
      who: OFFICE,
      params,
      query: z.object({ after: step }),
      gives: 'text/event-stream',
    },
    ({ params, query, c }) => {
      runs.folder(params.run); // an unknown run is an answer of its own
      const after = lastSeen(c, query.after) ?? 0;
      return sent(c, signal, async function* (ending) {
        for await (const { kind, ...data } of runs.follow(params.run, after, ending)) {
          const last = 'step' in data ? data.step.at(-1) : undefined;
          yield { event: kind, data, ...(last !== undefined && { id: String(last) }) };
        }
      });
    },
  );
  api.on(
    {
      method: 'get',
      path: `${RUN}/evidence`,
      summary: 'Its chain of evidence, as recorded',
      who: OFFICE,
      params,
      answer: shape.evidence,
    },
    ({ params }) => runs.evidence(params.run),
  );
  api.on(
    { method: 'get', path: `${RUN}/model`, summary: 'Its model', who: OFFICE, params, answer: shape.card },
    ({ params }) => runs.modelCard(runs.folder(params.run)),
  );
  api.on(
    {
      method: 'post',
      path: `${RUN}/continue`,
      summary: 'Have its model go on with a text',
      who: OFFICE,
      params,
      body: shape.continuation,
      maxBody: TEXT,
      gives: 'text/event-stream',
    },
    ({ params, body, c }) => {
      const model = runs.folder(params.run);
      return written(c, (onText, ending) => runs.continueText(model, body, onText, ending));
    },
  );
  api.on(
    {
      method: 'post',
      path: `${RUN}/chat`,
      summary: 'Talk with its model, where it is tuned for that',
      who: OFFICE,
      params,
      body: shape.chat,
      maxBody: FILE,
      gives: 'text/event-stream',
    },
    ({ params, body: { messages, ...choice }, c }) => {
      const model = runs.folder(params.run);
      return written(c, (onText, ending) => runs.talk(model, messages, choice, onText, ending));
    },
  );

  api.on(
    {
      method: 'post',
      path: `${RUN}/audits`,
      summary: 'Audit it',
      who: OFFICE,
      params,
      body: shape.startAudit,
      answer: shape.audit,
    },
    ({ params, body: { replay } }) => runs.startAudit(params.run, replay === undefined ? {} : { replay }),
  );
  const inAudit = z.object({ audit: z.string().min(1).max(100) });
  api.on(
    {
      method: 'get',
      path: '/api/audits/{audit}',
      summary: 'An audit: how far it is, what it found',
      who: OFFICE,
      params: inAudit,
      answer: shape.audit,
    },
    ({ params }) => runs.audit(params.audit),
  );
  api.on(
    {
      method: 'get',
      path: '/api/audits/{audit}/events',
      summary: 'An audit as it goes on',
      who: OFFICE,
      params: inAudit,
      gives: 'text/event-stream',
    },
    ({ params, c }) => {
      runs.audit(params.audit); // an unknown one is an answer of its own
      return sent(c, signal, async function* (ending) {
        for await (const audit of runs.followAudit(params.audit, ending)) yield { event: 'audit', data: audit };
      });
    },
  );
}
