// `npm run bench:serve -- RUN [--type f32] [--pairs N] [--threads N] [--shape tiny]`: the server beside llama.cpp, as clients see them: time to the
// first token and between tokens with 1, 8 and 32 clients. Both have the same GGUF, of random weights with RUN's tokenizer, in turn, A B A B;
// each is a child process. Ours is asked over HTTP, theirs in its own process. Prints ratios: above 1 ours is faster.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeer } from '../checks/llama-cpp/peer.ts';
import { writeModelOf } from '../checks/llama-cpp/random-model.ts';
import { JikjiError } from '../src/base/index.ts';
import type { ServingSpeed } from '../src/cli/serving-speed.ts';
import { exportModel } from '../src/foundry/index.ts';
import { randomConfig, SHAPES } from './random-shapes.ts';
import { median } from './table.ts';

const USAGE = 'npm run bench:serve -- RUN [--type f32|q8_0] [--pairs N] [--threads N] [--shape NAME]';
/** More than prompt and answer have together. */
const CONTEXT = 256;

function child(args: readonly string[]) {
  const done = spawnSync(process.execPath, ['--no-warnings', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (done.status !== 0)
    throw new JikjiError('bench-child', `ended with ${done.status ?? done.signal}`, args[0]!, 'see above');
  return JSON.parse(done.stdout.trim().split('\n').at(-1)!) as ServingSpeed[];
}

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
    throw new JikjiError(
      'usage',
      'takes a run, and a shape and a type that there are',
      process.argv.slice(2).join(' '),
      USAGE,
    );
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
  const folder = mkdtempSync(join(tmpdir(), 'jikji-serve-'));
  const peer = join(tmpdir(), 'jikji-llama-cpp');
  try {
    installPeer(peer);
    const [model, gguf] = [join(folder, 'model'), join(folder, 'model.gguf')];
    writeModelOf(model, tokenizer, { config, vectors: 0, matrices: 0.04 });
    await exportModel({ model, to: 'gguf', type, out: gguf });
    const ratios = compare(Number(pairs), {
      ours: () => child([here('../src/cli/main.ts'), 'bench', '--serve', gguf, '--threads', threads, '--json']),
      theirs: () => child([here('peers/llama-serving.ts'), peer, gguf, threads]),
    });
    console.log(`${shape}, ${type}: ${threads} threads, ${cpus()[0]!.model}`);
    const shown = (all: number[]) =>
      `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
    for (const [clients, { first, between }] of ratios)
      console.log(`  ${clients} clients: first token ${shown(first)}, between tokens ${shown(between)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
