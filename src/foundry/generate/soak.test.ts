// Models are opened, used and closed many times in one process: it goes on, and its memory stays as it is. Under torture a thousand times,
// and again with V8 told to free code as often as it can: it once ended a process of tests while it freed code of WebAssembly.

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
/** Memory at the end beside that after a fifth of the rounds, by when the heaps have their size. */
const MAX_GROWTH = 1.3;

const script = fileURLToPath(new URL('./testing/soak.ts', import.meta.url));
const root = temporaryFolder();

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  errors: string;
  rss: number[];
}

const soak = (rounds: number, flags: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(root, 'x'));
    const args = ['--expose-gc', '--no-warnings', ...flags, script, folder, `${rounds}`];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => {
      out += piece;
    });
    child.stderr.on('data', (piece: Buffer) => {
      errors = (errors + piece).slice(-4000);
    });
    child.on('close', (code, signal) => {
      const rss = out.split('\n').flatMap((line) => (line ? [(JSON.parse(line) as { rss: number }).rss] : []));
      resolve({ code, signal, errors, rss });
    });
  });

test.each([
  ['as it is', [], TORTURE ? 1000 : 10],
  ['freeing code as often as V8 can', ['--stress-wasm-code-gc'], TORTURE ? 200 : 10],
] as const)('models opened and closed, %s', { timeout: 3_600_000 }, async (_, flags, rounds) => {
  const { code, signal, errors, rss } = await soak(rounds, [...flags]);
  expect({ code, signal }, errors).toEqual({ code: 0, signal: null });
  expect(rss).toHaveLength(10);
  if (TORTURE) expect(Math.max(...rss.slice(-2)) / Math.max(...rss.slice(0, 2)), `${rss}`).toBeLessThan(MAX_GROWTH);
});
