// `npm run check:replay -- RUN [SEGMENTS]`: PyTorch trains segments of a finished run again, from its kept states, and comes to the recorded
// losses and the next states within float32. So an implementation that shares nothing with the engine checks the run itself. Its batches are
// written here; replay.py compares their digests with the transcript before it uses them. Judges nothing.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DType, writeSafetensors } from '../../src/formats/index.ts';
import { modelOf, parseRecipe } from '../../src/foundry/index.ts';
import { openTokens, Tokenizer } from '../../src/foundry/tokenizer/index.ts';
import { Batches } from '../../src/foundry/train/index.ts';
import { readStatement } from '../../src/ledger/index.ts';
import { PYTHON } from '../forks.ts';
import { workFolder } from '../work-folder.ts';

const [run, count = '4'] = process.argv.slice(2);
if (run === undefined || !/^\d+$/.test(count)) {
  console.error('usage: npm run check:replay -- RUN [SEGMENTS]');
  process.exit(2);
}

const recipe = parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
const { kept, seed } = readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment;
const segments = kept.map((to, i) => [kept[i - 1] ?? 0, to] as const).filter(([from]) => from > 0);
/** The last one, and others evenly before it. */
const chosen = Array.from(
  { length: Math.min(Number(count), segments.length) },
  (_, i) => segments.at(-1 - Math.floor((i * segments.length) / Number(count)))!,
).reverse();

const vocabSize = Tokenizer.load(join(run, 'tokenizer/tokenizer.json')).vocabSize;
const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
const sources = recipe.corpus.sources.map(({ weight }, i) => ({
  tokens: openTokens(join(run, 'corpus', tokens.sources[i].train.file), tokens.width, { vocabSize }),
  weight,
}));
const { batchSize: B, sequenceLength: T } = recipe.train;
const batches = new Batches(sources, BigInt(`0x${seed}`), T);
const folder = workFolder('replay');
try {
  const list = chosen.flatMap(([from, to]) =>
    Array.from({ length: to - from }, (_, i) => from + i + 1).flatMap((step) => {
      const batch = batches.batch(step - 1, B);
      return (['tokens', 'targets'] as const).map((name) => {
        const values = batch[name].slice();
        const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        return { name: `${name}.${step}`, dtype: 'I32' as DType, shape: [B, T], data };
      });
    }),
  );
  const fd = openSync(join(folder, 'batches.safetensors'), 'w');
  writeSafetensors(fd, list);
  closeSync(fd);
  const { train } = recipe;
  writeFileSync(
    join(folder, 'run.json'),
    JSON.stringify({ model: modelOf(recipe, vocabSize), train, segments: chosen }),
  );
  const done = spawnSync(PYTHON, [join(import.meta.dirname, 'replay.py'), run, folder], { stdio: 'inherit' });
  if (done.error)
    console.error(`error: ${PYTHON} cannot be run (${done.error.message})\n  on Debian: apt-get install python3-torch`);
  process.exitCode = done.error ? 2 : (done.status ?? 1);
} finally {
  for (const source of sources) source.tokens.close();
}
