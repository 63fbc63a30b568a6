// The document against the schema that OpenAPI 3.1 publishes, with an independent validator, and against the real routes.

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Context } from './context.ts';
import { documentOf } from './document.ts';
import { Api, EVERYBODY } from './route.ts';
import { addCompute } from './routes/compute.ts';
import { addLodgings } from './routes/lodgings.ts';
import { addPeople } from './routes/people.ts';
import { addPeopleInStage } from './routes/people-in-stage.ts';
import { addProgrammes } from './routes/programmes.ts';
import { addReliance } from './routes/reliance.ts';
import { addRunTable } from './routes/run-table.ts';
import { addRuns } from './routes/runs.ts';
import { addStages } from './routes/stages.ts';
import { addSubmissions } from './routes/submissions.ts';
import { id } from './shapes/common.ts';
import { TestServer } from './testing/api.ts';
import { operationsOf } from './testing/generate.ts';

const RELIANCE = '/api/programmes/{programme}/reliance';
/** Answers of other forms than without them. */
const QUERIES: Record<string, string[]> = {
  '/api/search': ['?q=a', '?q=1', '?q=home&programme=test'],
  [RELIANCE]: ['?of=consortium&id=a', '?of=use&id=serve-a', '?of=use&id=submission-s1-a'],
  [`${RELIANCE}/what-if`]: ['?supplier=far-chips&supplier=home-halls', '?country=XX'],
  [`${RELIANCE}/smallest`]: ['?by=country&kind=training', '?kind=serving'],
};

test('every answer has its documented shape', async () => {
  const server = await new TestServer().begin();
  try {
    await server.office.stage();
    await server.office.fill();
    await server.office.chain();
    // biome-ignore lint/suspicious/noExplicitAny: a document
    const document = server.application.document as any;
    const shapeOf = (schema: object) =>
      z.fromJSONSchema(
        JSON.parse(
          JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
            '#/components/schemas/',
            '#/$defs/',
          ),
        ),
      );
    const wrong: string[] = [];
    const names: Record<string, string> = {
      programme: 'test',
      stage: 's1',
      consortium: 'a',
      submission: 's1-a',
      digest: String(server.programme.tables.all('ruleBooks')[0]!.digest),
    };
    const look = async () => {
      for (const { method, path, streams } of operationsOf(document)) {
        if (method !== 'get' || streams) continue;
        const { responses } = document.paths[path].get;
        const plain = path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'none');
        for (const query of ['', ...(QUERIES[path] ?? [])])
          for (const who of ['office', 'expert', 'public'] as const) {
            const asked = `${plain}${query}`;
            const { status, body, headers } = await server.get(who, asked);
            const [[type, { schema }]] = Object.entries(responses[status === 200 ? 200 : 'default'].content) as [
              [string, { schema: object }],
            ];
            expect(headers.get('content-type')).toContain(type);
            if (query) expect([asked, status]).toEqual([asked, 200]);
            const found = type === 'application/json' ? shapeOf(schema).safeParse(body) : undefined;
            if (found?.error) wrong.push(`${asked} as ${who}: ${z.prettifyError(found.error)}`);
          }
      }
    };
    await look();
    for (const act of ['close', 'decide']) await server.post('office', `/stages/s1/${act}`, { anyway: true });
    await look();
    expect(wrong).toEqual([]);
    // A shape that refers to itself says nothing.
    const { schemas } = document.components;
    expect(Object.keys(schemas).filter((name) => schemas[name].$ref)).toEqual([]);
  } finally {
    await server.close();
  }
});

test('it is OpenAPI 3.1', async () => {
  const api = new Api({} as Context);
  // Routes are only listed here: nothing of the server is asked.
  for (const add of [
    addCompute,
    addLodgings,
    addPeople,
    addPeopleInStage,
    addProgrammes,
    addReliance,
    addRuns,
    addRunTable,
    addStages,
    addSubmissions,
  ])
    add(api);
  expect(api.routes.length).toBeGreaterThan(40);
  const { valid, errors } = await new Validator().validate(documentOf(api.routes, '1.0.0'));
  expect([valid, errors]).toEqual([true, undefined]);
});

test("the document lists a route's parameters, bodies, answers and roles", () => {
  const named = z.object({ a: z.int().min(1) }).meta({ id: 'Named' });
  const api = new Api({} as Context);
  api.on(
    'post /api/things/{thing}',
    {
      summary: 'Do',
      roles: ['office'],
      params: { thing: id },
      query: z.object({ count: z.coerce.number().int().min(1).default(3) }),
      body: z.strictObject({ name: z.string() }),
      answer: z.array(named),
    },
    () => [],
  );
  api.on('get /api/open', { summary: 'See', roles: EVERYBODY, responseType: 'text/html' }, ({ c }) => c.html(''));
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
