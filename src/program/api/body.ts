// Reads the JSON body of a request within the limits of its route. Does not read uploads: upload.ts does.

import type { Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { JikjiError } from '../../base/index.ts';
import type { Env } from './context.ts';
import { checkJsonBounds } from './json-bounds.ts';

/** Limit in bytes of a body of names, ids and numbers, such as a log-in. */
export const SMALL = 8 << 10;
/** Limit of a body with texts that people write, or lists of them: 20,000 characters, however JSON escapes them. */
export const TEXT = 256 << 10;
/** Limit of a body with a whole file, such as a rule book, or with a chat. */
export const FILE = 2 << 20;

/**
 * Parses a body whose Content-Type is JSON. A foreign page cannot send that type without a preflight request.
 * @param maxBytes limit of the body
 * @throws JikjiError `request-type`, `request-too-large`, `request-too-deep`, `request-too-many`, `request-broken`
 */
export async function jsonBody(c: Request<Env>, maxBytes: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new JikjiError('request-type', 'the body is not JSON', 'Content-Type', 'send application/json');
  const onError = () => {
    throw new JikjiError('request-too-large', `exceeds the ${maxBytes} bytes of this route`, 'the body', 'send less');
  };
  await bodyLimit({ maxSize: maxBytes, onError })(c, async () => {});
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  checkJsonBounds(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new JikjiError('request-broken', 'the body is not valid JSON', c.req.path, 'check the request', { cause });
  }
}
