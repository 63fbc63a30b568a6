// A small server for tests: two tiny models of random weights, and modest limits on loopback.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLING, writeModel } from '../../foundry/generate/testing/chat.ts';
import { type ModelServer, type ServeModelsOptions, serveModels } from '../server.ts';

/** All that a server takes but its models. */
export const SMALL: Omit<ServeModelsOptions, 'models'> = {
  host: '127.0.0.1',
  port: 0,
  orNext: false,
  threads: 1,
  texts: 4,
  maxWaiting: 50,
  maxSeconds: 60,
  guesses: false,
};

/** Sends JSON, or a text in its place; `more`: other headers, a signal. */
export const postJson = (url: string, body: unknown, { headers, ...more }: RequestInit = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(headers as object) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });

/** Serves while `work` goes on. */
export async function withServer(
  options: ServeModelsOptions,
  work: (server: ModelServer) => Promise<unknown>,
): Promise<void> {
  const server = await serveModels(options);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

/** The models in `folder`: `base`, and `tuned`, which has a chat template that takes tools, and never ends by itself. */
export const modelsIn = (folder: string): ServeModelsOptions['models'] =>
  ['base', 'tuned'].map((name) => ({ name, folder: join(folder, name) }));

/** Writes them. */
export function writeModels(folder: string, context: number): ServeModelsOptions['models'] {
  mkdirSync(folder, { recursive: true });
  writeModel(join(folder, 'base'), context);
  writeModel(join(folder, 'tuned'), context, { endless: true });
  writeFileSync(join(folder, 'tuned', 'tokenizer_config.json'), JSON.stringify({ chat_template: CALLING }));
  return modelsIn(folder);
}
