// Routes of the office's housekeeping: the access record, encrypted backups, verification on the server.

import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Context as Request } from 'hono';
import { z } from 'zod';
import { type Access, accessShape, backupShape, csvLine, verificationShape } from '../../housekeeping/index.ts';
import { noteAccess } from '../access-notes.ts';
import type { Env } from '../context.ts';
import * as refuse from '../refusals/routes.ts';
import { type Api, EVERYBODY } from '../route.ts';
import { nothing, wholeIn } from '../shapes/common.ts';
import { streamEvents, watchLogIn } from '../sse.ts';
import { userOf } from './people.ts';

const PROGRAMME = '/api/programmes/{programme}';
const OFFICE = ['office'] as const;
/** Roles that read the access record, and why a verification failed. */
const READERS = ['office', 'auditor'] as const;
const LOOK_MS = 300;

export function addHousekeeping(api: Api): void {
  addAccess(api);
  addBackups(api);
  addVerification(api);
}

function addAccess(api: Api): void {
  const { access } = api.context.housekeeping;
  api.on(
    `get ${PROGRAMME}/access`,
    {
      summary: 'Who was shown what the public is not, the newest first',
      roles: READERS,
      query: z.object({
        /** Lines before this one. */
        before: wholeIn(1, Number.MAX_SAFE_INTEGER).optional(),
      }),
      answer: z.array(accessShape),
    },
    ({ params, query }) => access.page(params.programme, query.before),
  );
  api.on(
    `get ${PROGRAMME}/access.csv`,
    { summary: 'The same as a file for spreadsheets, whole', roles: READERS, responseType: 'text/csv' },
    ({ params: { programme }, c }) =>
      download(c, `${programme}-access.csv`, 'text/csv; charset=utf-8', () =>
        Readable.from(csvOf(access.all(programme)), { objectMode: false }),
      ),
  );
}

/** The mark at its start tells a spreadsheet that it is UTF-8. */
async function* csvOf(lines: AsyncIterable<Access>): AsyncGenerator<string> {
  yield `\ufeff${csvLine(['time', 'user', 'name', 'role', 'consortium', 'via', 'what', 'of'])}`;
  for await (const { time, user, name, role, consortium, via, what, of } of lines)
    yield csvLine([time, user, name, role, consortium, via, what, of]);
}

function addBackups(api: Api): void {
  const { context } = api;
  const { backups } = context.housekeeping;
  api.on(
    `get ${PROGRAMME}/backups`,
    { summary: 'Backups that were taken over the API', roles: OFFICE, answer: z.array(backupShape) },
    ({ params }) => backups.list(params.programme),
  );
  api.on(
    `post ${PROGRAMME}/backups`,
    {
      summary: 'Prepare an encrypted backup; needs the password of the last minutes, and no API token will do',
      roles: OFFICE,
      body: z.strictObject({
        /** The public key of an age recipient: `age1...`. */
        recipient: z.string().trim().min(1).max(200),
      }),
      answer: z.object({ id: z.string() }),
    },
    async ({ params: { programme }, body, viewer, c }) => {
      await context.users.logIns.requireFresh(c.get('token'));
      return backups.prepare({ programme, user: userOf(viewer) }, body.recipient);
    },
  );
  api.on(
    `get ${PROGRAMME}/backups/{backup}`,
    {
      summary: 'Download a prepared backup, once, within five minutes',
      roles: OFFICE,
      responseType: 'application/octet-stream',
    },
    async (asked) => {
      const { params, viewer, programme, c } = asked;
      if (c.get('byToken')) throw refuse.takesNoToken('Authorization');
      const name = `${params.programme}-${new Date().toISOString().slice(0, 10)}.backup.age`;
      return download(c, name, 'application/octet-stream', async () => {
        const by = { programme: params.programme, user: userOf(viewer) };
        const bytes = await backups.take(by, params.backup, programme.store);
        const noted = noteAccess(context, asked, [{ what: 'backup', of: params.backup }]);
        await noted.catch((error: unknown) => {
          bytes.destroy();
          throw error;
        });
        return bytes;
      });
    },
  );
}

/** Streams a file, which ends when the log-in does. `name` has no sign that means anything in a header. */
async function download(
  c: Request<Env>,
  name: string,
  type: string,
  open: () => Readable | Promise<Readable>,
): Promise<Response> {
  c.header('Content-Type', type);
  c.header('Content-Disposition', `attachment; filename="${name}"`);
  if (c.req.method === 'HEAD') return c.body(null);
  const bytes = await open();
  const gone = new AbortController();
  const unwatch = watchLogIn(c, gone);
  gone.signal.addEventListener('abort', () => bytes.destroy(new Error('the log-in has ended')));
  bytes.once('close', unwatch);
  return c.body(Readable.toWeb(bytes) as ReadableStream<Uint8Array>);
}

function addVerification(api: Api): void {
  const { context } = api;
  const { verifications } = context.housekeeping;
  api.on(
    `post ${PROGRAMME}/verification`,
    { summary: 'Verify the log, its signatures and its decisions', roles: OFFICE, answer: nothing },
    async ({ params, viewer, programme }) => {
      await verifications.start(params.programme, userOf(viewer), programme.store);
      return {};
    },
  );
  api.on(
    `get ${PROGRAMME}/verification`,
    { summary: 'The verification that runs, and the result of the last', roles: EVERYBODY, answer: verificationShape },
    async ({ params, viewer }) => {
      const state = await verifications.state(params.programme);
      if (viewer.role === 'office' || viewer.role === 'auditor') return state;
      // The reason may quote an entry that is withheld; the public sees no names of persons.
      const { last, failed, running } = state;
      return {
        running,
        failed: failed === null ? null : '',
        last: last && { ...last, user: null, result: { ...last.result, altered: null, alteredKo: undefined } },
      };
    },
  );
  api.on(
    `get ${PROGRAMME}/verification/events`,
    { summary: 'How far the verification is, as it runs', roles: EVERYBODY, responseType: 'text/event-stream' },
    ({ params, c }) =>
      streamEvents(c, context.signal, async function* (signal) {
        let shown: unknown;
        while (!signal.aborted) {
          const running = verifications.running(params.programme);
          if (!isDeepStrictEqual(running, shown)) yield { event: 'verification', data: running };
          shown = running;
          await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
        }
      }),
  );
}
