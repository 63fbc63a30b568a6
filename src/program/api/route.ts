// One way to state a route: what it takes and gives, checked and in the document, and which roles it is for. A route that names no
// roles cannot be written.

import type { Context as Request } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Tables } from '../state/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import { mustBe, viewerIn } from './access.ts';
import { jsonBody, SMALL } from './body.ts';
import { type Context, type Env, type Shown, shownAs } from './context.ts';
import { shapeError } from './errors.ts';
import { id } from './shapes/common.ts';

export const EVERYBODY: readonly Role[] = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'];
export const PEOPLE: readonly Role[] = EVERYBODY.filter((role) => role !== 'public');

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Shape = z.ZodType | undefined;
type Read<S> = S extends z.ZodType ? z.output<S> : undefined;
type Answer<S> = Response | (S extends z.ZodType ? z.input<S> : never);
/** Names in braces. */
type NamesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

interface Stated {
  summary: string;
  /** Roles in the programme of the path; on the server, where the path names none. */
  who: readonly Role[];
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Most bytes of a JSON body; SMALL where nothing is said. */
  maxBody?: number;
  /** Media type of a body that is not JSON and is read by the handler. */
  takes?: string;
  /** What is answered is cut to it. */
  answer?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  gives?: string;
}

export interface Route extends Stated {
  method: Method;
  /** As OpenAPI writes it: `/api/programmes/{programme}`. */
  path: string;
  params: z.ZodObject;
}

/** A programme of the path, as the server shows it. */
interface Place extends Shown {
  tables: Tables;
}

/** What a handler is told. */
export type Asked<Path, Q, B> = {
  params: Record<NamesIn<Path>, string>;
  query: Q;
  body: B;
  /** As he is in the programme of the path. */
  viewer: Viewer;
  c: Request<Env>;
} & ('programme' extends NamesIn<Path> ? Place : unknown);

/** An application with the list of what it answers. */
export class Api {
  readonly app = new Hono<Env>();
  readonly routes: Route[] = [];
  readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  /**
   * A route that answers with JSON, or with a response of its own.
   * @param at method and path: `get /api/programmes/{programme}`
   * @param stated `params`: forms of names in the path that are not ids
   */
  on<At extends `${Method} /${string}`, Q extends Shape, B extends Shape, A extends Shape>(
    at: At,
    stated: Stated & { params?: { [name in NamesIn<At>]?: z.ZodType }; query?: Q; body?: B; answer?: A },
    handle: (asked: Asked<At, Read<Q>, Read<B>>) => Promise<Answer<A>> | Answer<A>,
  ): void {
    const [method, path] = at.split(' ') as [Method, string];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const forms: { [name: string]: z.ZodType | undefined } = stated.params ?? {};
    const params = z.object(Object.fromEntries(names.map((name) => [name, forms[name] ?? id])));
    const route: Route = { ...stated, method, path, params };
    this.routes.push(route);
    this.app.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
      const programme = c.req.param('programme');
      const viewer = programme === undefined ? c.get('viewer') : viewerIn(c.get('viewer'), programme);
      mustBe(viewer, route.who);
      const asked = {
        params: read(params, c.req.param()),
        query: read(route.query, queryOf(c)),
        body: route.body && read(route.body, await jsonBody(c, route.maxBody ?? SMALL)),
        viewer,
        c,
      };
      const place = programme === undefined ? {} : placeOf(shownAs(this.context, programme));
      const answer = await handle({ ...asked, ...place } as unknown as Asked<At, Read<Q>, Read<B>>);
      return answer instanceof Response ? answer : c.json(route.answer!.parse(answer) as object);
    });
  }
}

const placeOf = (shown: Shown): Place => ({ ...shown, tables: shown.programme.tables });

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
      if (typeof one === 'string' && UNFIT.test(one)) {
        const start = one.slice(0, 50).toWellFormed();
        throw new JikjiError('request-text', 'a text has characters that are none', start, 'send Unicode without NUL');
      }
      if (one !== null && typeof one === 'object') for (const pair of Object.entries(one)) below.push(...pair);
    }
    level = below;
  }
}
