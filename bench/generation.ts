// `npm run bench:generation -- RUN [--shapes 110m,386m] [--types f32,q8_0] [--pairs N] [--threads N] [--context N]`: tokens a second beside
// llama.cpp, on models of random weights with RUN's tokenizer: reading a prompt, one text, one text far into its context, eight texts at a
// time. Both read the same GGUF, in turn, A B A B; each is a child process. Prints ratios: above 1 ours is faster. After float32 and q8_0 of a
// shape also how fast our q8_0 reads a prompt beside our float32.

import { existsSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeer } from '../checks/llama-cpp/peer.ts';
import { writeModelOf } from '../checks/llama-cpp/random-model.ts';
import { workFolder } from '../checks/work-folder.ts';
import { exportModel } from '../src/foundry/index.ts';
import { parameterCount } from '../src/foundry/model/index.ts';
import { node, processor, spread, wrongCall } from './measuring.ts';
import { randomConfig, SHAPES } from './random-shapes.ts';

const USAGE =
  'npm run bench:generation -- RUN [--shapes 110m,386m] [--types f32,q8_0] [--pairs N] [--threads N] [--context N]';

/** Tokens a second of each kind of work. */
export interface Speeds {
  prefill: number;
  decode: number;
  far: number;
  batch: number;
}

const KINDS: Record<keyof Speeds, string> = {
  prefill: 'a prompt',
  decode: 'one text',
  far: 'one text, far into its context',
  batch: 'eight texts at a time',
};

const peerAt = (script: string) => join(import.meta.dirname, 'peers', script);

interface Compared {
  /** Ours by theirs, of each pair. */
  ratios: Map<keyof Speeds, number[]>;
  /** Our tokens a second of a prompt, of each pair. */
  prefills: number[];
}

/** Pairs in turn; the ratios of each kind. */
function compare(what: string, pairs: number, of: { ours: () => Speeds; theirs: () => Speeds }): Compared {
  const ratios = new Map<keyof Speeds, number[]>();
  const prefills: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [ours, theirs] = [of.ours(), of.theirs()];
    prefills.push(ours.prefill);
    for (const kind of Object.keys(KINDS) as (keyof Speeds)[]) {
      ratios.set(kind, [...(ratios.get(kind) ?? []), ours[kind] / theirs[kind]]);
      const [a, b] = [ours[kind].toFixed(1), theirs[kind].toFixed(1)];
      process.stderr.write(`${what}, ${KINDS[kind]}: ${a} and ${b} tokens/s\n`);
    }
  }
  return { ratios, prefills };
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      shapes: { type: 'string', default: '110m,386m' },
      types: { type: 'string', default: 'f32,q8_0' },
      pairs: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(availableParallelism()) },
      context: { type: 'string', default: '1024' },
    },
  });
  const [run] = positionals;
  const tokenizer = join(run ?? '', 'tokenizer/tokenizer.json');
  const shapes = values.shapes.split(',');
  const types = values.types.split(',') as ('f32' | 'q8_0')[];
  if (
    !run ||
    !existsSync(tokenizer) ||
    shapes.some((name) => !SHAPES[name]) ||
    types.some((type) => type !== 'f32' && type !== 'q8_0')
  )
    throw wrongCall('takes a run, and shapes and types that there are', USAGE);
  const folder = workFolder('generation');
  const peer = join(tmpdir(), 'jikji-llama-cpp');

  installPeer(peer);
  for (const name of shapes) {
    const model = join(folder, name);
    const config = randomConfig(SHAPES[name]!, Number(values.context));
    writeModelOf(model, tokenizer, { config, vectors: 0, matrices: 0.04 });
    const prefills = new Map<string, number[]>();
    for (const type of types) {
      const gguf = join(folder, `${name}-${type}.gguf`);
      await exportModel({ model, to: 'gguf', type, out: gguf });
      const compared = compare(`${name} ${type}`, Number(values.pairs), {
        ours: () => node(peerAt('jikji-generation.ts'), gguf, values.threads, values.context),
        theirs: () => node(peerAt('llama-generation.ts'), peer, gguf, values.threads, values.context),
      });
      const parameters = (parameterCount(config) / 1e6).toFixed(0);
      console.log(`${name}, ${type}: ${parameters} M parameters, ${values.threads} threads, ${processor()}`);
      for (const [kind, all] of compared.ratios) console.log(`  ${KINDS[kind]}: ${spread(all)}`);
      prefills.set(type, compared.prefills);
      rmSync(gguf);
    }
    // Not in the same pair: each of them beside the other in its place.
    const [f32, q8] = [prefills.get('f32'), prefills.get('q8_0')];
    if (f32 && q8)
      console.log(`${name}: a prompt in our q8_0 beside our float32: ${spread(q8.map((one, i) => one / f32[i]!))}`);
  }
}

await main();
