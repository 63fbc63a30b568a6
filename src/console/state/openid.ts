// A log-in at the office's provider: the browser leaves, and comes back to the page `openid`. What is needed then is kept in this tab.

import { post } from './api.ts';
import { keep, kept } from './session.ts';

/** What the page needs when the browser is back. */
interface Leaving {
  /** A path of the console. */
  next: string;
  /** An invitation to accept. */
  accept?: { token: string; user: string; name: string };
}

const NAME = 'openid';

/** Begins a log-in and leaves for the provider. @throws Failure */
export async function leave(body: object, leaving: Leaving): Promise<void> {
  const { url } = await post<{ url: string }>('/openid/begin', body);
  keep(NAME, leaving);
  window.location.assign(url);
}

/** What was kept, once. */
export function takeLeaving(): Leaving {
  const { next, accept } = (kept(NAME) ?? {}) as Partial<Leaving>;
  keep(NAME, null);
  return { next: typeof next === 'string' ? next : '/', ...(accept && { accept }) };
}
