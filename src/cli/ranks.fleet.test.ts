// make by ranks that mpiexec started: the same run as one process makes, a single error message, and resuming with another number of ranks.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { withoutMpi } from '../foundry/train/testing/mpi.ts';
import { LAUNCHER } from './testing/bad-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-ranks-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  const words = 'the quick brown fox jumps over a lazy dog while seven wizards judge every boxing match'.split(' ');
  const text = Array.from({ length: 6000 }, (_, i) => words[(i * i + 7 * i) % words.length]).join(' ');
  for (let i = 0; i < 6; i++) writeFileSync(at(`text-${i}.txt`), text.slice(i * 5000));
  writeFileSync(
    at('recipe.yaml'),
    `name: shared
seed: 1377
corpus: { sources: [{ files: text-*.txt, read: text, language: en, licence: none }], validation: 0.2 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 32, intermediateSize: 64, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1, maxPositionEmbeddings: 32 }
train: { steps: 300, batchSize: 8, microBatchSize: 2, sequenceLength: 32, gradientGroups: 4, warmupSteps: 2, checkpointEvery: 100 }
`,
  );
});

const made = (ranks: number, args: string[]) => {
  const command = argv`${LAUNCHER} make recipe.yaml --threads 1 --json ${args}`;
  const all = ranks > 1 ? ['mpiexec', '-n', `${ranks}`, ...command] : command;
  const { status, stdout, stderr } = spawnSync(all[0]!, all.slice(1), { cwd: folder, encoding: 'utf8' });
  return { status, stderr, told: stdout === '' ? undefined : JSON.parse(stdout) };
};

describe.skipIf(withoutMpi())('make by ranks', () => {
  test('the run of one process', () => {
    const one = made(1, ['--out', 'one']);
    const two = made(2, ['--out', 'two']);
    expect(one.status, one.stderr).toBe(0);
    expect(two.status, two.stderr).toBe(0);
    const { stateRoot, head, valBitsPerByte } = one.told;
    // The head differs, because each genesis has its own time.
    expect(two.told).toMatchObject({ stateRoot, valBitsPerByte });
    expect(head).toMatch(/^[0-9a-f]{64}$/);
    execFileSync(LAUNCHER, argv`audit two --replay all`, { cwd: folder });
  });

  test('stopped by a signal, and gone on with by twice as many', async () => {
    const command = argv`-n 2 ${LAUNCHER} make recipe.yaml --threads 1 --out stopped`;
    const child = spawn('mpiexec', command, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    const stopping = new Promise<void>((resolve) => {
      child.stderr.on('data', (piece) => {
        said += piece;
        // Steps are taken: the first line of progress of training.
        if (/loss/.test(said)) resolve();
      });
      child.on('close', () => resolve());
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await stopping;
    child.kill('SIGINT');
    const status = await ended;
    // Whether it was still at it or had just ended, the bits are those of one process.
    expect([0, 130], said).toContain(status);
    const { told } = made(4, argv`--out stopped --resume`);
    const one = JSON.parse(readFileSync(at('one/result.json'), 'utf8'));
    expect(told.stateRoot).toBe(one.stateRoot);
  });

  test('what is wrong is said once, and nobody is left waiting', () => {
    const times = (text: string) => text.split('error:').length - 1;
    const three = made(3, ['--out', 'three']);
    expect(three).toMatchObject({ status: 2, told: { error: { code: 'groups-ranks' } } });
    expect(times(three.stderr)).toBe(1);
    const none = made(2, ['--set', 'train.stepz=3']);
    expect(none).toMatchObject({ status: 2, told: { error: { code: 'recipe-unknown-key' } } });
    expect(times(none.stderr)).toBe(1);
  });
});
