// The cost of an audit, as a share of the training that it checks: recipes/hello.yaml, and a run of 200 segments of 50 steps. Both are
// made and audited here with the same threads; the seconds of the training are the number of steps times the time of a step, as the
// audit measures it.
// usage: npm run bench:audit -- [--threads N] [--run hello|long]; exit code 1 where a limit is not kept

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { audit, CHECKS } from '../src/audit/index.ts';
import { makeRun, parseRecipe } from '../src/foundry/index.ts';
import { writeTexts } from './texts.ts';

const { values } = parseArgs({
  options: { threads: { type: 'string', default: String(availableParallelism()) }, run: { type: 'string' } },
});
const threads = Number(values.threads);

const HELLO = fileURLToPath(new URL('../recipes/hello.yaml', import.meta.url));
const folder = workFolder('bench-audit');
// Uses the user's cache of tarballs, so that no download is measured.
for (const name of ['CONFIG', 'STATE']) process.env[`XDG_${name}_HOME`] = join(folder, name);

/** Texts of random words, and a recipe of 10,000 steps on them with a state every 50 steps: a small model, with the same ratio of tokens per step to weights as hello. */
function longRecipe() {
  writeTexts(folder, 100);
  return parseRecipe(
    JSON.stringify({
      name: 'long',
      seed: 1377,
      corpus: { sources: [{ files: '*.txt', licence: 'CC0-1.0' }] },
      tokenizer: { vocabSize: 2048 },
      model: { hiddenSize: 96, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 },
      train: {
        ...{ steps: 10_000, batchSize: 16, sequenceLength: 128, checkpointEvery: 50, keepEvery: 1 },
        ...{ validateEvery: 1e6, warmupSteps: 100, learningRate: 0.002 },
      },
    }),
    { file: 'long.yaml' },
  );
}

const RUNS = [
  {
    name: 'hello',
    most: 0.33,
    recipe: () => parseRecipe(readFileSync(HELLO, 'utf8'), { file: HELLO }),
    at: dirname(HELLO),
  },
  { name: 'long', most: 0.12, recipe: longRecipe, at: folder },
].filter(({ name }) => values.run === undefined || values.run === name);

let kept = true;

for (const { name, most, recipe, at } of RUNS) {
  const out = join(folder, name);
  process.stderr.write(`making ${name} ...\n`);
  await makeRun({
    recipe: recipe(),
    recipeFolder: at,
    out,
    threads,
    resume: false,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  process.stderr.write(`auditing ${name} ...\n`);
  const seconds = new Map<string, number>();
  let last = { check: 'structure', at: performance.now() };
  const begun = last.at;
  const mark = (check: string) => {
    const now = performance.now();
    seconds.set(last.check, (seconds.get(last.check) ?? 0) + (now - last.at) / 1000);
    last = { check, at: now };
  };
  // The key that signed the run is here: this changes only the claimed chance, not the work.
  const found = await audit({ folder: out, threads, onProgress: ({ check }) => mark(check) });
  mark('end');
  const { steps, replayedSteps, replaySeconds } = found.cost;
  const training = (steps * replaySeconds) / replayedSteps;
  const total = (performance.now() - begun) / 1000;
  const percent = (x: number) => `${(100 * x).toFixed(1)}%`;
  const rows = CHECKS.filter((check) => seconds.has(check)).map((check) => [
    check,
    seconds.get(check)!.toFixed(2),
    percent(seconds.get(check)! / training),
  ]);
  console.log(
    `\n${name}: ${found.verdict}; ${found.run.segments.length} segments, ${replayedSteps} of ${steps} steps trained again, a step ${((1000 * replaySeconds) / replayedSteps).toFixed(1)} ms, ${threads} threads`,
  );
  const lines = [
    ['check', 'seconds', 'of the training'],
    ['---', '---', '---'],
    ...rows,
    ['all', total.toFixed(2), percent(total / training)],
  ];
  for (const line of lines) console.log(`| ${line.join(' | ')} |`);
  if (found.verdict !== 'holds' || total / training > most) {
    kept = false;
    console.log(`over the limit of ${percent(most)}`);
  }
}

process.exitCode = kept ? 0 : 1;
