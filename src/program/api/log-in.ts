// Acts that change how a user logs in, or where links for that are sent, take a log-in: whoever found an API token must not take the user over.

import type { Context as Request } from 'hono';
import { JikjiError } from '../../base/index.ts';
import type { Context, Env } from './context.ts';

/** @throws JikjiError `log-in` for an API token */
export async function requireLogIn({ users }: Context, c: Request<Env>): Promise<void> {
  const token = c.get('token');
  if (token !== undefined && (await users.isLogIn(token))) return;
  throw new JikjiError(
    'log-in',
    'this takes a log-in; an API token does not do',
    'Authorization',
    'log in on the page',
  );
}
