// Ctrl-C during an audit that would read for hours: it ends with a message, and leaves nothing behind.

import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../audit/testing/run.ts';
import { digestOfFile, readStatement, type Subject, signStatement } from '../ledger/index.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const bench = new Bench();
let run: string;
afterAll(() => bench.remove());
beforeAll(async () => {
  const signer = bench.strangersKey('maker');
  run = await bench.make(signer, { train: { steps: 4 } });
  // The maker has signed a card of 2 TB: reading it is what the audit is asked to do.
  const { subjects, predicate } = readStatement(join(run, 'seal.json'), 'seal');
  const list = [...subjects].map(([name, digest]): Subject => {
    if (name === 'state') return [name, digest];
    if (name === 'model/README.md') return [name, digest, 2e12];
    return [name, digestOfFile(join(run, name)), readFileSync(join(run, name)).length];
  });
  writeFileSync(join(run, 'seal.json'), signStatement('seal', list, predicate, signer));
  const card = openSync(join(run, 'model/README.md'), 'r+');
  ftruncateSync(card, 2e12);
  closeSync(card);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s', async (signal) => {
  const temporary = join(bench.folder, `tmp-${signal}`);
  mkdirSync(temporary);
  const child = spawn(process.execPath, [MAIN, 'audit', run], {
    env: { ...process.env, TMPDIR: temporary, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let sent = false;
  const hear = (piece: Buffer): void => {
    said += piece;
    if (!sent && said.includes('checking structure')) sent = child.kill(signal);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toMatchObject({ code: 130 });
  expect(said).toContain('The audit was stopped');
  expect(readdirSync(temporary)).toEqual([]);
});
