// Which names and pages a request may come by. A foreign page that a browser has open must not reach a server of its user.

import type { JikjiError } from '../base/index.ts';
import * as refuse from './refusals.ts';

/** The error for a request by a name that is not the server's (DNS rebinding); undefined where the name is right. */
export function foreignHost(host: string, origins: ReadonlySet<string>): JikjiError | undefined {
  const isOwn = [...origins].some((origin) => new URL(origin).host === host.toLowerCase());
  return isOwn ? undefined : refuse.foreignHost(host.slice(0, 200));
}

/** The error for a request that a page of another origin sends, or that should come from a page and names none. */
export function foreignOrigin(origin: string | undefined, origins: ReadonlySet<string>): JikjiError | undefined {
  return origin !== undefined && origins.has(origin)
    ? undefined
    : refuse.foreignOrigin((origin ?? 'Origin').slice(0, 200));
}
