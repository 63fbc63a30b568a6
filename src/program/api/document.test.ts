// The document against the schema that OpenAPI 3.1 publishes, by somebody else's validator; and that it says of a route what is so.

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { documentOf } from './document.ts';
import { Api, EVERYBODY } from './route.ts';
import { addPeople } from './routes/people.ts';
import { addPeopleInStage } from './routes/people-in-stage.ts';
import { addProgrammes } from './routes/programmes.ts';
import { addRuns } from './routes/runs.ts';
import { addStages } from './routes/stages.ts';
import { addSubmissions } from './routes/submissions.ts';
import { id } from './shapes/common.ts';

test('it is OpenAPI 3.1', async () => {
  const api = new Api();
  // Routes are only listed here: nothing of the server is asked.
  for (const add of [addPeople, addPeopleInStage, addProgrammes, addRuns, addStages, addSubmissions])
    add(api, {} as Parameters<typeof add>[1]);
  expect(api.routes.length).toBeGreaterThan(40);
  const { valid, errors } = await new Validator().validate(documentOf(api.routes, '1.0.0'));
  expect([valid, errors]).toEqual([true, undefined]);
});

test('a route stands in it with its parameters, bodies, answers and who may', () => {
  const named = z.object({ a: z.int().min(1) }).meta({ id: 'Named' });
  const api = new Api();
  api.on(
    {
      method: 'post',
      path: '/api/things/{thing}',
      summary: 'Do',
      who: ['office'],
      params: z.object({ thing: id }),
      query: z.object({ count: z.coerce.number().int().min(1).default(3) }),
      body: z.strictObject({ name: z.string() }),
      answer: z.array(named),
    },
    () => [],
  );
  api.on({ method: 'get', path: '/api/open', summary: 'See', who: EVERYBODY, gives: 'text/html' }, ({ c }) =>
    c.html(''),
  );
  const { paths, components } = JSON.parse(JSON.stringify(documentOf(api.routes, '1')));
  const done = paths['/api/things/{thing}'].post;
  expect(done.parameters).toMatchObject([
    { name: 'thing', in: 'path', required: true, schema: { type: 'string', pattern: expect.any(String) } },
    { name: 'count', in: 'query', required: false, schema: { default: 3, minimum: 1 } },
  ]);
  expect(done.requestBody.content['application/json'].schema).toMatchObject({
    required: ['name'],
    additionalProperties: false,
  });
  expect(done.responses[200].content['application/json'].schema).toMatchObject({
    items: { $ref: '#/components/schemas/Named' },
  });
  expect(components.schemas.Named.properties.a).toMatchObject({ type: 'integer', minimum: 1 });
  expect(done.security).toHaveLength(2);
  expect(paths['/api/open'].get.security).toBeUndefined();
  expect(Object.keys(paths['/api/open'].get.responses[200].content)).toEqual(['text/html']);
});
