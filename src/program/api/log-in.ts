// Acts that change how a user logs in, or where links for that are sent, take a log-in: whoever found an API token must not take the user over.

import type { Context as Request } from 'hono';
import type { Context, Env } from './context.ts';
import { takesLogIn } from './refusals/requests.ts';

/** @throws JikjiError `log-in` for an API token */
export async function requireLogIn({ users }: Context, c: Request<Env>): Promise<void> {
  const token = c.get('token');
  if (token !== undefined && (await users.isLogIn(token))) return;
  throw takesLogIn('Authorization');
}
