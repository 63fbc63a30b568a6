// What all routes share: the models by name, the limits, the figures; and how a request's body becomes what a route takes.

import type { Context } from 'hono';
import type { z } from 'zod';
import { JikjiError } from '../base/index.ts';
import type { ServedModel } from '../foundry/requests/index.ts';
import { jsonBody } from '../http/index.ts';
import type { ApiKeys } from './api-keys.ts';
import { type FailureOf, shapeError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import type { Receipts } from './receipts/index.ts';

export interface AppOptions {
  models: readonly ServedModel[];
  /** Undefined: everybody who reaches the server may ask. */
  keys?: ApiKeys | undefined;
  /** The origins of the server's own pages, once it listens. */
  origins: () => ReadonlySet<string>;
  /** Origins of other pages that may ask too. */
  allowedOrigins?: ReadonlySet<string> | undefined;
  /** Texts that may wait for their turn, of one model. */
  maxWaiting: number;
  /** Of one request. */
  maxSeconds: number;
  guesses: boolean;
  /** Undefined: answers get no receipts. */
  receipts?: Receipts | undefined;
  /** Aborted when the server stops taking requests. */
  stopping: AbortSignal;
  /** How an error is answered. */
  failureOf: FailureOf;
}

export interface ServerContext extends AppOptions {
  metrics: Metrics;
}

/** `stream`: settles when a stream has ended. */
export type Env = { Variables: { client: string; requestId: string; stream?: Promise<unknown> } };

/** Bytes of a request: a prompt of the longest context, as ids or as text. */
const MAX_BYTES = 16 << 20;

/** The model of this name; without a name the only one. @throws JikjiError `model-unknown` */
export function findModel({ models }: AppOptions, name: string | null | undefined): ServedModel {
  const found = name == null && models.length === 1 ? models[0] : models.find((one) => one.name === name);
  if (found) return found;
  const hint = `there are: ${models.map((one) => one.name).join(', ')}`;
  throw new JikjiError('model-unknown', 'this server has no such model', name || 'model', hint);
}

/** @throws JikjiError `request-...` */
export async function bodyOf<Shape extends z.ZodType>(c: Context<Env>, shape: Shape): Promise<z.output<Shape>> {
  const parsed = shape.safeParse(await jsonBody(c, MAX_BYTES));
  if (parsed.success) return parsed.data;
  throw shapeError(shape, parsed.error);
}
