// The verb export: what it passes on, what it prints, which calls are wrong.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { run } from './main.ts';

const exportModel = vi.hoisted(() => vi.fn());
vi.mock('./rooms.ts', () => ({ foundry: async () => ({ exportModel }) }));

const FILE = { path: 'x.gguf', sha256: 'ab'.repeat(32) };
let out: string;
let err: string;
beforeEach(() => {
  vi.stubEnv('NO_COLOR', '1');
  out = err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
  exportModel.mockReset().mockImplementation(async ({ onNote }) => {
    onNote('a note');
    return { files: [FILE], notes: ['a note'] };
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('passes on the options; only JSON on standard output', async () => {
  expect(await run(['export', 'runs/x', '--to', 'gguf', '--type', 'q8_0', '--out', 'x.gguf', '--json'])).toBe(0);
  expect(exportModel.mock.lastCall![0]).toMatchObject({ model: 'runs/x', to: 'gguf', type: 'q8_0', out: 'x.gguf' });
  expect(JSON.parse(out)).toEqual({ files: [FILE], notes: ['a note'] });
  expect(err).toBe('a note\n');
  expect(await run(['export', 'runs/x', '--to', 'gguf', '--out', 'x.gguf'])).toBe(0);
  expect(exportModel.mock.lastCall![0]).toMatchObject({ type: 'f16' });
  expect(out).toContain(`${FILE.sha256}  x.gguf\n`);
});

test.each([
  [['export', 'x', '--to', 'onnx', '--out', 'y'], /Allowed choices are hf, gguf/],
  [['export', 'x', '--to', 'gguf', '--type', 'q4_0', '--out', 'y'], /Allowed choices are f32, f16, q8_0/],
  [['export', 'x', '--to', 'hf', '--type', 'f16', '--out', 'y'], /--type is for --to gguf/],
  [['export', 'x', '--out', 'y'], /--to/],
  [['export', 'x', '--to', 'hf'], /--out/],
  [['export', '--to', 'hf', '--out', 'y'], /model/],
])('%j is a wrong call', async (args, message) => {
  expect(await run(args)).toBe(2);
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(2);
  expect(exportModel).not.toHaveBeenCalled();
});

test('an interrupted export ends with 130', async () => {
  exportModel.mockRejectedValue(new JikjiError('interrupted', 'the export was not finished', 'y', 'begin it again'));
  expect(await run(['export', 'x', '--to', 'hf', '--out', 'y', '--json'])).toBe(130);
  expect(JSON.parse(out).error.code).toBe('interrupted');
});
