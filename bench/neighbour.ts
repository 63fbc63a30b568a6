// `npm run bench:neighbour`: how fast an answer comes beside another client's eight texts of one schema, against alone. The schema is an
// enum of 2,000 strings of 200 letters: random ones, and ones that begin alike. In this process, with a model of random weights and a
// vocabulary of letters; speeds are in tokens a second of processor time. Prints ratios: 1 is as fast as alone.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeModelOf } from '../checks/llama-cpp/random-model.ts';
import { workFolder } from '../checks/work-folder.ts';
import { randomNumbers } from '../src/base/testing/random-numbers.ts';
import { ServedModel } from '../src/foundry/requests/index.ts';
import { Tokenizer } from '../src/foundry/tokenizer/index.ts';
import { processor, spread } from './measuring.ts';
import { randomConfig, SHAPES } from './random-shapes.ts';

const CONTEXT = 1024;
const VOCAB = 16_000;
const STRINGS = 2000;
const LETTERS = 200;
const CHOICES = 8;
const PAIRS = 5;
/** Tokens of the neighbour. */
const TOKENS = 400;
/** Bytes of the shortest answer by the schema are more: its masks are then those of a text that has to end in time. */
const MAX_TOKENS = 400;

const random = randomNumbers(1);
const word = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');

/** Single bytes, an end, and words of two to six letters. */
function vocabulary() {
  const words = new Set<string>();
  while (words.size < VOCAB - 257) words.add(word(2 + Math.floor(random() * 5)));
  const end = '<|endoftext|>';
  const texts = [end, ...words].map((text) => new TextEncoder().encode(text));
  return new Tokenizer({
    tokens: [...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)), ...texts],
    specials: new Map([[end, 256]]),
    merges: new Uint32Array(),
  });
}

const SCHEMAS: Record<string, { enum: string[] } | undefined> = {
  'no schema': undefined,
  'random strings': { enum: Array.from({ length: STRINGS }, () => word(LETTERS)) },
  'strings that begin alike': {
    enum: Array.from({ length: STRINGS }, (_, i) => `${'a'.repeat(LETTERS - 4)}${`${i}`.padStart(4, '0')}`),
  },
};

const sampling = { temperature: 1, topK: 0, topP: 1, full: 'end' as const };

/** Tokens a second of the neighbour's answer, by processor time. */
async function speedOf(model: ServedModel, seed: number) {
  const before = process.cpuUsage();
  const options = {
    ...sampling,
    seed,
    maxTokens: TOKENS,
    client: 'neighbour',
    ends: new Set<number>(),
    onText: () => {},
  };
  const { tokenIds } = await model.text.continue(model.promptOf(word(20)), options);
  const { user, system } = process.cpuUsage(before);
  return (tokenIds.length * 1e6) / (user + system);
}

/** The speed beside requests for several texts of a schema, one request after another as long as the neighbour is not done. */
async function speedBeside(model: ServedModel, schema: unknown, seed: number) {
  const over = new AbortController();
  const masks = () => model.masksOf({ schema, place: 'schema' }, new Set());
  const requests = async () => {
    for (let round = seed * 1000; !over.signal.aborted; round += CHOICES) {
      const newMask = schema === undefined ? undefined : await model.text.scheduler.job('schema', masks);
      const prompt = model.promptOf(word(20));
      const texts = Array.from({ length: CHOICES }, (_, i) => {
        const own = { seed: round + i, maxTokens: MAX_TOKENS, client: 'schema', ...(newMask && { mask: newMask() }) };
        return model.text.continue(prompt, { ...sampling, ...own, signal: over.signal, onText: () => {} });
      });
      await Promise.all(texts);
    }
  };
  const asking = requests();
  const speed = await speedOf(model, seed);
  over.abort();
  await asking;
  return speed;
}

async function main() {
  const folder = workFolder('neighbour');

  const [path, tokenizer] = [join(folder, 'model'), join(folder, 'tokenizer.json')];
  writeFileSync(tokenizer, vocabulary().toJson());
  const config = { ...randomConfig(SHAPES.tiny!, CONTEXT), vocabSize: VOCAB };
  writeModelOf(path, tokenizer, { config, vectors: 0, matrices: 0.04, endId: 256 });
  const model = new ServedModel({ name: 'model', folder: path, threads: 1, texts: 1 + CHOICES });
  await speedOf(model, 0);
  console.log(`${CHOICES} texts of ${STRINGS} strings of ${LETTERS} letters, ${processor()}`);
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const ratios: number[] = [];
    for (let pair = 1; pair <= PAIRS; pair++)
      ratios.push((await speedBeside(model, schema, pair)) / (await speedOf(model, pair)));
    console.log(`  ${name}: ${spread(ratios, 3)}`);
  }
  model.close();
}

await main();
