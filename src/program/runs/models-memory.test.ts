// Models where memory is short. How much a process takes, and how much there is, is made up.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { writeModel } from '../../foundry/generate/testing/chat.ts';
import { Runs } from './index.ts';

/** Bytes of each process; there are 150. */
const memory = vi.hoisted(() => ({ each: 0 }));
vi.mock('../../apart/index.ts', async (original) => ({
  ...(await original<typeof import('../../apart/index.ts')>()),
  MAX_CHILD_BYTES: 150,
  residentBytes: () => memory.each,
}));

let folder: string;
let runs: Runs;
const never = new AbortController().signal;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-memory-'));
  for (const name of ['a', 'b']) writeModel(join(folder, name), 20_000, { endless: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => runs.close());

const begin = (name: string, tokens: number, signal = never) => {
  const body = { prompt: 'x', max_tokens: tokens, seed: 1 };
  return runs.models.stream(join(folder, name), { path: '/v1/completions', body }, signal);
};
const ended = async (answer: Response): Promise<boolean> => (await answer.text()).includes('[DONE]');

test('one that takes more than there is ends with an error that says so', async () => {
  runs = new Runs({ threads: 1 });
  memory.each = 200;
  const answer = begin('a', 19_000).then((one) => one.text());
  await expect(answer).rejects.toMatchObject({ code: 'model-too-big', message: expect.stringMatching(/than one may/) });
});

test('an idle one makes room for another', async () => {
  runs = new Runs({ threads: 1 });
  memory.each = 100;
  expect(await ended(await begin('a', 2))).toBe(true);
  const stopping = new AbortController();
  const other = await begin('b', 19_000, stopping.signal);
  // The first one has ended: to be asked again it must be opened again, and now the other one is busy.
  await vi.waitFor(() => expectRefusal(begin('a', 2).then(ended), 'model-too-big'));
  stopping.abort();
  await expectRefusal(other.text(), 'stopping');
});

test('beside a busy one, the one that came last ends; the other one goes on', async () => {
  runs = new Runs({ threads: 1 });
  memory.each = 100;
  const stopping = new AbortController();
  const first = await begin('a', 19_000, stopping.signal);
  const second = begin('b', 19_000).then((one) => one.text());
  await expect(second).rejects.toMatchObject({ code: 'model-too-big', message: expect.stringMatching(/both models/) });
  expect(await ended(await begin('a', 2))).toBe(true);
  stopping.abort();
  await expectRefusal(first.text(), 'stopping');
});
