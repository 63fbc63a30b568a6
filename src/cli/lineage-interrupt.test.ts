// Ctrl-C during a comparison: as a shell sees it, it ends with 130, and leaves nothing half written.

import { spawn } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { call, environment, LAUNCHER, succeed, tree, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
beforeAll(async () => {
  await succeed(call(folder, argv`make t.yaml --threads 1 --out reference`));
  cpSync(join(folder, 'reference'), join(folder, 'suspect'), { recursive: true });
}, 600_000);

/** Calls from a shell that waits for its child, and interrupts all of them as a terminal does, once `begun` was said. */
async function interrupted(args: string[], begun: string): Promise<{ code: number | null; said: string }> {
  const shell = ['-c', 'trap : INT; "$@"; exit $?', 'sh', LAUNCHER, ...args];
  const child = spawn('/bin/sh', shell, {
    cwd: folder,
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own
  });
  let said = '';
  let sent = false;
  const hear = (piece: Buffer): void => {
    said += piece;
    if (!sent && said.includes(begun)) sent = process.kill(-child.pid!, 'SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  expect({ sent, said }).toMatchObject({ sent: true });
  return { code, said };
}

test('a comparison', async () => {
  const before = tree(folder);
  // So many that it is still at it when the signal comes.
  const against = new Array<string>(60).fill('reference');
  const files = argv`--report page.html --sign signed.json --threads 1`;
  const { code, said } = await interrupted(argv`lineage suspect --against ${against} ${files}`, 'comparing with');
  expect({ code, said }).toMatchObject({ code: 130 });
  expect(tree(folder)).toEqual(before);
  expect(readdirSync(folder)).not.toContain('page.html');
});
