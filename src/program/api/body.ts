// The JSON body of a request, read within the bounds of its route. Uploads are no JSON: upload.ts takes them in.

import type { Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { JikjiError } from '../../base/index.ts';
import type { Env } from './context.ts';
import { checkJsonBounds } from './json-bounds.ts';

/** Bytes of a body of names, ids and numbers, such as a log-in. */
export const SMALL = 8 << 10;
/** Of one with texts that people write, or lists of them: 20,000 characters, in whatever way JSON writes them. */
export const TEXT = 256 << 10;
/** Of one with a whole file, such as a rule book, or with a talk. */
export const FILE = 2 << 20;

/**
 * The value of a body that says it is JSON: what a page of others can send without being asked says something else.
 * @param most bytes
 * @throws JikjiError `request-type`, `request-too-large`, `request-too-deep`, `request-too-many`, `request-broken`
 */
export async function jsonBody(c: Request<Env>, most: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new JikjiError('request-type', 'the body is not said to be JSON', 'Content-Type', 'send application/json');
  const onError = () => {
    throw new JikjiError(
      'request-too-large',
      `is larger than the ${most} bytes of this route`,
      'the body',
      'send less',
    );
  };
  await bodyLimit({ maxSize: most, onError })(c, async () => {});
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  checkJsonBounds(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new JikjiError('request-broken', 'the body is no JSON', c.req.path, 'check what is sent', { cause });
  }
}
