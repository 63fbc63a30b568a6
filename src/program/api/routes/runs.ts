// Routes of runs on the server's machine. They belong to its user, so only the office may see them.

import type { Context as Request } from 'hono';
import { z } from 'zod';
import { cardOf, type ModelRequest } from '../../runs/index.ts';
import { FILE, RECEIPT } from '../body.ts';
import type { Env } from '../context.ts';
import type { Api } from '../route.ts';
import { submissionsWith } from '../same-seal.ts';
import { wholeIn } from '../shapes/common.ts';
import * as shape from '../shapes/runs.ts';
import { lastEventId, streamAnswer, streamEvents } from '../sse.ts';

const step = wholeIn(0, Number.MAX_SAFE_INTEGER).optional();

export function addRuns(api: Api): void {
  const { runs, signal } = api.context;
  const RUN = '/api/runs/{run}';
  const AUDIT = '/api/audits/{audit}';
  const office = { roles: ['office'] } as const;
  const ofRun = { ...office, params: { run: z.string().min(1).max(200) } };
  const ofAudit = { ...office, params: { audit: z.string().min(1).max(100) } };
  const responseType = 'text/event-stream';
  const stream = (run: string, request: ModelRequest, c: Request<Env>) => {
    const model = runs.folder(run);
    return streamAnswer(c, (ending) => runs.models.stream(model, { ...request, withReceipt: true }, ending));
  };

  api.on(
    'get /api/runs',
    { ...office, summary: 'Runs made on this machine, the newest first', answer: z.array(shape.run) },
    () => runs.list(),
  );
  api.on(`get ${RUN}`, { ...ofRun, summary: 'A run', answer: shape.runDetail }, ({ params }) => runs.get(params.run));
  api.on(
    `get ${RUN}/curve`,
    {
      ...ofRun,
      summary: 'Its curve, thinned to so many points, or each step where they fit',
      query: z.object({ from: step, to: step, points: wholeIn(2, 4000).default(1500) }),
      answer: shape.curve,
    },
    ({ params, query }) => runs.curves.curve(params.run, query),
  );
  api.on(
    `get ${RUN}/events`,
    { ...ofRun, summary: 'Its steps as they are made', query: z.object({ after: step }), responseType },
    ({ params, query, c }) => {
      runs.folder(params.run); // an unknown run fails before the stream begins
      const after = lastEventId(c, query.after) ?? 0;
      return streamEvents(c, signal, async function* (ending) {
        for await (const { kind, ...data } of runs.curves.follow(params.run, after, ending)) {
          const last = 'step' in data ? data.step.at(-1) : undefined;
          yield { event: kind, data, ...(last !== undefined && { id: String(last) }) };
        }
      });
    },
  );
  api.on(
    `get ${RUN}/evidence`,
    { ...ofRun, summary: 'Its chain of evidence, as recorded', answer: shape.evidence },
    ({ params }) => runs.evidence(params.run),
  );
  api.on(
    `get ${RUN}/family`,
    { ...ofRun, summary: 'What it began with, and what began with it, as recorded', answer: shape.family },
    ({ params }) => runs.family(params.run),
  );
  api.on(
    `get ${RUN}/training-data`,
    { ...ofRun, summary: 'What it was trained on, as its corpus manifest says it', answer: shape.trainingData },
    ({ params }) => runs.trainingData(params.run),
  );
  api.on(
    `get ${RUN}/submissions`,
    { ...ofRun, summary: 'Submissions of this server with its seal', answer: shape.sameSeal },
    ({ params, viewer, c }) => {
      const seal = runs.sealOf(params.run);
      return seal === undefined ? [] : submissionsWith(api.context, { viewer, c }, seal);
    },
  );
  api.on(`get ${RUN}/model`, { ...ofRun, summary: 'Its model', answer: shape.card }, ({ params }) =>
    cardOf(runs.folder(params.run)),
  );
  const asking = { ...ofRun, responseType, maxBody: FILE } as const;
  api.on(
    `post ${RUN}/completions`,
    { ...asking, summary: 'Have its model go on with a text', body: shape.completion },
    ({ params, body, c }) => stream(params.run, { path: '/v1/completions', body }, c),
  );
  api.on(
    `post ${RUN}/chat/completions`,
    { ...asking, summary: 'Talk with its model, where it is tuned for that', body: shape.chat },
    ({ params, body, c }) => stream(params.run, { path: '/v1/chat/completions', body }, c),
  );

  api.on(
    `get ${RUN}/receipts/{receipt}`,
    {
      ...ofRun,
      summary: 'The receipt of an answer that its model has just given',
      params: { ...ofRun.params, receipt: z.string().regex(/^[0-9a-f]{32}$/) },
      answer: shape.answerReceipt,
    },
    ({ params, c }) => runs.receipts.get(params.run, params.receipt, c.req.raw.signal),
  );
  api.on(
    `post ${RUN}/receipt-checks`,
    {
      ...ofRun,
      summary: 'Audit an answer of its model by its receipt',
      body: shape.checkReceipt,
      maxBody: RECEIPT,
      answer: shape.checkedReceipt,
    },
    ({ params, body, c }) => runs.receipts.check(params.run, body, c.req.raw.signal),
  );

  api.on(
    `post ${RUN}/audits`,
    { ...ofRun, summary: 'Audit it', body: shape.startAudit, answer: shape.audit },
    ({ params, body }) => runs.audits.start(params.run, body),
  );
  api.on(
    `get ${RUN}/audits`,
    { ...ofRun, summary: 'Its audits on this server: the running one, and the latest result', answer: shape.runAudits },
    ({ params }) => runs.audits.ofRun(params.run),
  );
  api.on(
    `get ${AUDIT}`,
    { ...ofAudit, summary: 'An audit: how far it is, what it found', answer: shape.audit },
    ({ params }) => runs.audits.get(params.audit),
  );
  api.on(`delete ${AUDIT}`, { ...ofAudit, summary: 'End a running audit', answer: shape.audit }, ({ params }) =>
    runs.audits.stop(params.audit),
  );
  api.on(`get ${AUDIT}/events`, { ...ofAudit, summary: 'An audit as it goes on', responseType }, ({ params, c }) => {
    runs.audits.get(params.audit); // an unknown audit fails before the stream begins
    return streamEvents(c, signal, async function* (ending) {
      for await (const audit of runs.audits.follow(params.audit, ending)) yield { event: 'audit', data: audit };
    });
  });
}
