// Routes of rule books that somebody is writing: templates, checks, rehearsals. They record nothing.

import { z } from 'zod';
import { checkRuleBook, ruleBookTemplates } from '../../office/index.ts';
import { assumptionsShape, type Plan, planRehearsal, rehearseInProcess } from '../../rehearsal/index.ts';
import { FILE } from '../body.ts';
import type { Api } from '../route.ts';
import * as shape from '../shapes/rule-books.ts';
import { type Event, streamEvents } from '../sse.ts';

const BOOKS = '/api/programmes/{programme}/rule-books';

export function addRuleBooks(api: Api): void {
  const roles = ['office'] as const;
  const text = z
    .string()
    .min(1)
    .max(1 << 20);

  api.on(
    'get /api/rule-book-templates',
    { roles, summary: 'Texts to begin a rule book from', answer: shape.templates },
    () => ruleBookTemplates(),
  );
  api.on(
    `post ${BOOKS}/check`,
    {
      roles,
      summary: 'All that stands in the way of registering a text; nothing is recorded',
      body: z.strictObject({ text }),
      maxBody: FILE,
      answer: shape.checked,
    },
    ({ tables, body }) => checkRuleBook(tables, body.text),
  );
  api.on(
    `post ${BOOKS}/rehearse`,
    {
      roles,
      summary: 'Try a rule book on made-up teams; nothing is recorded. Events: progress, result',
      body: z.strictObject({ text, assumptions: assumptionsShape.prefault({}) }),
      maxBody: FILE,
      responseType: 'text/event-stream',
    },
    ({ body, c }) => {
      // A faulty rule book fails before the stream begins.
      const plan = planRehearsal({ ...body, file: 'rule book' }, new Date().toISOString().slice(0, 10));
      return streamEvents(c, api.context.signal, (signal) => rehearsalEvents(plan, signal));
    },
  );
}

async function* rehearsalEvents(plan: Plan, signal: AbortSignal): AsyncGenerator<Event> {
  let share = 0;
  let wake = (): void => {};
  const onProgress = (now: number): void => {
    share = now;
    wake();
  };
  const work = rehearseInProcess(plan, { signal, onProgress });
  const ended = work.then(
    () => true,
    () => true,
  );
  for (;;) {
    const news = new Promise<false>((resolve) => {
      wake = () => resolve(false);
    });
    if (await Promise.race([ended, news])) break;
    yield { event: 'progress', data: { share } };
  }
  const result = await work;
  if (result) yield { event: 'result', data: result };
}
