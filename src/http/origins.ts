// Which names and pages a request may come by. A foreign page that a browser has open must not reach a server of its user.

import { JikjiError } from '../base/index.ts';

const foreign = (what: string, input: string) =>
  new JikjiError('origin', what, input.slice(0, 200), 'use the address that the server printed, or set --origin');

/** The error for a request by a name that is not the server's (DNS rebinding); undefined where the name is right. */
export function foreignHost(host: string, origins: ReadonlySet<string>): JikjiError | undefined {
  const isOwn = [...origins].some((origin) => new URL(origin).host === host.toLowerCase());
  return isOwn ? undefined : foreign('this server does not have that name', host);
}

/** The error for a request that a page of another origin sends, or that should come from a page and names none. */
export function foreignOrigin(origin: string | undefined, origins: ReadonlySet<string>): JikjiError | undefined {
  return origin !== undefined && origins.has(origin)
    ? undefined
    : foreign('this request does not come from a page of this server', origin ?? 'Origin');
}
