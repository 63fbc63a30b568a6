// `jikji inspect`: its output about a folder, for people and for programs.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TINY, weightsOf, writeFolder } from '../foundry/load/testing/folders.ts';
import { parameterCount } from '../foundry/model/index.ts';
import { foreignFiles } from '../foundry/tokenizer/testing/foreign.ts';
import { ends, err, out } from './testing/screen.ts';

const root = mkdtempSync(join(tmpdir(), 'jikji-inspect-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a folder in two shards: one object for programs, a table for people', async () => {
  const tokenizers = await foreignFiles();
  const tensors = weightsOf(TINY, 'BF16');
  const folder = writeFolder(join(root, 'model'), TINY, tensors, tokenizers['Llama 3'], { shards: 2 });
  await ends(0)`inspect ${folder} --json --tensors`;
  const said = JSON.parse(out);
  const numbers = parameterCount(TINY);
  expect(said).toMatchObject({
    folder,
    run: null,
    config: TINY,
    parameters: numbers,
    dtypes: { BF16: { tensors: tensors.length, numbers } },
    files: [{ name: 'model-00001-of-00002.safetensors' }, { name: 'model-00002-of-00002.safetensors' }],
    tokenizer: { kind: 'byte-level BPE, split as Llama 3', vocabSize: 705, eosToken: '<|endoftext|>' },
    chatTemplate: false,
  });
  expect(said.tensors).toHaveLength(tensors.length);
  expect(said.tensors[0]).toEqual({
    name: 'lm_head.weight',
    dtype: 'BF16',
    shape: [720, 16],
    file: 'model-00001-of-00002.safetensors',
    bytes: 720 * 16 * 2,
  });

  await ends(0)`inspect ${folder}`;
  expect(out).toContain('byte-level BPE, split as Llama 3, 705 entries');
  expect(out).toMatch(/model-00002-of-00002\.safetensors +\S+ kB/);
  expect(out).not.toContain('lm_head.weight');
  await ends(0)`inspect ${folder} --tensors`;
  expect(out).toMatch(/lm_head\.weight +BF16 +720 x 16 +23 kB +model-00001-of-00002\.safetensors\n/);

  // Looked into it is what it was; only the tokenizer is not there.
  rmSync(join(folder, 'tokenizer.json'));
  await ends(0)`inspect ${folder}`;
  expect(out).toContain('none in this folder');
  rmSync(join(folder, 'model-00001-of-00002.safetensors'));
  await ends(2)`inspect ${folder} --json`;
  expect(JSON.parse(out).error.code).toBe('file-missing');
  expect(err.split('\n')).toHaveLength(3);
});
