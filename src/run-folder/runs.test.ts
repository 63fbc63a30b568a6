// The list of runs stays usable, whatever state the folders are in.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeLock } from '../base/index.ts';
import { recordLine } from '../ledger/testing/transcript.ts';
import { listRuns, noteRun, RUN_LOCK } from './index.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jikji-runs-'));
  vi.stubEnv('XDG_STATE_HOME', join(home, 'state'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

function run(name: string, files: Record<string, string | Uint8Array>): string {
  const folder = join(home, name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  return folder;
}

const RECIPE = 'name: hello\ntrain:\n  steps: 100\n';
const ROOT = 'ab'.repeat(32);

const line = (step: number, loss: number) => `${recordLine({ step, loss, gradNorm: 1, learningRate: 1 }).line}\n`;

test('without noted runs the list is empty', () => {
  expect(listRuns()).toEqual([]);
});

test('finished, unfinished, running, gone and broken runs, the newest first, each once', () => {
  const finished = run('finished', {
    'recipe.yaml': RECIPE,
    'transcript.jsonl': line(99, Math.PI) + line(100, 1),
    'result.json': JSON.stringify({ steps: 100, valBitsPerByte: 1.25, stateRoot: ROOT }),
  });
  const unfinished = run('unfinished', {
    'recipe.yaml': RECIPE,
    'transcript.jsonl': line(7, Math.PI) + line(8, 1).slice(0, 60),
  });
  const gone = run('gone', {});
  const broken = run('broken', {
    'recipe.yaml': '{{{',
    'result.json': 'no',
    'transcript.jsonl': Buffer.of(0xff, 0xfe),
  });
  const empty = run('empty', {});
  for (const folder of [finished, unfinished, gone, broken, empty, finished]) expect(noteRun(folder)).toBe(true);
  rmSync(gone, { recursive: true });
  appendFileSync(join(home, 'state/jikji/runs.jsonl'), 'rubbish\n{"folder":3}\n{"folder":"relative"}\n[]\nnull\n{"fol');
  const release = takeLock(join(unfinished, RUN_LOCK), 'test');
  const all = listRuns();
  release();
  expect(all.map((r) => r.folder)).toEqual([finished, empty, broken, gone, unfinished]);
  expect(all[0]).toMatchObject({
    name: 'hello',
    state: 'finished',
    steps: 100,
    stepsDone: 100,
    loss: 1,
    valBitsPerByte: 1.25,
    stateRoot: ROOT,
  });
  expect(all[0].noted).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(all[1]).toMatchObject({ name: 'empty', state: 'broken', steps: null, loss: null });
  expect(all[2]).toMatchObject({ name: 'broken', state: 'unfinished' }); // a transcript is there, if not a readable one
  expect(all[3]).toMatchObject({ name: 'gone', state: 'gone' });
  expect(all[4]).toMatchObject({ state: 'running', stepsDone: 7, loss: Math.PI, valBitsPerByte: null });
  expect(listRuns()[4].state).toBe('unfinished');
});

test('a lock of a dead process does not make a run count as running', () => {
  // Same process id, other start time: another process by now.
  const folder = run('stale', {
    'recipe.yaml': RECIPE,
    [RUN_LOCK]: JSON.stringify({ pid: process.pid, started: '1' }),
  });
  noteRun(folder);
  expect(listRuns()[0].state).toBe(process.platform === 'linux' ? 'unfinished' : 'running');
});

test('a read-only home is not an error', () => {
  writeFileSync(join(home, 'file'), '');
  vi.stubEnv('XDG_STATE_HOME', join(home, 'file'));
  expect(noteRun(home)).toBe(false);
  expect(listRuns()).toEqual([]);
});
