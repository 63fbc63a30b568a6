// `npm run bench -- [s m l] [--evaluate] [--pairs N] [--markdown]`: Jikji and PyTorch on the same work in turn, A B A B: training, or the
// work of evaluation. Knows neither engine: both are child processes, `bin/jikji bench` (or bench/scoring.ts) and
// bench/peers/torch_llama.py, which also describes how PyTorch is tuned first.

import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { JikjiError } from '../src/base/index.ts';
import { type BenchResult, SHAPES, type Shape } from '../src/foundry/index.ts';
import { child, node, processor, wrongCall } from './measuring.ts';
import { markdownTable, type Pair, plainTable, type ShapeResult } from './table.ts';

const ROOT = join(import.meta.dirname, '..');
const PEER = join(import.meta.dirname, 'peers', 'torch_llama.py');
/** Debian's Python, which has python3-torch; another Python that is first on PATH does not. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
/** Above this share of the processor in use by others the figures do not count: threads that wait for each other suffer most. */
const BUSY = 0.05;

interface Setting {
  blas: number;
  omp: number;
  keepMemory: boolean;
}

interface PeerResult {
  tokensPerSecond: number;
  parameters: number;
  torch: string;
  blas: string;
  setting: Setting;
}

const USAGE = 'npm run bench -- [s m l] [--evaluate] [--pairs N] [--steps N] [--markdown]';
const progress = (line: string): void => void process.stderr.write(`${line}\n`);

const ours = (shape: Shape, evaluate: boolean): BenchResult => {
  if (!evaluate) return child(join(ROOT, 'bin', 'jikji'), ['bench', '--shape', shape, '--json']);
  return node(join(import.meta.dirname, 'scoring.ts'), shape);
};

/** Without a setting the peer first finds the fastest one. */
function theirs(shape: Shape, evaluate: boolean, steps: number, setting?: Setting): PeerResult {
  const c = SHAPES[shape];
  const sizes = {
    hidden: c.hiddenSize,
    layers: c.numHiddenLayers,
    heads: c.numAttentionHeads,
    intermediate: Math.floor((8 * c.hiddenSize) / 3 / 32) * 32,
    vocab: c.vocabSize,
    length: c.sequenceLength,
    batch: c.batchSize,
    steps,
  };
  const args = Object.entries(sizes).map(([key, value]) => `--${key}=${value}`);
  if (evaluate) args.push('--forward');
  if (setting) args.push('--setting', JSON.stringify(setting));
  return child(PYTHON, [PEER, ...args], { hint: 'on Debian: apt-get install python3-torch libopenblas0-pthread' });
}

/** Share of the processor that other programs use now, from 0 to 1. */
function busyShare() {
  const times = () => {
    const all = cpus().map(({ times: t }) => ({ idle: t.idle, total: t.user + t.nice + t.sys + t.irq + t.idle }));
    return { idle: all.reduce((n, t) => n + t.idle, 0), total: all.reduce((n, t) => n + t.total, 0) };
  };
  const before = times();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  const after = times();
  return after.total > before.total ? 1 - (after.idle - before.idle) / (after.total - before.total) : 0;
}

function wanted() {
  const asShape = (name: string): Shape => {
    if (Object.hasOwn(SHAPES, name)) return name as Shape;
    throw new JikjiError('usage', `there is no such shape; there are ${Object.keys(SHAPES).join(', ')}`, name, USAGE);
  };
  const asCount = (option: string, text: string) => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new JikjiError('usage', `${option} takes a whole number from 1 on`, text, USAGE);
  };
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        pairs: { type: 'string', default: '5' },
        steps: { type: 'string', default: '5' },
        evaluate: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      help: values.help,
      evaluate: values.evaluate,
      markdown: values.markdown,
      shapes: positionals.length > 0 ? positionals.map(asShape) : (Object.keys(SHAPES) as Shape[]),
      pairs: asCount('--pairs', values.pairs),
      steps: asCount('--steps', values.steps),
    };
  } catch (error) {
    if (error instanceof JikjiError) throw error;
    throw wrongCall((error as Error).message, USAGE);
  }
}

function main() {
  const { help, evaluate, markdown, shapes, pairs, steps } = wanted();
  if (help) {
    console.log(
      `${USAGE}\n  Trains shapes on random tokens with Jikji and with PyTorch in turn, or with --evaluate only scores them; medians of pairs count.`,
    );
    return;
  }
  let busiest = 0;
  const quietly = <T>(run: () => T) => {
    busiest = Math.max(busiest, busyShare());
    return run();
  };
  const results: ShapeResult[] = [];
  const notes: string[] = [];
  for (const shape of shapes) {
    progress(`${shape}: looking for PyTorch's fastest setting`);
    const { setting, torch, blas } = quietly(() => theirs(shape, evaluate, 1));
    const memory = setting.keepMemory ? ', freed memory kept' : '';
    notes.push(
      `${shape}: PyTorch ${torch} with ${blas}, threads: BLAS ${setting.blas}, others ${setting.omp}${memory}`,
    );
    const result: ShapeResult = { shape, parameters: 0, pairs: [] };
    results.push(result);
    for (let n = 1; n <= pairs; n++) {
      const a = quietly(() => ours(shape, evaluate));
      const b = quietly(() => theirs(shape, evaluate, steps, setting));
      if (a.parameters !== b.parameters)
        throw new Error(`not the same work: ${a.parameters}, ${b.parameters} parameters`);
      const pair: Pair = { ours: a.tokensPerSecond, theirs: b.tokensPerSecond, gflops: a.gflops, peak: a.peakGflops };
      result.parameters = a.parameters;
      result.pairs.push(pair);
      const both = `${pair.ours.toFixed(0)} and ${pair.theirs.toFixed(0)} tokens/s`;
      progress(`${shape} ${n}/${pairs}: ${both}, ratio ${(pair.ours / pair.theirs).toFixed(2)}`);
    }
  }
  const machine = `${processor()}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`;
  const lines = [
    `${machine}; Node ${process.version}, V8 ${process.versions.v8}; ${pairs} pairs in turn, median step of each run.`,
    ...notes,
    'Ratio: the median of the pairs. Peak: what our tiles reach alone, in the same minute.',
  ];
  if (busiest > BUSY) {
    lines.push(
      `Not for the record: others kept up to ${Math.round(busiest * 100)}% of the processor busy between the runs.`,
    );
  }
  if (markdown) console.log(`${markdownTable(results)}\n\n${lines.map((line) => `- ${line}`).join('\n')}`);
  else console.log(`${plainTable(results)}\n\n${lines.join('\n')}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof JikjiError)) throw error;
  console.error(`error: ${error.message} (${error.input})\n  ${error.hint}`);
  process.exitCode = 2;
}
