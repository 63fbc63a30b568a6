// Compresses large JSON answers: lists of a large programme repeat themselves, and shrink to a twentieth. Does not know what they hold.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

/** Smaller ones fit into a few packets anyway. */
const MIN_BYTES = 16 << 10;
/** The first levels are several times as fast as the default, and hardly worse at what repeats itself. */
const LEVEL = 3;

/**
 * Only answers to reading: what a foreign page could have asked in somebody's name comes without his cookie, so that lengths of
 * compressed answers tell it nothing.
 */
export const compressed: MiddlewareHandler = async (c, next) => {
  await next();
  const { res } = c;
  if (c.req.method !== 'GET' || res.body === null) return;
  if (!/^application\/json\b/.test(res.headers.get('content-type') ?? '')) return;
  const bytes = await res.arrayBuffer();
  const isLarge = bytes.byteLength >= MIN_BYTES;
  const wanted = isLarge && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  const body = wanted ? await promisify(gzip)(bytes, { level: LEVEL }) : bytes;
  c.res = new Response(body as BodyInit, { status: res.status, headers: res.headers });
  // Also where it is not compressed: another request may get it otherwise.
  if (isLarge) c.res.headers.set('Vary', 'Accept-Encoding');
  if (wanted) {
    c.res.headers.set('Content-Encoding', 'gzip');
    c.res.headers.delete('Content-Length');
  }
};
