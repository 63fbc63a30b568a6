// Reads the JSON body of a request within limits of size, depth and number of values.

import type { Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseJson } from '../base/index.ts';
import { checkJsonBounds } from './json-bounds.ts';
import * as refuse from './refusals.ts';

/**
 * Parses a body whose Content-Type is JSON. A foreign page cannot send that type without a preflight request.
 * @param maxBytes limit of the body
 * @throws JikjiError `request-type`, `request-too-large`, `request-too-deep`, `request-too-many`, `request-broken`
 */
export async function jsonBody(c: Request, maxBytes: number): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) throw refuse.notJson('Content-Type');
  const onError = () => {
    throw refuse.tooLarge('the body', maxBytes);
  };
  await bodyLimit({ maxSize: maxBytes, onError })(c, async () => {});
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  checkJsonBounds(bytes);
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refuse.brokenJson(c.req.path).causedBy(cause);
  }
}
