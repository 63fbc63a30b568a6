// `npm run bench:serve -- RUN [--type f32] [--pairs N] [--threads N] [--shape tiny]`: the server beside llama.cpp, as clients see them: time to the
// first token and between tokens with 1, 8 and 32 clients. Both have the same GGUF, of random weights with RUN's tokenizer, in turn, A B A B;
// each is a child process. Ours is asked over HTTP, theirs in its own process. Prints ratios: above 1 ours is faster.

import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeer } from '../checks/llama-cpp/peer.ts';
import { writeModelOf } from '../checks/llama-cpp/random-model.ts';
import { workFolder } from '../checks/work-folder.ts';
import type { ServingSpeed } from '../src/cli/serving-speed.ts';
import { exportModel } from '../src/foundry/index.ts';
import { node, processor, spread, wrongCall } from './measuring.ts';
import { randomConfig, SHAPES } from './random-shapes.ts';

const USAGE = 'npm run bench:serve -- RUN [--type f32|q8_0] [--pairs N] [--threads N] [--shape NAME]';
/** More than prompt and answer have together. */
const CONTEXT = 256;

const here = (path: string) => join(import.meta.dirname, path);

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      shape: { type: 'string', default: '110m' },
      type: { type: 'string', default: 'f32' },
      pairs: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const tokenizer = join(positionals[0] ?? '', 'tokenizer/tokenizer.json');
  const type = (['f32', 'q8_0'] as const).find((one) => one === values.type);
  const shape = SHAPES[values.shape];
  if (!existsSync(tokenizer) || !type || !shape)
    throw wrongCall('takes a run, and a shape and a type that there are', USAGE);
  return { ...values, type, tokenizer, config: randomConfig(shape, CONTEXT) };
}

/** Ratios of each number of clients: theirs by ours for times. */
function compare(pairs: number, of: { ours: () => ServingSpeed[]; theirs: () => ServingSpeed[] }) {
  const ratios = new Map<number, { first: number[]; between: number[] }>();
  for (let pair = 0; pair < pairs; pair++) {
    const [ours, theirs] = [of.ours(), of.theirs()];
    for (const [i, a] of ours.entries()) {
      const b = theirs[i]!;
      const own = ratios.get(a.clients) ?? { first: [], between: [] };
      own.first.push(b.firstMs / a.firstMs);
      own.between.push(b.betweenMs / a.betweenMs);
      ratios.set(a.clients, own);
      const shown = ({ firstMs, betweenMs }: ServingSpeed) => `${firstMs.toFixed(0)} and ${betweenMs.toFixed(1)} ms`;
      process.stderr.write(`${a.clients} clients: ours ${shown(a)}, theirs ${shown(b)}\n`);
    }
  }
  return ratios;
}

async function main() {
  const { shape, type, pairs, threads, tokenizer, config } = options();
  const folder = workFolder('serve');
  const peer = join(tmpdir(), 'jikji-llama-cpp');

  installPeer(peer);
  const [model, gguf] = [join(folder, 'model'), join(folder, 'model.gguf')];
  writeModelOf(model, tokenizer, { config, vectors: 0, matrices: 0.04 });
  await exportModel({ model, to: 'gguf', type, out: gguf });
  const ratios = compare(Number(pairs), {
    ours: () => node(here('../src/cli/main.ts'), 'bench', '--serve', gguf, '--threads', threads, '--json'),
    theirs: () => node(here('peers/llama-serving.ts'), peer, gguf, threads),
  });
  console.log(`${shape}, ${type}: ${threads} threads, ${processor()}`);
  for (const [clients, { first, between }] of ratios)
    console.log(`  ${clients} clients: first token ${spread(first)}, between tokens ${spread(between)}`);
}

await main();
