// Reads the JSON body of a request within limits of size, depth and number of values.

import type { Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { JikjiError } from '../base/index.ts';
import { checkJsonBounds } from './json-bounds.ts';

/**
 * Parses a body whose Content-Type is JSON. A foreign page cannot send that type without a preflight request.
 * @param maxBytes limit of the body
 * @throws JikjiError `request-type`, `request-too-large`, `request-too-deep`, `request-too-many`, `request-broken`
 */
export async function jsonBody(c: Request, maxBytes: number): Promise<unknown> {
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
