// Random schedules: texts that begin alike, come and go, share passes and pages, are guessed and stopped. Every logit that a text got and
// every token that was chosen for it is held against the forward pass of a training over that text alone: no pages, no decoder.

import { afterAll, describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import * as oracle from '../../engine/testing/oracle/index.ts';
import { type Decoder, openDecoder, pagesOf, parameters } from '../model/index.ts';
import { asQ8 } from '../model/testing/q8-weights.ts';
import { openTraining, type TrainingPass } from '../model/testing/training-pass.ts';
import { smallModel } from '../train/testing/small.ts';
import { choose, type Logits } from './choose.ts';
import { Continuation, type ContinueOptions, type Token } from './continuation.ts';
import { Scheduler } from './scheduler.ts';
import { Scoring } from './text-model.ts';

const { binary32: A } = oracle;

const CONTEXT = 150;
const SCHEDULES = process.env.JIKJI_TORTURE ? 10_000 : 200;
/** Of a decoder. Threads that wait for each other take twenty times as long as so small a model: fewer of them have several. */
const THREADS = process.env.JIKJI_TORTURE ? [1, 2, 3] : [1, 1, 1, 1, 2, 3];

const config = smallModel({
  vocabSize: 23,
  hiddenSize: 32,
  intermediateSize: 40, // rows that are no whole blocks: one matrix of a layer stays binary32
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
});

function weights(name: string, values: Float32Array) {
  const { std } = parameters(config).find((parameter) => parameter.name === name)!;
  const random = randomNumbers([...name].reduce((sum, c) => Math.imul(sum, 31) + c.charCodeAt(0), 7));
  for (let i = 0; i < values.length; i++) values[i] = (random() - 0.5) * (std === undefined ? 1 : 0.8) + (std ? 0 : 1);
}

/** The same weights in binary32 and as bytes. */
const STORED = [{ read: weights }, asQ8(config, weights)];
const trainings = STORED.map((stored) => openTraining(config, CONTEXT, stored));
afterAll(() => {
  for (const training of trainings) training.close();
});

/** The bits of logits; -0 counts as +0. */
const bitsOf = (values: Float32Array) => Buffer.from(values.map((x) => (x === 0 ? 0 : x)).buffer).toString('hex');

class Draw {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = randomNumbers(seed);
  }
  below(n: number) {
    return Math.floor(this.next() * n);
  }
  chance(share: number) {
    return this.next() < share;
  }
  of<T>(...some: T[]): T {
    return some[this.below(some.length)]!;
  }
  tokens(n: number) {
    return Array.from({ length: n }, () => this.below(config.vocabSize));
  }
}

/** A continuation that keeps every input that it got logits for, and the logits. */
class Recorded extends Continuation {
  readonly seen: { input: number[]; bits: string; chosen: number | undefined }[] = [];
  onNext = () => {};

  override next(logits: Logits) {
    const bits = bitsOf(logits.values);
    const input = [...this.input];
    const before = this.ids.length;
    const next = super.next(logits);
    this.seen.push({ input, bits, chosen: this.ids[before] });
    this.onNext();
    return next;
  }
}

const ENDS = new Set([3]);

function optionsOf(r: Draw): ContinueOptions {
  return {
    ...{
      temperature: r.of(0, 0.7, 1.5),
      topK: r.of(0, 0, 5),
      topP: r.of(1, 0.9),
      minP: r.of(0, 0.05),
      seed: r.below(1e6),
    },
    maxTokens: 1 + r.below(r.of(3, 30, 120)),
    ends: r.chance(0.5) ? ENDS : new Set(),
    vocabSize: config.vocabSize - r.below(2),
    context: CONTEXT,
    full: r.of('slide', 'end'),
    guesses: r.chance(0.5),
    onToken: () => false,
  };
}

/** Holds what a text got against the training's passes over its inputs alone. */
function check(training: TrainingPass, task: Recorded, options: ContinueOptions) {
  const V = config.vocabSize;
  let [known, logits]: [number[], Float32Array] = [[], new Float32Array()];
  for (const [i, { input, bits, chosen }] of task.seen.entries()) {
    // A pass over the longest input that begins so has the logits of all of them.
    if (input.some((id, at) => known[at] !== id)) {
      const more = task.seen.slice(i).filter((one) => input.every((id, at) => one.input[at] === id));
      known = more.reduce((a, b) => (b.input.length > a.length ? b.input : a), input);
      logits = training.logits(known).slice();
    }
    const row = logits.slice((input.length - 1) * V, input.length * V);
    expect({ i, bits }).toEqual({ i, bits: bitsOf(row) });
    row.fill(-Infinity, options.vocabSize);
    const exponentials = (scale: number) => ({ values: oracle.exponentials(A, row, scale) as Float32Array, sum: 0 });
    const id = choose({ values: row, exponentials }, options, i);
    expect({ i, id: options.ends.has(id) ? undefined : id }).toEqual({ i, id: chosen });
  }
}

/** One after another: a decoder is opened anew every so often, with another size. */
const SCHEDULES_OF_DECODER = 5;
const met = new Set<string>();
let opened: { number: number; decoder: Decoder; training: TrainingPass } | undefined;
afterAll(() => opened?.decoder.close());

function decoderFor(schedule: number): { decoder: Decoder; training: TrainingPass } {
  const number = Math.floor(schedule / SCHEDULES_OF_DECODER);
  if (opened?.number === number) return opened;
  opened?.decoder.close();
  const r = new Draw(1000 + number);
  const size = {
    rows: r.of(3, 10, 40, 200),
    context: CONTEXT,
    // Hardly one context, or room for all.
    pages: pagesOf(CONTEXT) + r.of(0, 1, 3, 30),
    logits: 1 + r.below(12),
  };
  const kind = number % STORED.length;
  // A third of them have each layer in an engine of its own.
  const options = {
    threads: THREADS[(number + Math.floor(number / 6)) % THREADS.length],
    ...(number % 3 === 2 && { memory: 1 }),
  };
  const decoder = openDecoder(config, size, options, STORED[kind]);
  expect(decoder.engines).toBe(number % 3 === 2 ? config.numHiddenLayers : 1);
  met
    .add(`${options.threads} threads`)
    .add(`${decoder.engines} engines`)
    .add(`weights ${kind}, ${number % 3}`);
  opened = { number, decoder, training: trainings[kind] };
  return opened;
}

async function runSchedule(number: number): Promise<{ cached: number; guessedRight: number }> {
  const r = new Draw(number);
  const { decoder, training } = decoderFor(number);
  const scheduler = new Scheduler(decoder);
  const base = r.tokens(CONTEXT);
  const textOf = () => {
    const begun = base.slice(0, r.chance(0.7) ? r.below(CONTEXT - 20) : 0);
    return [...begun, ...(r.chance(0.3) ? begun.slice(0, 12) : []), ...r.tokens(1 + r.below(20))].slice(0, CONTEXT);
  };
  const tasks: { task: Recorded; options: ContinueOptions; echoed?: Token[] }[] = [];
  const scorings: { task: Scoring; tokens: number[]; first: number }[] = [];
  const ended: Promise<unknown>[] = [];
  const client = () => ({ client: r.of('a', 'b', 'c') });
  const begin = (ids: number[], options: ContinueOptions, later: (() => void)[]) => {
    const echoed: Token[] = [];
    // With the prompt echoed, its likelihoods are wanted too.
    const isEchoed = r.chance(0.15);
    const more = isEchoed && { likelihoods: r.below(3), onPromptToken: (token: Token) => void echoed.push(token) };
    const task = new Recorded(ids, { ...options, ...more });
    const controller = new AbortController();
    const stopAfter = r.chance(0.2) ? 1 + r.below(10) : Number.POSITIVE_INFINITY;
    task.onNext = () => {
      if (task.seen.length >= stopAfter) controller.abort();
      if (r.chance(0.1)) later.shift()?.();
    };
    tasks.push({ task, options, ...(isEchoed && { echoed }) });
    const run = scheduler.run(task, { ...client(), signal: controller.signal }).then(() => {
      if (controller.signal.aborted && r.chance(0.5)) begin(ids, options, later); // and asked again
      later.shift()?.();
    });
    ended.push(run);
  };
  const later: (() => void)[] = [];
  for (let i = 1 + r.below(7); i > 0; i--) {
    const [ids, options] = [textOf(), optionsOf(r)];
    if (i > 1 && r.chance(0.5)) later.push(() => begin(ids, options, later));
    else begin(ids, options, later);
  }
  for (let i = r.below(3); i > 0; i--) {
    const tokens = [...textOf(), r.below(config.vocabSize)];
    const first = 1 + r.below(tokens.length - 1);
    const task = new Scoring(tokens, first);
    scorings.push({ task, tokens, first });
    ended.push(scheduler.run(task, client()));
  }
  for (let i = 0; i < ended.length; i++) await ended[i];
  for (const { task, options, echoed } of tasks) {
    check(training, task, options);
    // Each token of the prompt once, however often the text had to wait and was computed again; fewer where it was stopped before.
    const [input] = task.seen.map((one) => one.input);
    if (!echoed || !input) continue;
    expect(echoed.map(({ id }) => id)).toEqual(input.slice(1));
    const nats = input.length > 1 ? [...training.nats(input.slice(0, -1), input.slice(1))] : [];
    for (const [i, { likelihood }] of echoed.entries()) expect(likelihood!.nats).toBeCloseTo(nats[i], 4);
  }
  for (const { task, tokens, first } of scorings) {
    expect([...task.nats]).toEqual([...training.nats(tokens.slice(0, -1), tokens.slice(1))].slice(first - 1));
  }
  const { running, waiting, pages } = scheduler.load;
  expect({ running, waiting, pages: pages.free + pages.cached }).toEqual({ running: 0, waiting: 0, pages: pages.all });
  return scheduler.counts;
}

test('a task that begins another one while the first pass is not over: one loop', async () => {
  const { decoder } = decoderFor(0);
  const scheduler = new Scheduler(decoder);
  const options = { ...optionsOf(new Draw(1)), maxTokens: 1, ends: new Set<number>() };
  let second: Promise<unknown> | undefined;
  const first = new Recorded([1, 2, 3], options);
  first.onNext = () => {
    second ??= scheduler.run(new Recorded([4, 5], options));
  };
  await scheduler.run(first);
  await second;
  expect(scheduler.load.running).toBe(0);
});

test(`${SCHEDULES} schedules: no bit of a logit and no token depends on what else is computed`, async () => {
  let [cached, guessedRight] = [0, 0];
  for (let number = 0; number < SCHEDULES; number++) {
    const counts = await runSchedule(number);
    cached += counts.cached;
    guessedRight += counts.guessedRight;
  }
  // The schedules have what they are for.
  expect(cached).toBeGreaterThan(50 * SCHEDULES);
  expect(guessedRight).toBeGreaterThan(SCHEDULES);
  expect(met.size).toBe(new Set(THREADS).size + 2 + 6);
});

describe('a client that takes much time, by a clock on which a row of a pass takes a millisecond', () => {
  const decoder = openDecoder(
    config,
    { rows: 40, context: CONTEXT, pages: 9 * pagesOf(CONTEXT), logits: 12 },
    { threads: 1 },
    { read: weights },
  );
  afterAll(() => decoder.close());
  let now = 0;
  const clock = () => now;
  const schedulerOf = () => {
    const timed = new Proxy(decoder, {
      get: (of, key) => {
        const value = Reflect.get(of, key);
        if (key !== 'forward') return typeof value === 'function' ? value.bind(of) : value;
        return (pieces: Parameters<Decoder['forward']>[0]) => {
          now += pieces.reduce((sum, { tokens }) => sum + tokens.length, 0);
          return of.forward(pieces);
        };
      },
    });
    return new Scheduler(timed, clock);
  };

  /** A text whose choices each take so long. */
  class Timed extends Recorded {
    readonly at: number[] = [];
    readonly #ms: number;
    constructor(count: number, ms: number) {
      const options = { temperature: 0, topK: 0, topP: 1, seed: 1, ends: new Set<number>(), full: 'end' as const };
      super([1 + (count % 7)], {
        ...{ ...options, maxTokens: count, vocabSize: 23, context: CONTEXT, onToken: () => false },
      });
      this.#ms = ms;
    }
    override get isCostly() {
      return this.#ms > 0;
    }
    override next(logits: Logits) {
      now += this.#ms;
      this.at.push(now);
      return super.next(logits);
    }
  }

  /** Milliseconds of the neighbour's text of 100 tokens, and how many tokens the other client got meanwhile. */
  async function beside(texts: number, ms: number) {
    const scheduler = schedulerOf();
    await scheduler.run(new Timed(3, 0), { client: 'neighbour' }); // passes of one row are known
    const start = now;
    const others = Array.from({ length: texts }, () => new Timed(60, ms));
    const neighbour = new Timed(100, 0);
    const ended = others.map((task) => scheduler.run(task, { client: 'other' }));
    await scheduler.run(neighbour, { client: 'neighbour' });
    const took = now - start;
    const tokens = others.reduce((sum, { at }) => sum + at.filter((one) => one <= now).length, 0);
    await Promise.all(ended);
    return { took, tokens, ended: others.every(({ ids }) => ids.length === 60) };
  }

  test.each([
    [1, 20],
    [1, 0.5],
    [4, 50],
    [8, 0],
  ])('%i texts with choices of %f ms leave a neighbour half of its speed, and come to their end', async (texts, ms) => {
    const alone = await beside(0, 0);
    const { took, tokens, ended } = await beside(texts, ms);
    expect(took).toBeLessThan(2 * alone.took + texts * ms + texts + 1);
    expect(tokens).toBeGreaterThanOrEqual(texts);
    expect(ended).toBe(true);
  });

  test('who has nobody beside him waits for nobody', async () => {
    const scheduler = schedulerOf();
    const tasks = [new Timed(10, 50), new Timed(10, 50)];
    const start = now;
    await Promise.all(tasks.map((task) => scheduler.run(task, { client: 'other' })));
    expect(now - start).toBeLessThan(20 * 50 + 2 * 12);
    expect(tasks[0].at.length).toBe(10);
  });

  test('jobs of a client come between passes, one at a time, and no sooner than its neighbour had time; an error is its own', async () => {
    const scheduler = schedulerOf();
    const neighbour = new Timed(140, 0);
    const run = scheduler.run(neighbour, { client: 'neighbour' });
    const began: number[] = [];
    const jobs = [0, 1, 2, 3].map((i) =>
      scheduler.job('other', () => {
        began.push(neighbour.at.length);
        now += 20;
        if (i === 1) throw new Error('no schema');
        return i;
      }),
    );
    expect(scheduler.load.waiting).toBe(5);
    const results = await Promise.allSettled(jobs);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    // 20 ms are 20 passes of a row at least.
    for (const [i, at] of began.slice(1).entries()) expect(at - began[i]).toBeGreaterThanOrEqual(20);
    await run;
    expect(neighbour.ids.length).toBe(140);
    await expect(scheduler.job('other', () => 'alone')).resolves.toBe('alone');
  });
});
