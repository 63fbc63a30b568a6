// Processes that work for the office: what ends them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { childScript, runChild } from './child.ts';

const ORPHAN = fileURLToPath(new URL('./orphan.testing.ts', import.meta.url));

test('a child does not outlive its parent, whatever it is doing', async () => {
  const parent = spawn(process.execPath, ['--no-warnings', ORPHAN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(parent.stdout, 'data');
  expect(String(said)).toBe('computing\n');
  parent.kill('SIGKILL');
  // The child holds this end open as long as it lives.
  await once(parent.stdout, 'close');
});

const how = { temporary: '/', signal: undefined, onTold: () => {} };

test('too long, too big, stopped: killed, and the answer says which', async () => {
  const input = { files: '/', digest: 'x', tasks: [], limits: {} };
  const run = (limits: { seconds: number; bytes: number }, signal?: AbortSignal) =>
    runChild(childScript(import.meta.url, 'audit'), input, { ...how, limits, signal });
  expect(await run({ seconds: 0, bytes: 2 ** 40 })).toEqual({ how: 'too-long' });
  expect(await run({ seconds: 600, bytes: 1 })).toEqual({ how: 'too-big' });
  expect(await run({ seconds: 600, bytes: 2 ** 40 }, AbortSignal.abort())).toEqual({ how: 'stopped' });
  // And what it says itself.
  expect(await run({ seconds: 600, bytes: 2 ** 40 })).toMatchObject({
    how: 'failed',
    failure: { code: 'submission-lost' },
  });
});
