// The OpenAPI 3.1 document, generated from the routes. OpenAPI 3.1 uses JSON Schema, so shapes are converted by Zod.

import { z } from 'zod';
import { fieldsOf } from '../office/index.ts';
import { SMALL } from './body.ts';
import type { Route } from './route.ts';
import { failure } from './shapes/common.ts';

type Json = Record<string, unknown>;

/** The document of these routes. */
export function documentOf(routes: readonly Route[], version: string): Json {
  const schemas: Json = {};
  /** The JSON Schema of a shape. A shape with an id becomes a component, and is returned as a reference. */
  const schema = (shape: z.ZodType, io: 'input' | 'output'): Json => {
    const whole = z.toJSONSchema(shape, { io, unrepresentable: 'any', reused: 'inline' });
    const {
      $schema: _,
      $defs,
      ...own
    } = JSON.parse(JSON.stringify(whole).replaceAll('#/$defs/', '#/components/schemas/'));
    Object.assign(schemas, $defs);
    const { id } = shape.meta() ?? {};
    if (!id) return own;
    schemas[id] ??= own; // if $defs holds it already, `own` is only a reference to it
    return { $ref: `#/components/schemas/${id}` };
  };
  const parameters = (shape: z.ZodObject | undefined, place: 'path' | 'query'): Json[] => {
    if (!shape) return [];
    return Object.entries(fieldsOf(schema(shape, 'input'))).map(([name, field]) => ({
      name,
      in: place,
      required: place === 'path' || field.required,
      schema: field.schema,
    }));
  };
  const json = (one: Json, type = 'application/json') => ({ [type]: { schema: one } });
  const wrong = { description: 'what was wrong, and how to mend it', content: json(schema(failure, 'output')) };

  const paths: Record<string, Json> = {};
  const contentOf = ({ body, requestType }: Route) => {
    if (body) return json(schema(body, 'input'));
    return requestType && json({ type: 'string', format: 'binary' }, requestType);
  };
  for (const route of routes) {
    const { method, path, summary, roles, params, query, body, maxBody = SMALL, answer, responseType } = route;
    const content = contentOf(route);
    const answered = answer ? json(schema(answer, 'output')) : json({ type: 'string' }, responseType);
    paths[path] ??= {};
    paths[path][method] = {
      summary,
      description: `For: ${roles.join(', ')}.`,
      parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
      ...(content && {
        requestBody: { required: true, ...(body && { description: `At most ${maxBody} bytes.` }), content },
      }),
      responses: { 200: { description: 'done', content: answered }, default: wrong },
      ...(roles.includes('public') ? {} : { security: [{ session: [] }, { token: [] }] }),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Jikji',
      version,
      description: 'A programme for homegrown foundation models, its evidence, and the runs of this machine.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'jikji' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}
