// Requests generated from the document, valid and invalid: no answer is an internal error of the server.

import { beforeAll, expect, test } from 'vitest';
import { TestServer, type Who } from './testing/api.ts';
import { Generator, operationsOf } from './testing/generate.ts';

const COUNT = process.env.JIKJI_TORTURE ? 20_000 : 250;
const WHO = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public', 'outsider'] as const satisfies Who[];

const server = TestServer.forAll('beginFilled');
beforeAll(async () => {
  await server.office.chain();
});

test(`${COUNT} generated requests, never a 500`, { timeout: COUNT * 60 }, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const generator = new Generator(
    server.application.document,
    ['test', 's1', 'a', 'b', 's1-a', 'the-rival', 'blocks.given', 'practice', 'near', 'far-chips', 'serve-a'],
    seed,
  );
  // The office's own session must outlive its log-outs.
  const operations = operationsOf(server.application.document).filter(({ path }) => path !== '/api/log-out');
  const statuses = new Map<number, number>();
  for (let i = 0; i < COUNT; i++) {
    const { method, path, parameters, body, binary } = generator.one(operations);
    const who = generator.chance(0.5) ? 'office' : generator.one(WHO);
    const wrong = generator.one([0, 0, 0.05, 0.3]);
    const written = (value: unknown) => encodeURIComponent(String(value).toWellFormed().slice(0, 2000));
    const text = (schema: object) => written(generator.value(schema, wrong));
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const { schema } = parameters.find((one) => one.name === name)!;
      const likely = { programme: 'test', stage: 's1', consortium: 'a', submission: 's1-a' }[name];
      return likely && generator.chance(0.8) ? likely : text(schema) || 'x';
    });
    const query = parameters
      .filter((one) => one.in === 'query' && (one.required || generator.chance(0.5)))
      // A list is given as its members.
      .flatMap(({ name, schema }) => [generator.value(schema, wrong)].flat().map((one) => `${name}=${written(one)}`));
    const given = binary ? 'x'.repeat(600) : body && generator.value(body, wrong);
    const raw = given !== undefined && generator.chance(0.02) ? '{"a":' : given;
    const { status, body: answer } = await server.ask(
      who,
      method,
      query.length > 0 ? `${url}?${query.join('&')}` : url,
      raw,
    );
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const said = `seed ${seed}, request ${i}: ${method} ${url} as ${who} with ${JSON.stringify(raw)?.slice(0, 500)}`;
    if (status >= 500) expect([status, answer], said).toBeUndefined();
    if (status >= 400)
      expect(answer?.error, said).toMatchObject({ code: expect.any(String), hint: expect.any(String) });
  }
  // Some of the requests succeed.
  expect(statuses.get(200)).toBeGreaterThan(COUNT / 20);
  // And all of it left a log that holds.
  await server.programme.refresh();
  expect(server.programme.head.seq).toBeGreaterThan(30);
});
