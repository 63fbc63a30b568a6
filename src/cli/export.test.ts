// The verb export: what it passes on, what it prints, which calls are wrong.

import { beforeEach, expect, test, vi } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { argv } from '../base/testing/argv.ts';
import { ends, err, out } from './testing/screen.ts';

const exportModel = vi.hoisted(() => vi.fn());
vi.mock('./rooms.ts', () => ({ foundry: async () => ({ exportModel }) }));

const FILE = { path: 'x.gguf', sha256: 'ab'.repeat(32) };
beforeEach(() => {
  exportModel.mockReset().mockImplementation(async ({ onNote }) => {
    onNote('a note');
    return { files: [FILE], notes: ['a note'] };
  });
});

test('passes on the options; only JSON on standard output', async () => {
  await ends(0)`export runs/x --to gguf --type q8_0 --out x.gguf --json`;
  expect(exportModel.mock.lastCall![0]).toMatchObject({ model: 'runs/x', to: 'gguf', type: 'q8_0', out: 'x.gguf' });
  expect(JSON.parse(out)).toEqual({ files: [FILE], notes: ['a note'] });
  expect(err).toBe('a note\n');
  await ends(0)`export runs/x --to gguf --out x.gguf`;
  expect(exportModel.mock.lastCall![0]).toMatchObject({ type: 'f16' });
  expect(out).toContain(`${FILE.sha256}  x.gguf\n`);
});

test.each([
  [argv`export x --to onnx --out y`, /Allowed choices are hf, gguf/],
  [argv`export x --to gguf --type q4_0 --out y`, /Allowed choices are f32, f16, q8_0/],
  [argv`export x --to hf --type f16 --out y`, /--type is for --to gguf/],
  [argv`export x --out y`, /--to/],
  [argv`export x --to hf`, /--out/],
  [argv`export --to hf --out y`, /model/],
])('%j is a wrong call', async (args, message) => {
  await ends(2)`${args}`;
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(2);
  expect(exportModel).not.toHaveBeenCalled();
});

test('an interrupted export ends with 130', async () => {
  exportModel.mockRejectedValue(new JikjiError('interrupted', 'the export was not finished', 'y', 'begin it again'));
  await ends(130)`export x --to hf --out y --json`;
  expect(JSON.parse(out).error.code).toBe('interrupted');
});
