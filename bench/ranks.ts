// The cost of sharing a step: one process of 2 threads against 2 ranks of 1 thread on the same training, in turn, A B A B. Both must come
// to the same state. Prints the time in communication by phase, and the bytes sent against the least possible.
// usage: node bench/ranks.ts [--shape s|m|l] [--ranks N] [--pairs N] [--steps N]; exit code 1 where the goal is not reached

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { joinRanks } from '../src/fleet/index.ts';
import { configOfShape, SHAPES, type Shape } from '../src/foundry/index.ts';
import { parameterCount } from '../src/foundry/model/index.ts';
import { Batches, conduct, follow, type Ranks, Trainer } from '../src/foundry/train/index.ts';
import { processor } from './measuring.ts';
import { median } from './table.ts';

const GOAL = 0.85;

const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: 'm' },
    ranks: { type: 'string', default: '2' },
    pairs: { type: 'string', default: '5' },
    steps: { type: 'string', default: '5' },
    /** Set in a process that is measured. */
    measured: { type: 'string' },
  },
});
const shape = values.shape as Shape;
const [size, pairs, steps] = [values.ranks, values.pairs, values.steps].map(Number) as [number, number, number];
if (!Object.hasOwn(SHAPES, shape) || ![size, pairs, steps].every((n) => Number.isInteger(n) && n > 0) || size < 2) {
  console.error('usage: node bench/ranks.ts [--shape s|m|l] [--ranks N] [--pairs N] [--steps N]');
  process.exit(2);
}

interface Phase {
  /** Time until the other ranks reached the phase; then until the messages arrived. */
  waited: number;
  moved: number;
  sent: number;
}

interface Measured {
  seconds: number;
  stateRoot: string;
  /** Over all measured steps; milliseconds and bytes of rank 0. */
  phases: Record<string, Phase>;
}

/** Ranks that measure their messages. They synchronise at the start of each phase, to separate waiting from sending. */
class Noted implements Ranks {
  readonly rank: number;
  readonly size: number;
  phases: Record<string, Phase> = {};
  readonly #ranks: Ranks;
  #phase = '';

  constructor(ranks: Ranks) {
    this.rank = ranks.rank;
    this.size = ranks.size;
    this.#ranks = ranks;
  }

  start(...[what, sends, receives]: Parameters<Ranks['start']>): ReturnType<Ranks['start']> {
    this.phases[what] ??= { waited: 0, moved: 0, sent: 0 };
    const phase = this.phases[what];
    const from = performance.now();
    if (what !== this.#phase) this.#meet();
    this.#phase = what;
    const met = performance.now();
    phase.waited += met - from;
    const exchange = this.#ranks.start(what, sends, receives);
    phase.moved += performance.now() - met;
    for (const { data } of sends) phase.sent += data.byteLength;
    return {
      wait: () => {
        const from = performance.now();
        exchange.wait();
        phase.moved += performance.now() - from;
      },
    };
  }

  #meet() {
    const byte = () => new Uint8Array(new SharedArrayBuffer(1));
    const others = [...Array(this.size).keys()].filter((rank) => rank !== this.rank);
    const all = () => others.map((rank) => ({ rank, data: byte() }));
    this.#ranks.start('meeting', all(), all()).wait();
  }
}

/** Trains on random tokens; the median step counts, after one to warm up. */
function measure(threads: number, ranks?: Noted): Measured {
  const { batchSize, sequenceLength } = SHAPES[shape];
  const config = configOfShape(shape);
  const train = {
    steps: 1000,
    batchSize: Math.max(batchSize, size),
    microBatchSize: Math.max(1, Math.floor(batchSize / size)),
    sequenceLength,
    gradientGroups: size,
    learningRate: 1e-3,
    minLearningRate: 1e-4,
    schedule: 'cosine' as const,
    warmupSteps: 10,
    decayFraction: 0.2,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    eps: 1e-8,
    gradClip: 1,
  };
  let x = 1;
  const ids = Uint32Array.from({ length: 64 * train.batchSize * sequenceLength + 1 }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x % config.vocabSize;
  });
  const tokens = { length: ids.length, read: (start: number, count: number) => ids.subarray(start, start + count) };
  const batches = new Batches([{ tokens, weight: 1 }], 1, sequenceLength);
  const trainer = new Trainer(config, train, { threads, ranks });
  try {
    trainer.initialise(1);
    trainer.next(batches);
    if (ranks) ranks.phases = {};
    const times = Array.from({ length: steps }, () => {
      const start = performance.now();
      trainer.next(batches);
      return (performance.now() - start) / 1000;
    });
    const phases = ranks?.phases ?? {};
    return { seconds: median(times), phases, stateRoot: trainer.stateRoot() };
  } finally {
    trainer.close();
  }
}

async function measured(how: string) {
  if (how === 'process') {
    console.log(JSON.stringify(measure(size)));
    return;
  }
  const joined = await joinRanks();
  const ranks = new Noted(joined);
  if (ranks.rank > 0) follow(ranks, 1);
  else console.log(JSON.stringify(await conduct(ranks, async () => measure(1, ranks))));
  joined.finish();
}

function child(command: string, args: string[]): Measured {
  const own = ['--no-warnings', import.meta.filename, '--shape', shape, '--ranks', `${size}`, '--steps', `${steps}`];
  const all = [...args, process.execPath, ...own, '--measured', command === 'mpiexec' ? 'ranks' : 'process'];
  const { status, stdout, error } = spawnSync(command, command === 'mpiexec' ? all : all.slice(1), {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ended with ${error?.message ?? status}`);
  return JSON.parse(stdout);
}

function compare() {
  const ratios: number[] = [];
  const all: Measured[] = [];
  for (let i = 1; i <= pairs; i++) {
    const one = child(process.execPath, []);
    const shared = child('mpiexec', ['-n', `${size}`]);
    if (one.stateRoot !== shared.stateRoot) throw new Error('not the same bits: nothing to compare');
    ratios.push(one.seconds / shared.seconds);
    all.push(shared);
    console.error(
      `${i}/${pairs}: ${one.seconds.toFixed(3)} and ${shared.seconds.toFixed(3)} s a step, ratio ${ratios.at(-1)!.toFixed(3)}`,
    );
  }
  const ratio = median(ratios);
  const between = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  console.log(
    `${processor()}, ${availableParallelism()} cores; Node ${process.version}; shape ${shape}, ${pairs} pairs in turn`,
  );
  console.log(
    `${size} ranks of 1 thread do ${ratio.toFixed(3)} of the work of 1 process of ${size} threads (${between}); goal ${GOAL}`,
  );
  const step = median(all.map(({ seconds }) => seconds)) * 1000;
  const names = Object.keys(all[0]!.phases);
  const of = (name: string, value: (phase: Phase) => number) =>
    median(all.map(({ phases }) => value(phases[name]!) / steps));
  console.log(
    `\nof a step of ${step.toFixed(0)} ms, on rank 0: ms waiting for others to come as far, ms in messages, MB sent`,
  );
  for (const name of names) {
    const [waited, moved, sent] = [of(name, (p) => p.waited), of(name, (p) => p.moved), of(name, (p) => p.sent / 1e6)];
    console.log(
      `  ${name.padEnd(14)}${waited.toFixed(1).padStart(8)}${moved.toFixed(1).padStart(8)}${sent.toFixed(2).padStart(9)}`,
    );
  }
  const total = names.reduce((sum, name) => sum + of(name, ({ sent }) => sent), 0);
  const moving = names.reduce((sum, name) => sum + of(name, ({ moved }) => moved), 0);
  // A rank sends to each other rank the gradients of that rank's pieces and the weights of its own pieces.
  const least = (2 * (size - 1) * 4 * parameterCount(configOfShape(shape))) / size;
  console.log(
    `  in messages ${((moving / step) * 100).toFixed(1)}% of the time; sent ${(total / least).toFixed(3)} times the ${(least / 1e6).toFixed(2)} MB that must be (each gradient and each weight once)`,
  );
  if (ratio < GOAL) process.exitCode = 1;
}

if (values.measured) await measured(values.measured);
else compare();
