// A child that does what its parent asks for; or, as `node testing/child.ts parent`, a parent that a test can kill, with a child
// that computes without a pause and says so where the parent's output goes.

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { answer } from '../child.ts';

export interface Ask {
  work: 'compute' | 'count' | 'crash' | 'environment' | 'fail' | 'fill' | 'names' | 'wait';
}

const works: Record<Ask['work'], (sendProgress: (progress: number) => Promise<void>) => unknown> = {
  compute: () => {
    writeSync(1, 'computing\n');
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  count: async (sendProgress) => {
    for (let n = 1; n <= 4; n++) {
      await setTimeout(500);
      await sendProgress(n);
    }
    return new Uint8Array([1, 2]);
  },
  crash: () => {
    throw new Error('a bug');
  },
  environment: () => process.env,
  fail: () => {
    throw new JikjiError('file-broken', 'it is spoilt', 'the apple', 'take another');
  },
  fill: () => {
    const all: string[][] = [];
    for (;;) all.push(Array.from({ length: 1000 }, () => `${Math.random()}`));
  },
  names: () => ({ child: 1, 'n\n': 2 }),
  wait: () => setTimeout(600_000),
};

if (process.argv[2] === 'parent') {
  const args = ['--no-warnings', import.meta.filename];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
  child.send({ work: 'compute' } satisfies Ask);
} else answer<Ask, unknown, number>(async ({ work }, sendProgress) => works[work](sendProgress));
