// Bodies of requests: what one client sends does not change how the next one is read.

import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { jsonBody } from './json-body.ts';

/** Bodies that were read stay alive, as those of waiting requests do. */
const bodies: unknown[] = [];
const app = new Hono().post('/', async (c) => {
  bodies.push(await jsonBody(c, 1 << 20));
  return c.text(Object.keys(bodies.at(-1) as object).join(' '));
});

async function namesIn(body: string) {
  const headers = { 'content-type': 'application/json' };
  return (await app.request('/', { method: 'POST', headers, body })).text();
}

test('names of one body are not taken for those of another', async () => {
  expect(await namesIn('{"model":"a","\\\\":1}')).toBe('model \\');
  expect(await namesIn('{"model":"b","\\n":1}')).toBe('model \n');
  expect(await namesIn('{"tools":[],"path\\\\":1}')).toBe('tools path\\');
  expect(await namesIn('{"tools":[],"path\\"":1}')).toBe('tools path"');
});

test('a body that is not JSON is refused, also behind a name with an escape', async () => {
  for (const body of ['{"a":1', '{"\\n":1', '{"\\n":01}', '']) {
    const answer = new Hono()
      .onError((error, c) => c.text((error as { code?: string }).code ?? String(error), 400))
      .post('/', async (c) => c.json((await jsonBody(c, 1 << 20)) as object))
      .request('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await (await answer).text()).toBe('request-broken');
  }
});
