// `jikji bench --serve` against a real server of a tiny model: every figure is there. How fast it is, no test says.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeModel } from '../foundry/generate/testing/chat.ts';
import { measureServing } from './serving-speed.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-serving-speed-'));
  writeModel(join(folder, 'model'), 40, { endless: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('1, 8 and 32 clients', async () => {
  const asked: number[] = [];
  const model = join(folder, 'model');
  const speeds = await measureServing({ model, threads: 1, onClients: (clients) => asked.push(clients) });
  expect([asked, speeds.map(({ clients }) => clients)]).toEqual([
    [1, 8, 32],
    [1, 8, 32],
  ]);
  for (const { firstMs, longestFirstMs, betweenMs, tokensPerSecond } of speeds) {
    expect(firstMs).toBeGreaterThan(0);
    expect(longestFirstMs).toBeGreaterThanOrEqual(firstMs);
    expect(betweenMs).toBeGreaterThan(0);
    expect(tokensPerSecond).toBeGreaterThan(0);
  }
});

test("the server's own error is that of the command", async () => {
  const model = join(folder, 'missing');
  await expect(measureServing({ model, threads: 1, onClients: () => {} })).rejects.toMatchObject({
    code: 'model-missing',
  });
});
