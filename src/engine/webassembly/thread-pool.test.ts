// A job is done whole whichever threads come to it, and waits for none that has not begun it.

import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import type { Engine } from '../engine.ts';
import { ADDRESSES, CONTROL, EXIT } from './crossing.ts';
import { openWebAssembly } from './open.ts';
import { NOTHING } from './report.ts';

const JOBS = process.env.JIKJI_TORTURE ? 1_000_000 : 10_000;

test('many small jobs on more threads than there are cores: every row of every one is right', () => {
  const [rows, size, vocabulary] = [96, 4, 50];
  const declare = (engine: Engine) => ({
    tokens: engine.tensor([rows], 'i32'),
    table: engine.weight([vocabulary, size], { lookedUp: true }),
    x: engine.tensor([rows, size]),
  });
  const { engine, declared } = openWebAssembly(
    { declare, exercise: () => {}, description: 'rows of a table', hint: 'none' },
    { threads: 6 },
  );
  try {
    engine.load(declared.table, (values) => values.set(values.map((_, i) => i)));
    const [tokens, x] = [engine.ints(declared.tokens), engine.floats(declared.x)];
    const random = randomNumbers(11);
    for (let job = 0; job < JOBS; job++) {
      for (let row = 0; row < rows; row++) tokens[row] = wholeBelow(random, vocabulary);
      x.fill(-1);
      engine.embedding(declared);
      const wrong = x.findIndex((value, i) => value !== tokens[Math.floor(i / size)]! * size + (i % size));
      if (wrong !== -1) expect.fail(`job ${job}, value ${wrong} is ${x[wrong]}`);
    }
  } finally {
    engine.close();
  }
});

test('a job ends although its worker never begins', () => {
  const bytes = readFileSync(new URL('../../../kernels/build/kernels.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const { prepare, run } = exports as {
    prepare(): void;
    run(control: number, workers: number, scratch: number): number;
  };
  prepare();
  const words = new Uint32Array(memory.buffer, ADDRESSES.control);
  // Without items: the kernel itself is not called.
  words[CONTROL.items / 4] = 0;
  words[CONTROL.chunk / 4] = 1;
  for (let job = 0; job < 3; job++) expect(run(ADDRESSES.control, 1, ADDRESSES.end)).toBe(1);
  words[CONTROL.operation / 4] = EXIT;
  // No worker is waited for where there is none.
  expect(run(ADDRESSES.control, 0, ADDRESSES.end)).toBe(1);
});

/** Flags of the processor as Linux names them. */
const flags = () =>
  new Set(
    readFileSync('/proc/cpuinfo', 'utf8')
      .match(/^(flags|Features)\s*:.*$/m)?.[0]
      .split(/\s+/),
  );

test.runIf(platform() === 'linux')(
  'tiles of q8_0 take four bytes at once where the system names an instruction for it',
  () => {
    const { engine } = openWebAssembly(NOTHING, { threads: 1 });
    engine.close();
    const names = flags();
    expect(engine.q8Group).toBe(process.arch === 'arm64' || names.has('avx_vnni') ? 4 : 2);
  },
);
