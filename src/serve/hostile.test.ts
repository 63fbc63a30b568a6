// Hostile request bodies: each is answered, or refused with an error of OpenAI's form; never with a fault of the server's own. Afterwards
// it answers as before.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { type ServerChild, startServer } from './testing/child.ts';
import { type HostileRequest, hostileRequest, WHOLE } from './testing/hostile-bodies.ts';
import { writeModels } from './testing/small.ts';

const CASES = process.env.JIKJI_TORTURE ? 20_000 : 100;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Requests under way at a time: those that are right are answered beside those that are not. */
const AT_A_TIME = 4;
/** A request without an answer for so long is a hang: the server itself ends one after `maxSeconds`. */
const HANG_MS = 120_000;

const folder = temporaryFolder();
let server: ServerChild;
beforeAll(async () => {
  server = await startServer(writeModels(folder, 500), { texts: 4, maxWaiting: 100_000, maxSeconds: 5 });
});
afterAll(async () => {
  await server.close();
});

const post = ({ path, body }: HostileRequest) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: body as BodyInit,
    signal: AbortSignal.timeout(HANG_MS),
  });

interface Failure {
  error: { message: string; type: string; param: string | null; code: string };
}

const isFailure = (value: unknown): value is Failure => {
  const { error } = (value ?? {}) as Partial<Failure>;
  return (
    typeof error?.message === 'string' &&
    typeof error.type === 'string' &&
    typeof error.code === 'string' &&
    (error.param === null || typeof error.param === 'string') &&
    error.message.length < 2000
  );
};

/** The time for an answer was over, or the server was stopping. */
const MAY_FAIL = new Set([503, 504]);

/** What is wrong with the answer to a request, if anything, and its status. */
async function ask(request: HostileRequest): Promise<{ status: number; wrong?: string }> {
  const response = await post(request);
  const { status } = response;
  const text = await response.text();
  const wrong = (what: string) => ({ status, wrong: `${status}, ${what}: ${text.slice(0, 500)}` });
  if (response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
    const events = text.split('\n\n').flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []));
    if (events.at(-1) === '[DONE]') events.pop();
    else if (!isFailure(JSON.parse(events.at(-1)!))) return wrong('a stream without an end');
    const failed = events.map((event) => JSON.parse(event)).find(isFailure);
    return failed && failed.error.code !== 'model-too-slow' ? wrong('a stream that fails') : { status };
  }
  const value: unknown = JSON.parse(text);
  if (status === 200) return isFailure(value) ? wrong('an error') : { status };
  if (!isFailure(value)) return wrong('no error of the form');
  return (status >= 400 && status < 500) || MAY_FAIL.has(status) ? { status } : wrong('a fault of the server');
}

const shown = ({ path, body }: HostileRequest) => `${path} ${String(body).slice(0, 600)}`;

/** The events of a stream, those of each choice together: in which order choices are heard depends on the clock, what each says does not. */
function byChoice(stream: string) {
  const choice = (event: string) => Number(/"index":(\d+)/.exec(event)?.[1] ?? -1);
  return stream
    .split('\n\n')
    .toSorted((a, b) => choice(a) - choice(b))
    .join('\n\n');
}

/** Answers to all whole requests, without what is new each time. */
async function answers() {
  const all: string[] = [];
  for (const [path, body] of WHOLE) {
    const response = await post({ path, body: JSON.stringify(body) });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    all.push(byChoice(text.replace(/"(id|created)":("[^"]*"|\d+)/g, '').replace(/"cached_tokens":\d+/g, '')));
  }
  return all;
}

test(`${CASES} bodies`, { timeout: 3_600_000 }, async () => {
  const before = await answers();
  const wrong: object[] = [];
  const statuses = new Map<number, number>();
  let next = 0;
  const work = async () => {
    while (next < CASES && server.ended === undefined) {
      const i = next++;
      const request = hostileRequest(SEED, i);
      // A connection that was kept may be closed by the server as it is used again: a client asks once more.
      const answer = await ask(request)
        .catch((error: Error) => (error.name === 'TypeError' ? ask(request) : Promise.reject(error)))
        .catch((error: Error) => ({ status: 0, wrong: `${error}, ${error.cause}` }));
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.wrong !== undefined) wrong.push({ case: i, request: shown(request), wrong: answer.wrong });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  const seed = `seed ${SEED}, ${server.ended ?? 'running'}: ${server.log}`;
  expect(wrong.slice(0, 5), seed).toEqual([]);
  expect(server.ended, seed).toBeUndefined();
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect(await answers()).toEqual(before);
  expect(statuses.get(200)).toBeGreaterThan(0);
  expect(statuses.get(400)).toBeGreaterThan(0);
  expect((await server.memory()).peak, seed).toBeLessThan(MAX_BYTES);
});
