// What every client is tried on: a server of tiny models of random weights, what plain requests are answered there, and what it has counted.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ApiKeys, type ModelServer, newApiKey, serveModels } from '../../src/serve/index.ts';
import { SMALL, writeModels } from '../../src/serve/testing/small.ts';

/** One thing that must hold: `work` ends without an error. */
export type Check = readonly [what: string, work: () => Promise<unknown>];

/** Room for a conversation with tools, a token for each byte. */
const CONTEXT = 4000;
/** Longer than any check takes: a fault must not hang. */
const PATIENCE_MS = 60_000;

export type Body = Record<string, unknown>;

/** An answer, as far as the checks look into it. */
interface Plain {
  choices: { text?: string; message?: { content: string }; finish_reason: string }[];
  usage: { prompt_tokens: number; completion_tokens: number };
}

export class Scene {
  readonly #server: ModelServer;
  readonly apiKey: string;

  private constructor(server: ModelServer, apiKey: string) {
    this.#server = server;
    this.apiKey = apiKey;
  }

  /** One text at a time, and one may wait: it is easy to send a client away. */
  static async begin(folder: string): Promise<Scene> {
    const models = writeModels(join(folder, 'models'), CONTEXT);
    const { key, line } = newApiKey('client');
    const limits = { texts: 1, maxWaiting: 1 };
    const server = await serveModels({ ...SMALL, ...limits, models, keys: new ApiKeys(line, 'keys') });
    return new Scene(server, key);
  }

  close = (): Promise<void> => this.#server.close();

  get baseURL(): string {
    return `${this.#server.url}/v1`;
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.apiKey}`, 'Content-Type': 'application/json' };
    return fetch(this.#server.url + path, { headers, ...init });
  }

  /** What a request is answered that no client has written. */
  async plain(path: 'completions' | 'chat/completions', body: Body): Promise<Plain> {
    const response = await this.#fetch(`/v1/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  /** A figure of `/metrics`; 0 before it is counted for the first time. */
  async figure(name: string): Promise<number> {
    const text = await (await this.#fetch('/metrics')).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? 0 : Number(line.slice(name.length));
  }

  /** How many requests for a chat were answered with this status. */
  chats = (status: number): Promise<number> =>
    this.figure(`jikji_requests_total{route="/v1/chat/completions",status="${status}"}`);

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const begun = performance.now(); !(await holds()); await pause(10))
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`in vain: ${what}`);
  }

  /** The server notices that the client of `work` goes away, ends the text and counts it. */
  async noticesAbort(work: () => Promise<unknown>): Promise<void> {
    const before = await this.chats(499);
    await work();
    await this.until('the server counts 499', async () => (await this.chats(499)) > before);
    await this.#rests();
  }

  /** How many texts of the model for chats run, or wait. */
  texts = (which: 'running' | 'waiting'): Promise<number> => this.figure(`jikji_texts_${which}{model="tuned"}`);

  #rests = (): Promise<void> =>
    this.until('no text runs', async () => (await this.texts('running')) + (await this.texts('waiting')) === 0);

  /** `work` is sent away with 429 first, and answered when it asks again. */
  async answersLater<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.chats(429);
    const others = new AbortController();
    const body = JSON.stringify({ ...CHAT, n: 16, stream: true });
    const init = { method: 'POST', body, signal: others.signal };
    const busy = await this.#fetch('/v1/chat/completions', init);
    try {
      await this.until('a text waits', async () => (await this.texts('waiting')) > 0);
      const answer = work();
      const counts = this.until('the server counts 429', async () => (await this.chats(429)) > before);
      await Promise.race([answer, counts]);
      others.abort();
      const value = await answer;
      assert.ok((await this.chats(429)) > before, 'was never sent away');
      return value;
    } finally {
      others.abort();
      await busy.body?.cancel().catch(() => {});
      await this.#rests();
    }
  }
}

/** What every client asks for. */
export const PROMPT = 'The people of';
export const SEED = 7;
export const CHAT = { model: 'tuned', messages: [{ role: 'user' as const, content: PROMPT }], seed: SEED };
export const MAX_TOKENS = 24;

/** What functions take, and answers by a schema are. */
export const weather = z.object({
  city: z.string().max(8),
  unit: z.enum(['C', 'F']),
  days: z.array(z.number().int().min(0).max(99)).max(3),
});

/** Without what zod would mend. */
export const requireWeather = (value: unknown) => assert.deepEqual(value, weather.parse(value));

/** Fails unless `work` fails; gives its error. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}
