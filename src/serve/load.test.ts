// Many clients at once against a server in another process: nothing but answers and "come back later", places that are freed, memory that
// stays, and nobody who waits for ever. Under torture 200 clients for a minute.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { temporaryFolder } from '../base/testing/temporary-folder.ts';
import { type ServerChild, startServer } from './testing/child.ts';
import { postJson, writeModels } from './testing/small.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
const CLIENTS = TORTURE ? 200 : 20;
const SECONDS = TORTURE ? 60 : 2;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const CONTEXT = 200;
/** Few, so that clients are sent away. */
const QUEUE = CLIENTS / 10;
/** Memory at the end beside that after the warm-up, under torture; and its limit at all times. */
const MAX_GROWTH = 1.3;
const MAX_BYTES = 2 ** 30;
/** A request is sent away at most so many times before it is taken. */
const MAX_TRIES = 30;
/**
 * While a request that was taken waits for its answer, the same model gives others together at most so many. All clients are in this
 * process: some of the answers counted are only read before an earlier one, so it is twice as many as there are clients.
 */
const MAX_OVERTAKING = 2 * CLIENTS;

const folder = temporaryFolder();
let server: ServerChild;
beforeAll(async () => {
  server = await startServer(writeModels(folder, CONTEXT), { texts: 4, maxWaiting: QUEUE, maxSeconds: 600 });
});
afterAll(async () => {
  await server.close();
});

/** Beginnings that clients share. */
const BEGINNINGS = ['', 'The people of ', 'x'.repeat(100), 'A long story that many ask for. '.repeat(3)];

interface Asked {
  path: string;
  body: Record<string, unknown>;
  /** The client goes away after the first bytes of its stream. */
  leaves: boolean;
}

/** A request; with `leaves` one that its client does not wait for. */
function request(random: () => number, leaves: boolean): Asked {
  const text = BEGINNINGS[wholeBelow(random, BEGINNINGS.length)]! + wholeBelow(random, 50);
  const isChat = random() < 0.3;
  const stream = leaves || random() < 0.5;
  const body = {
    model: isChat || random() < 0.5 ? 'tuned' : 'base',
    max_tokens: 1 + wholeBelow(random, 24),
    seed: wholeBelow(random, 1000),
    n: 1 + wholeBelow(random, 2),
    stream,
    ...(isChat ? { messages: [{ role: 'user', content: text.slice(0, 60) }] } : { prompt: text }),
  };
  return {
    path: isChat ? '/v1/chat/completions' : '/v1/completions',
    body,
    leaves: leaves || (stream && random() < 0.2),
  };
}

interface Count {
  answers: number;
  /** By model. */
  answersOf: Record<string, number>;
  left: number;
  sentAway: number;
  /** Of one request, at most: how often it was sent away, and how many others were answered after it was taken and before it was. */
  tries: number;
  overtaken: number;
  wrong: string[];
}

/** Reads an answer, whole or as a stream; returns what is wrong with it. */
async function read(response: Response, isStream: boolean) {
  const text = await response.text();
  if (response.status !== 200) return `${response.status}: ${text.slice(0, 300)}`;
  if (isStream)
    return text.trimEnd().endsWith('data: [DONE]') && !text.includes('"error"') ? undefined : text.slice(-300);
  const { choices } = JSON.parse(text) as { choices: { finish_reason: string }[] };
  return choices.every(({ finish_reason: reason }) => ['stop', 'length'].includes(reason)) ? undefined : text;
}

/** A client that asks, comes back when it is told to, and sometimes goes away, until `isOver` and it has an answer. */
async function client(random: () => number, count: Count, isOver: () => boolean) {
  let own = 0;
  let leaves = true; // each of them does once
  while (!(isOver() && own > 0) && server.ended === undefined) {
    const asked = request(random, leaves);
    const model = asked.body.model as string;
    for (let tries = 0; tries <= MAX_TRIES; tries++) {
      count.tries = Math.max(count.tries, tries);
      const before = count.answersOf[model]!;
      const gone = new AbortController();
      const response = await postJson(server.url + asked.path, asked.body, { signal: gone.signal });
      if (response.status === 429) {
        count.sentAway++;
        await response.text();
        const seconds = Number(response.headers.get('Retry-After'));
        if (!(seconds > 0)) count.wrong.push('429 without Retry-After');
        await pause(seconds * 1000);
        continue;
      }
      if (asked.leaves && response.status === 200) {
        await response.body!.getReader().read();
        gone.abort();
        count.left++;
        leaves = false;
        break;
      }
      const wrong = await read(response, asked.body.stream === true);
      if (wrong !== undefined) count.wrong.push(wrong);
      count.overtaken = Math.max(count.overtaken, count.answersOf[model]! - before);
      count.answersOf[model]!++;
      count.answers++;
      own++;
      break;
    }
  }
  return own;
}

/** A figure of /metrics, over all models. */
async function gauge(name: string) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0);
}

async function all(seconds: number, seed: number): Promise<Count & { each: number[] }> {
  const count: Count = {
    answers: 0,
    answersOf: { base: 0, tuned: 0 },
    left: 0,
    sentAway: 0,
    tries: 0,
    overtaken: 0,
    wrong: [],
  };
  const end = performance.now() + seconds * 1000;
  const isOver = () => performance.now() > end;
  const clients = Array.from({ length: CLIENTS }, (_, i) => client(randomNumbers(seed + i), count, isOver));
  const each = await Promise.all(clients);
  return { ...count, each };
}

test(`${CLIENTS} clients for ${SECONDS} s`, { timeout: 3_600_000 }, async () => {
  await all(SECONDS / 4, SEED); // to warm up
  const { rss: before } = await server.memory();
  const count = await all(SECONDS, SEED + CLIENTS);
  const said = `seed ${SEED}, ${server.ended ?? server.log}, ${JSON.stringify({ ...count, wrong: 0 })}`;
  expect(count.wrong, said).toEqual([]);
  expect(server.ended, said).toBeUndefined();
  expect(count.sentAway, said).toBeGreaterThan(0);
  expect(count.left, said).toBeGreaterThanOrEqual(CLIENTS);
  expect(Math.min(...count.each), said).toBeGreaterThan(0);
  expect(count.tries, said).toBeLessThan(MAX_TRIES);
  expect(count.overtaken, said).toBeLessThan(MAX_OVERTAKING);
  // Those who went away have left nothing behind.
  await expect.poll(() => gauge('jikji_texts_running'), { timeout: 60_000 }).toBe(0);
  expect(await gauge('jikji_texts_waiting')).toBe(0);
  expect((await gauge('jikji_pages_free')) + (await gauge('jikji_pages_cached'))).toBe(await gauge('jikji_pages'));
  const { rss: after, peak } = await server.memory();
  expect(peak, said).toBeLessThan(MAX_BYTES);
  if (TORTURE) expect(after / before, said).toBeLessThan(MAX_GROWTH);
});
