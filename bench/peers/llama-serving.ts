// llama.cpp's side of bench/serve.ts: llama-serving.ts PEER GGUF THREADS prints what `jikji bench --serve --json` prints. Its texts are
// sequences of one context, computed together; nothing goes over HTTP.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Answer,
  CLIENTS,
  measureClients,
  promptOf,
  type ServingSpeed,
  TOKENS,
} from '../../src/cli/serving-speed.ts';

const [peer, modelPath, threads] = process.argv.slice(2) as [string, string, string];

const { getLlama } = await import(pathToFileURL(join(peer, 'node_modules/node-llama-cpp/dist/index.js')).href);
const never = { build: 'never', skipDownload: true, progressLogs: false };
const llama = await getLlama({ gpu: false, ...never, logLevel: 'error', maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const vocabSize: number = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
const cache = { experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' };

interface Sequence {
  clearHistory(): Promise<void>;
  evaluate(ids: number[], options: object): AsyncGenerator<number>;
}

/** One request: the same prompt that our side sends with this number. */
async function ask(sequence: Sequence, number: number) {
  const prompt = promptOf(number, vocabSize, TOKENS);
  const start = performance.now();
  const answer: Answer = { firstMs: 0, lastMs: 0, tokens: 0 };
  await sequence.clearHistory();
  for await (const _ of sequence.evaluate(prompt, {
    temperature: 1,
    topK: 0,
    topP: 1,
    seed: number,
    yieldEogToken: true,
  })) {
    answer.lastMs = performance.now() - start;
    answer.firstMs ||= answer.lastMs;
    if (++answer.tokens === TOKENS) break;
  }
  return answer;
}

async function speedOf(clients: number) {
  const shared = { batchSize: 256, flashAttention: false, threads: Number(threads), ...cache };
  const context = await model.createContext({ contextSize: 2 * TOKENS + 16, sequences: clients, ...shared });
  const sequences: Sequence[] = Array.from({ length: clients }, () => context.getSequence());
  await ask(sequences[0]!, 0);
  const speed = await measureClients(clients, (client, number) => ask(sequences[client]!, number));
  await context.dispose();
  return speed;
}

const speeds: ServingSpeed[] = [];
for (const clients of CLIENTS) speeds.push(await speedOf(clients));
await model.dispose();
await llama.dispose();
console.log(JSON.stringify(speeds));
process.exit(0);
