// Opens models, lets them answer and closes them, over and over in one process: what is left behind adds up, and what V8 does with the code
// and the memories of engines that are gone happens here.
// usage: node --expose-gc testing/soak.ts FOLDER ROUNDS; prints a line of JSON { round, rss } after each tenth of them.

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { TextModel } from '../index.ts';
import { writeModel } from './chat.ts';

const [folder, count] = process.argv.slice(2) as [string, string];
const rounds = Number(count);
const [a, b] = [join(folder, 'a'), join(folder, 'b')];
writeModel(a, 64);
writeModel(b, 2048, { endless: true });
const options = { temperature: 1, topK: 0, topP: 1, full: 'end' as const, maxTokens: 8, onText: () => {} };

let first: string | undefined;
for (let round = 1; round <= rounds; round++) {
  // One at a time, two at a time, one left open while another goes; one, two or three threads.
  const models = [a, ...(round % 3 ? [] : [b])].map((path) => TextModel.open(path, { threads: 1 + (round % 3) }));
  const ids = [256, 97, 98, 99];
  const texts = await Promise.all(models.map((model) => model.continue(ids, { ...options, seed: 7 })));
  const { tokenIds } = texts[0];
  first ??= tokenIds.join();
  if (first !== tokenIds.join()) throw new Error(`round ${round} gave ${tokenIds} and not ${first}`);
  for (const model of models) model.close();
  // Workers end, and their messages arrive, between rounds.
  await setImmediate();
  if (round % Math.max(1, rounds / 10) === 0) {
    (globalThis as unknown as { gc(): void }).gc();
    await setImmediate();
    console.log(JSON.stringify({ round, rss: process.memoryUsage.rss() }));
  }
}
