// llama.cpp's side of bench/generation.ts: llama-generation.ts PEER GGUF THREADS CONTEXT prints tokens a second as JSON.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [peer, modelPath, threads, context] = process.argv.slice(2) as [string, string, string, string];
const TEXTS = 8;
const STEPS = 48;
const T = Number(context);
const NEAR = Math.min(256, T / 2);

const { getLlama } = await import(pathToFileURL(join(peer, 'node_modules/node-llama-cpp/dist/index.js')).href);
const never = { build: 'never', skipDownload: true, progressLogs: false };
const llama = await getLlama({ gpu: false, ...never, logLevel: 'error', maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const cache = { experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32' };
const tokens = (count: number) => Array.from({ length: count }, (_, i) => (i * 7919) % 4000);

async function seconds(work: () => Promise<void>) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function open(sequences: number, positions: number) {
  const shared = { batchSize: 256, flashAttention: false, threads: Number(threads), ...cache };
  return model.createContext({ contextSize: positions + 16, sequences, ...shared });
}

/** One token after another, greedy. */
async function go(sequence: { evaluate(ids: number[], options: object): AsyncGenerator<number> }) {
  let count = 0;
  for await (const _ of sequence.evaluate([1], { temperature: 0, yieldEogToken: true })) if (++count === STEPS) break;
}

const one = await open(1, T);
const sequence = one.getSequence();
const read = async (count: number) => {
  await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(tokens(count));
};
await read(NEAR);
await go(sequence);
const prefill = NEAR / (await seconds(() => read(NEAR)));
const decode = STEPS / (await seconds(() => go(sequence)));
await read(T - STEPS - 2);
const far = STEPS / (await seconds(() => go(sequence)));
await one.dispose();

const many = await open(TEXTS, 2 * NEAR);
const sequences = Array.from({ length: TEXTS }, () => many.getSequence());
for (const each of sequences) await each.evaluateWithoutGeneratingNewTokens(tokens(NEAR));
await Promise.all(sequences.map(go));
const batch = (TEXTS * STEPS) / (await seconds(async () => void (await Promise.all(sequences.map(go)))));
await model.dispose();
await llama.dispose();
console.log(JSON.stringify({ prefill, decode, far, batch }));
process.exit(0);
