// A program in a child process that answers lines: what it says, and the memory of all its processes, are bounded.

import { expect, test } from 'vitest';
import { LineChild } from './index.ts';

const open = (script: string, bytes = 2 ** 30) =>
  new LineChild({
    command: process.execPath,
    args: ['--no-warnings', '-e', script],
    cwd: '/',
    env: { PATH: process.env.PATH },
    bytes,
    signal: new AbortController().signal,
  });

test('it answers lines of JSON with lines of JSON', async () => {
  const child = open(`process.stdin.on('data', (text) => console.log(text.toString().trim()))`);
  child.ask({ do: 'echo' });
  expect(await child.line(30)).toEqual({ do: 'echo' });
  child.close();
});

test.skipIf(process.platform !== 'linux')('the memory of a process that it started counts', async () => {
  const eats = `const held = Buffer.alloc(400 << 20, 1); setInterval(() => held[0], 1000)`;
  const child = open(
    `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(eats)}]); setInterval(() => {}, 1000)`,
    300 << 20,
  );
  await expect(child.line(60)).rejects.toThrow(/took more than 300 MiB of memory/);
  child.close();
});
