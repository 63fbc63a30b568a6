// One way to state a route: what it takes and gives, checked and in the document, and which roles it is for. A route that names no
// roles cannot be written.

import type { Context as Request } from 'hono';
import { Hono } from 'hono';
import type { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import { mustBe, viewerIn } from './access.ts';
import { jsonBody, SMALL } from './body.ts';
import type { Env } from './context.ts';
import { shapeError } from './errors.ts';

export const EVERYBODY: readonly Role[] = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'];
export const PEOPLE: readonly Role[] = EVERYBODY.filter((role) => role !== 'public');

type Nothing = undefined;
type Shape = z.ZodType | Nothing;
type Read<S> = S extends z.ZodType ? z.output<S> : Nothing;

export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it: `/api/programmes/{programme}`. */
  path: string;
  summary: string;
  /** Roles in the programme of the path; on the server, where the path names none. */
  who: readonly Role[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Most bytes of a JSON body; SMALL where nothing is said. */
  maxBody?: number;
  /** Media type of a body that is no JSON and is read by the handler. */
  takes?: string;
  answer?: z.ZodType;
  /** Media type of an answer that is no JSON. */
  gives?: string;
}

/** What a handler is told. */
export interface Asked<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** As he is in the programme of the path. */
  viewer: Viewer;
  c: Request<Env>;
}

/** An application with the list of what it answers. */
export class Api {
  readonly app = new Hono<Env>();
  readonly routes: Route[] = [];

  /** A route that answers with JSON, or with a response of its own. */
  on<P extends Shape = Nothing, Q extends Shape = Nothing, B extends Shape = Nothing, A extends Shape = Nothing>(
    route: Route & { params?: P; query?: Q; body?: B; answer?: A },
    handle: (
      asked: Asked<Read<P>, Read<Q>, Read<B>>,
    ) =>
      | Promise<Response | (A extends z.ZodType ? z.input<A> : never)>
      | Response
      | (A extends z.ZodType ? z.input<A> : never),
  ): void {
    this.routes.push(route);
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    this.app.on(route.method.toUpperCase(), path, async (c) => {
      const programme = c.req.param('programme');
      const viewer = programme === undefined ? c.get('viewer') : viewerIn(c.get('viewer'), programme);
      mustBe(viewer, route.who);
      const asked = {
        params: read(route.params, c.req.param()),
        query: read(route.query, queryOf(c)),
        body: route.body && read(route.body, await jsonBody(c, route.maxBody ?? SMALL)),
        viewer,
        c,
      };
      const answer = await handle(asked as unknown as Asked<Read<P>, Read<Q>, Read<B>>);
      return answer instanceof Response ? answer : c.json(answer as object);
    });
  }
}

/** What is given once, as it is; what is given several times, as a list. */
const queryOf = (c: Request<Env>): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(c.req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));

function read(shape: z.ZodType | undefined, value: unknown): unknown {
  if (!shape) return undefined;
  checkTexts(value);
  const found = shape.safeParse(value);
  if (!found.success) throw shapeError(found.error);
  return found.data;
}

/** No database keeps these, and no signature covers them the same way everywhere. */
const UNFIT = /\0|\p{Surrogate}/u;

/** Level by level: what is nested deeply must not overflow a stack. */
function checkTexts(value: unknown): void {
  for (let level = [value]; level.length > 0; ) {
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one === 'string' && UNFIT.test(one))
        throw new JikjiError(
          'request-text',
          'a text has characters that are none',
          one.slice(0, 50).toWellFormed(),
          'send Unicode without NUL',
        );
      if (one !== null && typeof one === 'object') for (const pair of Object.entries(one)) below.push(...pair);
    }
    level = below;
  }
}
