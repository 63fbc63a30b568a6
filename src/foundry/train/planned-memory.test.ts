// Plans of random models, in training and in decoding: the work allocates exactly the planned memory, and fails with a byte less; it
// writes only to its planned memory, and earlier contents of memory change nothing. An operation that allocates more than it writes is
// not found.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { type OpenEngine, openWebAssembly, type Program, planProgram } from '../../engine/index.ts';
import { ADDRESSES } from '../../engine/webassembly/crossing.ts';
import { engineOn } from '../../engine/webassembly/engine.ts';
import { type Plan, scratchAt, workspaceAt } from '../../engine/webassembly/planner.ts';
import { ThreadPool } from '../../engine/webassembly/thread-pool.ts';
import {
  ARCHITECTURES,
  type DecoderSize,
  type ModelConfig,
  openDecoder,
  PAGE_POSITIONS,
  pagesOf,
} from '../model/index.ts';
import { asQ8 } from '../model/testing/q8-weights.ts';
import { Batches, type TrainConfig, Trainer } from './index.ts';
import { smallTalks } from './testing/conversations.ts';
import { randomTokens, reader, smallModel, smallTraining } from './testing/small.ts';

const MODELS = process.env.JIKJI_TORTURE ? 1000 : 30;

/** Threads and memory that record their allocations. */
class WatchedPool extends ThreadPool {
  readonly taken: [at: number, bytes: number][] = [];

  override take(bytes: number) {
    const at = super.take(bytes);
    this.taken.push([at, bytes]);
    return at;
  }
}

/** A NaN, in f32 and in f64. */
const UNSET = 0xfffa5a5a;

/** Opens programs on a memory of `change`d plans, which holds nothing but NaNs; `opened` gets each pool. */
const opener =
  (change: (plan: Plan) => Plan, opened: (pool: WatchedPool, plan: Plan) => void = () => {}): OpenEngine =>
  (program, { threads, ...options }) => {
    const plan = change(planProgram(program, threads).plan);
    const pool = new WatchedPool(plan, options);
    try {
      const engine = engineOn(pool, () => pool.close());
      const declared = program.declare(engine);
      new Uint32Array(pool.buffer).fill(UNSET, ADDRESSES.end / 4);
      opened(pool, plan);
      return { engine, declared };
    } catch (error) {
      pool.close();
      throw error;
    }
  };

/** Throws if a word outside scratch, workspace and tensors was written. */
function checkAround(pool: WatchedPool, plan: Plan) {
  const all = new Uint32Array(pool.buffer);
  const owned: [at: number, bytes: number][] = [
    ...Array.from({ length: plan.threads }, (_, i): [number, number] => [scratchAt(plan, i), plan.scratch]),
    [workspaceAt(plan), plan.workspace],
    ...pool.taken,
  ];
  let end = ADDRESSES.end;
  for (const [at, bytes] of [...owned, [pool.buffer.byteLength, 0] as const]) {
    for (let word = end / 4; word < at / 4; word++)
      if (all[word] !== UNSET) throw new Error(`written ${word * 4 - end} bytes behind what ends at ${end}`);
    end = at + bytes;
  }
  expect(all.subarray(ADDRESSES.zeros / 4, ADDRESSES.constants / 4).every((word) => word === 0)).toBe(true);
}

type Draw = (low: number, high: number) => number;

const draws = (seed: number): Draw => {
  const random = randomNumbers(seed);
  return (low, high) => low + wholeBelow(random, high - low + 1);
};

function drawModel(draw: Draw) {
  const numKeyValueHeads = draw(1, 3);
  const numAttentionHeads = numKeyValueHeads * draw(1, 3);
  const architecture = [...ARCHITECTURES.keys()][draw(0, ARCHITECTURES.size - 1)];
  return smallModel({
    architecture,
    ...(draw(0, 3) === 0 ? { headDim: 2 * draw(1, 8) } : {}),
    vocabSize: draw(2, 150),
    hiddenSize: numAttentionHeads * 2 * draw(1, 5),
    intermediateSize: draw(1, 60),
    numHiddenLayers: draw(1, 2),
    numAttentionHeads,
    numKeyValueHeads,
    tieWordEmbeddings: draw(0, 1) === 1,
  });
}

/** One in ten so long that attention needs more scratch than products do. */
const drawLength = (draw: Draw, most: number, long: number) =>
  draw(0, 9) === 0 ? draw(long, long + 30) : draw(1, most);

function drawTraining(draw: Draw) {
  const [gradientGroups, perGroup] = [draw(1, 2), draw(1, 3)];
  return smallTraining({
    batchSize: gradientGroups * perGroup,
    microBatchSize: draw(1, perGroup),
    gradientGroups,
    ...(draw(0, 1) === 1 ? { optimizer: 'muon', momentum: 0.95 } : {}),
    sequenceLength: drawLength(draw, 30, 170),
  });
}

/** The results of a step and a validation, in bits. */
function train(config: ModelConfig, training: TrainConfig, threads: number, open?: OpenEngine) {
  const { sequenceLength: T, microBatchSize: B } = training;
  const ids = randomTokens(8 * T + 1, config.vocabSize, 1);
  const batches = new Batches([{ tokens: reader(ids), weight: 1 }], 1377, T);
  const talks = new Batches(smallTalks(config, training), 1377, T);
  const trainer = new Trainer(config, training, { threads, tile: 16, ...(open ? { open } : {}) });
  try {
    trainer.initialise(1377);
    const record = trainer.next(batches);
    const ofTalks = trainer.next(talks);
    const tokens = Int32Array.from(ids.subarray(0, B * T));
    const losses = trainer.losses({ tokens, targets: tokens }, T);
    // As many sequences as there are rows.
    trainer.losses({ tokens, targets: tokens, positions: new Int32Array(B * T) }, T);
    expect([record.loss, record.gradNorm, ofTalks.loss, ...losses].every(Number.isFinite)).toBe(true);
    return JSON.stringify([trainer.stateRoot(), record, ofTalks, [...losses]]);
  } finally {
    trainer.close();
  }
}

function drawSize(draw: Draw): DecoderSize {
  const context = drawLength(draw, 60, 560);
  return { rows: draw(1, 80), context, pages: draw(0, 2) === 0 ? 0 : draw(1, 2 * pagesOf(context)) };
}

/** The results of the largest passes of a decoder, in bits. */
function decode(config: ModelConfig, size: DecoderSize, threads: number, open: OpenEngine) {
  const { rows, context, pages: count } = size;
  const read = (name: string, values: Float32Array) => {
    const random = randomNumbers(name.length);
    for (let i = 0; i < values.length; i++) values[i] = random() - 0.5;
  };
  const stored = rows % 2 === 0 ? asQ8(config, read) : { read };
  const decoder = openDecoder(config, size, { threads, open, tile: 8 }, stored);
  try {
    const tokens = (length: number, seed: number) => randomTokens(length, config.vocabSize, seed);
    const found: number[] = [];
    const look = (count: number) => {
      const targets = Array.from({ length: count }, (_, row) => ({ row, token: row % config.vocabSize }));
      decoder.losses(targets, (_, nats, isGreedy) => found.push(nats, Number(isGreedy)));
      found.push(...decoder.logits([count - 1]));
    };
    // All rows, in as many pieces as they need.
    const pieces = [];
    for (let row = 0; row < rows; row += context)
      pieces.push({ tokens: tokens(Math.min(context, rows - row), row), start: 0 });
    decoder.forward(pieces);
    look(rows);
    // One sequence as long as it can be, and its last position once more, alone.
    const end = Math.min(count * PAGE_POSITIONS, context);
    const pages = [...Array(pagesOf(end)).keys()].reverse();
    for (let start = 0; start < end; start += rows) {
      const length = Math.min(rows, end - start);
      decoder.forward([{ tokens: tokens(length, start), start, pages }]);
      look(length);
    }
    if (end > 0) {
      // The same row many times: all of them write the same bits.
      decoder.forward(new Array(rows).fill({ tokens: tokens(1, end), start: end - 1, pages }));
      look(1);
    }
    expect(found.every(Number.isFinite)).toBe(true);
    return JSON.stringify(found);
  } finally {
    decoder.close();
  }
}

const TOO_SMALL = {
  scratch: /bytes of scratch are more than was planned/,
  workspace: /a workspace of \d+ is more than was planned/,
  declared: /more memory than was planned/,
};

/** Runs `work` with exactly the planned memory, and with a byte less of each part. */
function checkPlan(threads: number, work: (threads: number, open: OpenEngine) => string) {
  let check = () => {};
  const exact = opener(
    (plan) => plan,
    (pool, plan) => {
      check = () => checkAround(pool, plan);
    },
  );
  const found = work(threads, exact);
  check();
  for (const [part, error] of Object.entries(TOO_SMALL) as [keyof typeof TOO_SMALL, RegExp][]) {
    const less = opener((plan) => ({ ...plan, [part]: plan[part] - 1 }));
    expect(() => work(1, less), part).toThrow(error);
  }
  return found;
}

/** To start a thread takes longer than all other work here. */
const threadsOf = (i: number) => (i % 40 === 0 ? 2 + ((i / 40) % 2) : 1);

test('a word written beside scratch, workspace or a tensor is found', () => {
  const program: Program<void> = {
    declare: (e) => {
      e.tensor([3]);
      e.tensor([5, 2]);
    },
    exercise: () => {},
    description: 'a test',
    hint: 'none',
  };
  const places: ((plan: Plan, pool: WatchedPool) => number)[] = [
    (plan) => scratchAt(plan, 0) + plan.scratch,
    (plan) => scratchAt(plan, 1) + plan.scratch,
    (plan) => workspaceAt(plan) + plan.workspace,
    (_, { taken }) => taken[0][0] + 12,
    (_, { taken }) => taken[1][0] - 4,
    (_, { taken }) => taken[1][0] + 40,
    (_, { buffer }) => buffer.byteLength - 4,
  ];
  const open = opener(
    (plan) => ({ ...plan, threads: 2, workspace: 100 }),
    (pool, plan) => {
      const all = new Uint32Array(pool.buffer);
      checkAround(pool, plan);
      for (const place of places) {
        const at = place(plan, pool) / 4;
        all[at] ^= 1;
        expect(() => checkAround(pool, plan)).toThrow('written');
        all[at] ^= 1;
      }
    },
  );
  open(program, { threads: 2 }).engine.close();
});

test(`training: ${MODELS} random models`, () => {
  for (let i = 0; i < MODELS; i++) {
    const draw = draws(i);
    const [config, training] = [drawModel(draw), drawTraining(draw)];
    const found = checkPlan(threadsOf(i), (threads, open) => train(config, training, threads, open));
    expect(found).toBe(train(config, training, 1));
  }
});

test(`decoding: ${MODELS} random models`, () => {
  for (let i = 0; i < MODELS; i++) {
    const draw = draws(i);
    const [config, size] = [drawModel(draw), drawSize(draw)];
    const found = checkPlan(threadsOf(i), (threads, open) => decode(config, size, threads, open));
    expect(found).toBe(decode(config, size, 1, openWebAssembly));
  }
});
