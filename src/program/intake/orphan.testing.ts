// A parent that a test can kill, and its child, which computes without a pause. The child says so where the parent's output goes.
// usage: node orphan.testing.ts

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { answer } from './talk.ts';

if (process.argv[2] === 'child') {
  answer(async () => {
    writeSync(1, 'computing\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return null;
  });
} else {
  const args = ['--no-warnings', import.meta.filename, 'child'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
  child.send({});
}
