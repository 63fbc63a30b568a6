// Plans over HTTP: whose chips there are, that an answer is what the command line says, what hostile and mistaken questions get, and that
// others are answered while a plan is made.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCatalogue, shippedCatalogue } from '../../fleet/index.ts';
import { deviceOf, planPlace, shippedShape } from '../../planner/index.ts';
import { catalogueDigest } from '../state/index.ts';
import { TEXTS } from '../state/testing/catalogue.ts';
import { TestServer, type Who } from './testing/api.ts';

const server = TestServer.forAll();
const CONFIG = readFileSync(join(import.meta.dirname, '../../../catalogue/models/llama3-8b.json'), 'utf8');
const LLAMA = { model: { name: 'llama3-8b' }, chip: 'nvidia-h100-sxm', devices: 16 };
const ask = (question: unknown, who: Who = 'public') => server.post(who, '/plans', question);
const choices = () => server.read('public', '/plans/choices');
type Chip = { id: string; lacks: string[] };

test('the chips of the catalogue in force, and of the one that comes with Jikji, with what they lack', async () => {
  const { models, chips } = await choices();
  const model = models.find(({ name }: { name: string }) => name === 'qwen3-30b-a3b');
  expect(model).toMatchObject({ parameters: 30_532_122_624, activeParameters: expect.closeTo(3.35e9, -8) });
  const lacks = (of: Chip[]) => Object.fromEntries(of.map(({ id, lacks }) => [id, lacks]));
  expect(lacks(chips)).toMatchObject({ 'nvidia-b200': [], 'furiosaai-rngd': ['link', 'domain', 'network'] });
  expect(chips.map(({ id }: Chip) => id)).not.toContain('far-chip');
  const [world, ours] = TEXTS;
  const figures = 'bf16: { value: 500 }, memory: { value: 64 }, bandwidth: { value: 2 }, power: { value: 500 }';
  const links = 'link: { value: 200 }, domain: { value: 8 }, network: { value: 200 }';
  const text = world!.text.replace('figures: { bf16: { value: 989 } }', `figures: { ${figures}, ${links} }`);
  const texts = [{ file: world!.file, text }, ours!];
  await server.office.say('catalogue-registered', { digest: catalogueDigest(texts), texts });
  expect(lacks((await choices()).chips)).toMatchObject({ 'nvidia-b200': [], 'far-chip': [] });
  const { status, body } = await ask({ ...LLAMA, chip: 'far-chip' });
  expect([status, body.error]).toEqual([200, undefined]);
  expect(body).toMatchObject({
    chip: { id: 'far-chip', name: { en: 'Far chip' }, memory: 64e9, room: 57.6e9, power: 500, unverified: [] },
    precision: 'bf16',
    measured: { chip: 0, both: 0 },
  });
});

test('the answer is what the planner says, for the name of a model and for its config.json', async () => {
  const device = deviceOf(readCatalogue(shippedCatalogue()).chips.get('nvidia-h100-sxm')!);
  const batch = { sequence: 4096, sequences: 2048, precision: 'fp8' as const };
  const shape = shippedShape('llama3-8b');
  const { front, limits, plans } = planPlace({ shape, device, devices: 16, batch, tokens: 1 });
  const { body } = await ask(LLAMA);
  expect(body.front.length).toBeGreaterThan(5);
  for (const [i, { layout, memory, step }] of body.front.entries())
    expect({ layout, memory, step }).toEqual({
      layout: expect.objectContaining({ tensor: front[i]!.layout.tensor, zero: front[i]!.layout.zero }),
      memory: front[i]!.memory,
      step: front[i]!.step,
    });
  expect(body).toMatchObject({ fitting: plans.length, limits, lacking: null, precision: 'fp8', sequences: 2048 });
  expect(body.chip.unverified).toEqual(['fp8', 'power', 'network']);
  expect(body.measured.both).toBeGreaterThan(0);
  const own = (await ask({ ...LLAMA, model: { config: CONFIG } }, 'expert')).body;
  expect(own).toEqual(body);
});

test('nothing fits: why', async () => {
  expect((await ask({ ...LLAMA, devices: 1 })).body).toMatchObject({
    front: [],
    limits: null,
    lacking: { what: 'memory' },
  });
  const { lacking } = (await ask({ ...LLAMA, devices: 1000 })).body;
  expect(lacking).toEqual({ what: 'sequences', nearest: 2000 });
  expect((await ask({ ...LLAMA, devices: 1000, sequences: 2000 })).body.fitting).toBeGreaterThan(0);
});

test.each([
  [{ ...LLAMA, devices: 0 }, 422, 'request-shape', 'devices'],
  [{ ...LLAMA, devices: -8 }, 422, 'request-shape', 'devices'],
  [{ ...LLAMA, devices: 1.5 }, 422, 'request-shape', 'devices'],
  [{ ...LLAMA, devices: 1e9 }, 422, 'request-shape', 'devices'],
  [{ ...LLAMA, sequence: 1e9 }, 422, 'request-shape', 'sequence'],
  [{ ...LLAMA, precision: 'fp7' }, 422, 'request-shape', 'precision'],
  [{ ...LLAMA, tokens: 1 }, 422, 'request-shape', 'the request'],
  [{ ...LLAMA, model: { name: 'llama3-8b', config: '{}' } }, 422, 'request-shape', 'model'],
  [{ ...LLAMA, model: { config: 'x'.repeat((1 << 20) + 1) } }, 422, 'request-shape', 'model.config'],
  [{ ...LLAMA, model: { config: 'x'.repeat(2 << 20) } }, 413, 'request-too-large', 'the body'],
  [{ ...LLAMA, model: { config: '['.repeat(1 << 20) } }, 422, 'plan-config', 'config.json'],
  [
    { ...LLAMA, model: { config: '{"architectures":["__proto__"],"vocab_size":1}' } },
    422,
    'plan-config',
    'config.json',
  ],
  [{ ...LLAMA, model: { name: 'lama3-8b' } }, 422, 'plan-config', 'lama3-8b'],
  [{ ...LLAMA, model: { name: '../../package' } }, 422, 'plan-config', '../../package'],
  [{ ...LLAMA, chip: 'nvidia-h100' }, 404, 'chip-unknown', 'nvidia-h100'],
  [{ ...LLAMA, chip: '__proto__' }, 404, 'chip-unknown', '__proto__'],
  [{ ...LLAMA, chip: 'furiosaai-rngd' }, 422, 'plan-chip', 'furiosaai-rngd'],
])('a wrong question (%#) says what is wrong, in both languages', async (question, status, code, input) => {
  const answer = await ask(question);
  expect([answer.status, answer.body.error]).toMatchObject([status, { code, input }]);
  expect(answer.body.error.ko?.message).toMatch(/[가-힣]/);
});

test('others are answered while plans are made, a hundred questions are turned away, and it goes on', async () => {
  const slow = { ...LLAMA, model: { name: 'nemotron-3-ultra' }, chip: 'nvidia-b200', devices: 4096 };
  let done = 0;
  const count = ({ status }: { status: number }) => {
    done++;
    return status;
  };
  const asked = Array.from({ length: 100 }, () => ask(slow).then(count));
  expect((await server.get('public', '/compute')).status).toBe(200);
  expect((await server.get('office', '/plans/choices')).status).toBe(200);
  // Those who were turned away are done at once; the plans are not.
  expect(done).toBeLessThanOrEqual(94);
  const statuses = await Promise.all(asked);
  expect(statuses.filter((status) => status === 200).length).toBe(6);
  expect(statuses.filter((status) => status === 429).length).toBe(94);
  expect((await ask(LLAMA)).status).toBe(200);
});
