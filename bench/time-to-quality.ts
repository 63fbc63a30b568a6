// `npm run bench:quality -- RUN [--seed N] [--pairs N]`: how long ours takes to the bits per byte that PyTorch reaches. PyTorch trains by
// AdamW with the best of four learning rates in the full time; ours by the run's recipe. Both get the same tokens, batches, shape and
// cores, in turn, A B A B; seconds are those in steps. Exit code 1 where ours takes more than half of PyTorch's time.

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { learn, openText, type Point, type Text } from './learning-run.ts';
import { child, processor, wrongCall } from './measuring.ts';

const PEER = join(import.meta.dirname, 'peers', 'torch_learn.py');
/** Debian's Python, which has python3-torch; another Python that is first on PATH does not. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const RATES = [1e-3, 3e-3, 6e-3, 1.2e-2];
/** Share of PyTorch's time that ours may take. */
const LIMIT = 0.5;
const USAGE = 'npm run bench:quality -- RUN [--seed N] [--pairs N]';
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

interface Peer {
  curve: Point[];
  parameters: number;
  torch: string;
}

/** The files that the peer reads, but for the learning rate. */
function writeJob(folder: string, text: Text, seed: number) {
  const { train } = text.recipe;
  const { batchSize: B, sequenceLength: T, steps } = train;
  const batches = text.batches(seed);
  const ids = new Int32Array(steps * B * (T + 1));
  for (let step = 0, at = 0; step < steps; step++) {
    const { tokens, targets } = batches.batch(step, B);
    for (let row = 0; row < B; row++, at += T + 1) {
      ids.set(tokens.subarray(row * T, (row + 1) * T), at);
      ids[at + T] = targets[(row + 1) * T - 1]!;
    }
  }
  writeFileSync(join(folder, 'batches.bin'), ids);
  writeFileSync(join(folder, 'heldout.bin'), text.heldOut);
}

const python = <T>(args: string[], env?: NodeJS.ProcessEnv): T =>
  child(PYTHON, args, { hint: 'on Debian: apt-get install python3-torch libopenblas0-pthread', env });

/** The environment of PyTorch's fastest setting for this shape: torch_llama.py finds it. */
function fastestEnvironment({ recipe, vocabSize }: Text): NodeJS.ProcessEnv {
  const { model, train } = recipe;
  const sizes = { hidden: model.hiddenSize, layers: model.numHiddenLayers, heads: model.numAttentionHeads };
  const rest = {
    intermediate: model.intermediateSize,
    vocab: vocabSize,
    length: train.sequenceLength,
    batch: train.batchSize,
  };
  const args = Object.entries({ ...sizes, ...rest, steps: 1 }).map(([key, value]) => `--${key}=${value}`);
  const { variables } = python<{ variables: Record<string, string> }>([
    join(import.meta.dirname, 'peers', 'torch_llama.py'),
    ...args,
  ]);
  progress(`PyTorch's fastest setting: ${JSON.stringify(variables)}`);
  return { ...process.env, ...variables };
}

function train(text: Text, folder: string, seed: number, learningRate: number, env: NodeJS.ProcessEnv) {
  const { model, train } = text.recipe;
  const validateAt = Array.from({ length: train.steps }, (_, i) => i + 1).filter(
    (step) => step % train.validateEvery === 0 || step === train.steps,
  );
  const rates = { learningRate, minLearningRate: learningRate / 10 };
  const { vocabSize, heldOutBytes } = text;
  const job = { ...model, ...train, ...rates, vocabSize, seed, validateAt, heldOutBytes };
  writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
  return python<Peer>([PEER, folder], env);
}

/** Seconds until the curve is at or below this; undefined if it never is. */
const secondsTo = (curve: readonly Point[], target: number) =>
  curve.find(([, , bitsPerByte]) => bitsPerByte <= target)?.[1];

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, pairs: { type: 'string', default: '3' } },
  });
  const [run] = positionals;
  const [seed, pairs] = [Number(values.seed), Number(values.pairs)];
  if (!run || !(seed >= 0 && pairs >= 1)) throw wrongCall('names no run', USAGE);
  const text = openText(run, ['train.validateEvery=10']);
  const folder = workFolder('quality');
  const threads = availableParallelism();
  try {
    writeJob(folder, text, seed);
    const env = fastestEnvironment(text);
    const tried = RATES.map((rate) => {
      const { curve, torch } = train(text, folder, seed, rate, env);
      const [, seconds, bits] = curve.at(-1)!;
      progress(`PyTorch ${torch}, AdamW ${rate}: ${bits.toFixed(3)} bits per byte in ${seconds.toFixed(1)} s`);
      return { rate, bits };
    });
    const best = tried.reduce((a, b) => (b.bits < a.bits ? b : a));
    const ratios: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const ours = learn(text, seed, threads);
      const theirs = train(text, folder, seed, best.rate, env);
      if (ours.parameters !== theirs.parameters) throw new Error('not the same shape');
      const [, full, target] = theirs.curve.at(-1)!;
      const took = secondsTo(ours.curve, target) ?? Number.POSITIVE_INFINITY;
      const end = ours.curve.at(-1)!;
      ratios.push(took / full);
      console.log(
        `PyTorch ${target.toFixed(3)} in ${full.toFixed(1)} s; ours the same in ${took.toFixed(1)} s (${(took / full).toFixed(2)}), and ${end[2].toFixed(3)} in ${end[1].toFixed(1)} s`,
      );
    }
    const ratio = ratios.toSorted((a, b) => a - b)[ratios.length >> 1]!;
    console.log(
      `${processor()}, ${threads} threads: ${ratio.toFixed(2)} of PyTorch's time (AdamW ${best.rate}), at most ${LIMIT}`,
    );
    process.exitCode = ratio <= LIMIT ? 0 : 1;
  } finally {
    text.close();
  }
}

main();
