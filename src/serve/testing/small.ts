// A small server for tests: two tiny models of random weights, and modest limits on loopback.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALLING, writeModel } from '../../foundry/generate/testing/chat.ts';
import type { ServeModelsOptions } from '../server.ts';

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
