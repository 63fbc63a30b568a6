// Defines routes: their parameters, body and answer are checked and documented, and every route must name its roles.

import type { Context as Request } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { jsonBody } from '../../http/index.ts';
import type { Tables } from '../state/index.ts';
import type { Role, Viewer } from '../users/index.ts';
import { requireRole, viewerIn } from './access.ts';
import { SMALL } from './body.ts';
import { type Context, type Env, type HostedProgramme, requireHosted } from './context.ts';
import { shapeError } from './errors.ts';
import { textUnfit } from './refusals/requests.ts';
import { id } from './shapes/common.ts';

export const EVERYBODY: readonly Role[] = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'];
export const PEOPLE: readonly Role[] = EVERYBODY.filter((role) => role !== 'public');

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Shape = z.ZodType | undefined;
type Read<S> = S extends z.ZodType ? z.output<S> : undefined;
type Answer<S> = Response | (S extends z.ZodType ? z.input<S> : never);
/** Names in braces. */
type NamesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

interface RouteOptions {
  summary: string;
  /** Roles in the programme of the path; on the server, where the path names none. */
  roles: readonly Role[];
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Limit of a JSON body in bytes; default SMALL. */
  maxBody?: number;
  /** Media type of a body that is not JSON; the handler reads it. */
  requestType?: string;
  /** Shape of a JSON answer. Members that it does not have are removed. */
  answer?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  responseType?: string;
}

export interface Route extends RouteOptions {
  method: Method;
  /** As OpenAPI writes it: `/api/programmes/{programme}`. */
  path: string;
  params: z.ZodObject;
}

/** The programme that the path names. */
interface Place extends HostedProgramme {
  tables: Tables;
}

/** The checked parts of a request. */
export type HandlerInput<Path, Q, B> = {
  params: Record<NamesIn<Path>, string>;
  query: Q;
  body: B;
  /** With the role that the viewer has in the programme of the path. */
  viewer: Viewer;
  c: Request<Env>;
} & ('programme' extends NamesIn<Path> ? Place : unknown);

/** A Hono application with the list of its routes. */
export class Api {
  readonly app = new Hono<Env>();
  readonly routes: Route[] = [];
  readonly context: Context;

  constructor(context: Context) {
    this.context = context;
  }

  /**
   * Adds a route. Its handler returns JSON data or a Response.
   * @param at method and path: `get /api/programmes/{programme}`
   * @param stated `params`: shapes of path parameters that are not ids
   */
  on<At extends `${Method} /${string}`, Q extends Shape, B extends Shape, A extends Shape>(
    at: At,
    stated: RouteOptions & { params?: { [name in NamesIn<At>]?: z.ZodType }; query?: Q; body?: B; answer?: A },
    handle: (asked: HandlerInput<At, Read<Q>, Read<B>>) => Promise<Answer<A>> | Answer<A>,
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
      requireRole(viewer, route.roles);
      const asked = {
        params: read(params, c.req.param()),
        query: read(route.query, queryOf(c)),
        body: route.body && (emptyBody(c, route.body) ?? read(route.body, await jsonBody(c, route.maxBody ?? SMALL))),
        viewer,
        c,
      };
      const place = programme === undefined ? {} : placeOf(requireHosted(this.context, programme));
      const answer = await handle({ ...asked, ...place } as unknown as HandlerInput<At, Read<Q>, Read<B>>);
      return answer instanceof Response ? answer : c.json(route.answer!.parse(answer) as object);
    });
  }
}

const placeOf = (shown: HostedProgramme): Place => ({ ...shown, tables: shown.programme.tables });

/** A parameter that is given once is a string; one that is given several times is a list. */
const queryOf = (c: Request<Env>): Record<string, string | string[]> =>
  Object.fromEntries(Object.entries(c.req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0]! : all]));

/** What a request without a body says where every member may be left out; undefined: it has one, or must. */
function emptyBody(c: Request<Env>, shape: z.ZodType): unknown {
  const has = ['content-type', 'transfer-encoding'].some((name) => c.req.header(name) !== undefined);
  if (has || (c.req.header('content-length') ?? '0') !== '0') return undefined;
  return shape.safeParse({}).data;
}

function read(shape: z.ZodType | undefined, value: unknown): unknown {
  if (!shape) return undefined;
  checkTexts(value);
  const found = shape.safeParse(value);
  if (!found.success) throw shapeError(shape, found.error);
  return found.data;
}

/** Not every database stores these, and not every signer encodes them alike. */
const UNFIT = /\0|\p{Surrogate}/u;

/** Checks all strings, level by level without recursion: deep nesting must not overflow the stack. */
function checkTexts(value: unknown): void {
  for (let level = [value]; level.length > 0; ) {
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one === 'string' && UNFIT.test(one)) {
        const start = one.slice(0, 50).toWellFormed();
        throw textUnfit(start);
      }
      if (one !== null && typeof one === 'object') for (const pair of Object.entries(one)) below.push(...pair);
    }
    level = below;
  }
}
