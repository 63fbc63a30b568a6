// GET /receipts/ID: the receipt of an answer.

import { Hono } from 'hono';
import type { Env } from './context.ts';
import type { Receipts } from './receipts/index.ts';

export function receiptRoutes(receipts: Receipts): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/receipts/:id', async (c) => {
    const text = await receipts.read(c.req.param('id'), c.get('requestId'));
    return c.body(text, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  });
  return app;
}
