// Plans in a process of their own: what hostile config.json files get, and that nothing of them harms whoever else asks.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deviceOfChip } from './measured-steps.ts';
import { type PlanQuestion, planApart } from './plan-process.ts';
import { planPlace } from './plans.ts';
import { parseModelShape } from './shape-reader.ts';
import { shippedShape } from './shipped-models.ts';

const FILE = join(import.meta.dirname, '../../catalogue/models/llama3-8b.json');
const LLAMA = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
const question = (model: PlanQuestion['model']): PlanQuestion => ({
  model,
  device: deviceOfChip('h100'),
  devices: 16,
  batch: { sequence: 4096, sequences: 512, precision: 'bf16' },
});
const ask = (model: PlanQuestion['model'], signal = new AbortController().signal) => planApart(question(model), signal);

test('a model by its name, and its config.json, are planned as in this process', async () => {
  const { plans, front, limits } = planPlace({
    ...question({ name: '' }),
    shape: shippedShape('llama3-8b'),
    tokens: 0,
  });
  const byName = (await ask({ name: 'llama3-8b' }))!;
  expect(byName).toMatchObject({
    name: 'llama3-8b',
    like: 'llama3-8b',
    parameters: 8_030_261_248,
    fitting: plans.length,
    limits,
  });
  expect(byName.front).toEqual(front.slice(0, 16));
  expect(byName.room).toBe(72e9);
  const byFile = await ask({ config: readFileSync(FILE, 'utf8') });
  expect(byFile).toEqual({ ...byName, name: 'config.json' });
});

test('more work than the time allows is ended, and others are answered meanwhile', { timeout: 120_000 }, async () => {
  const pattern = 'M*E-'.repeat(2500);
  const config = readFileSync(join(FILE, '../nemotron-3-ultra.json'), 'utf8');
  const huge = JSON.stringify({ ...JSON.parse(config), hybrid_override_pattern: pattern, hidden_size: 64 });
  const wide = {
    ...question({ config: huge }),
    devices: 1 << 16,
    batch: { sequence: 65_536, sequences: 1 << 16, precision: 'bf16' as const },
  };
  wide.device = { ...wide.device, memory: 1e15 };
  const slow = planApart(wide, new AbortController().signal, 3);
  await expect(ask({ name: 'llama3-8b' })).resolves.toMatchObject({ name: 'llama3-8b' });
  await expect(slow).rejects.toMatchObject({ code: 'plan-too-long' });
});

test('whoever goes away leaves the queue, and the work ends', async () => {
  const gone = new AbortController();
  const asked = Array.from({ length: 10 }, () => ask({ name: 'deepseek-v3' }, gone.signal));
  gone.abort();
  expect(await Promise.all(asked)).toEqual(Array(10).fill(undefined));
  expect(await ask({ name: 'llama3-8b' }, gone.signal)).toBeUndefined();
  await expect(ask({ name: 'llama3-8b' })).resolves.toMatchObject({ fitting: expect.any(Number) });
});

test('a long queue turns the next one away, and is worked off', { timeout: 120_000 }, async () => {
  const all = await Promise.allSettled(Array.from({ length: 19 }, () => ask({ name: 'nothing' })));
  const codes = all.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'));
  expect(codes).toEqual([...Array(18).fill('plan-config'), 'too-many']);
  await expect(ask({ name: 'llama3-8b' })).resolves.toBeDefined();
});

const changed = (change: Record<string, unknown>) => JSON.stringify({ ...LLAMA, ...change });
const motif = JSON.parse(readFileSync(join(FILE, '../motif-3-314b.json'), 'utf8')) as Record<string, number>;
const mixture = JSON.parse(readFileSync(join(FILE, '../solar-open-100b.json'), 'utf8')) as Record<string, number>;

test.each([
  ['', 'not JSON: look at 1:1'],
  ['{"architectures": ["Llama', 'not JSON: look at 1:26'],
  ['['.repeat(500_000), 'not JSON'],
  [`${'['.repeat(400_000)}${']'.repeat(400_000)}`, 'expected object'],
  [`{"architectures":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'architectures.0'],
  [changed({ rope: 'x'.repeat(1 << 20) }), 'too large for a config.json'],
  ['{"hidden_size": NaN}', 'not JSON'],
  [changed({ hidden_size: 1 }).replace(/"hidden_size":1/, '"hidden_size":1e999'), 'hidden_size'],
  [changed({ hidden_size: -4096 }), 'hidden_size'],
  [changed({ hidden_size: 0.5 }), 'hidden_size'],
  [changed({ num_hidden_layers: 0 }), 'num_hidden_layers'],
  [changed({ num_hidden_layers: '32' }), 'num_hidden_layers'],
  [changed({ num_hidden_layers: 1e6 }), 'num_hidden_layers'],
  [changed({ architectures: ['constructor'] }), 'no shape is known'],
  [changed({ architectures: [] }), 'architectures'],
  [JSON.stringify({ ...mixture, num_experts_per_tok: 1000 }), 'contradict'],
  [JSON.stringify({ ...motif, num_noise_heads: motif.num_attention_heads }), 'contradict'],
  [JSON.stringify({ ...motif, qk_rope_head_dim: 9999 }), 'contradict'],
])('a config.json that is wrong, %#: %.40s', (config, message) => {
  const read = () => parseModelShape(config, 'config.json');
  expect(read).toThrow(message);
  expect(read).toThrow(
    expect.objectContaining({
      code: 'plan-config',
      ko: { message: expect.stringMatching(/[가-힣]/), hint: expect.any(String) },
    }),
  );
});
