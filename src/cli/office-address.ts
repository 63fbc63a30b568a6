// Addresses of offices: which are asked, and where a programme's answers are there. A token and a run's statements go over TLS, or
// stay on this machine.

import { BlockList, isIP } from 'node:net';
import { JikjiError } from '../base/index.ts';

/** A programme of a server. */
export interface OfficeAddress {
  origin: string;
  programme: string;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || (isIP(host) > 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
}

export const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/**
 * A URL that may be asked: https, or http of this machine alone, and nothing secret in it.
 * @throws JikjiError `office-address`; the text is not shown, it may hold a password
 */
export function safeUrl(text: string, option: string): URL {
  const wrong = (message: string, hint: string) => new JikjiError('office-address', message, option, hint);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw wrong('is not a web address', 'write https://HOST/programmes/NAME');
  if (url.username || url.password)
    throw wrong('holds a name or a password', 'leave it out: a token comes from JIKJI_OFFICE_TOKEN or --office-token');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong('is not encrypted, and not of this machine', 'write https://');
  if (url.hash || url.search) throw wrong('has more than a path', 'leave out what follows ? or #');
  return url;
}

/** The programme that a page's or the API's address names; undefined for any other. */
export function programmeIn(url: URL): OfficeAddress | undefined {
  const programme = /^\/(?:api\/)?programmes\/([a-z0-9][a-z0-9-]{0,63})(?:\/(?:lodgings|register))?\/?$/.exec(
    url.pathname,
  )?.[1];
  return programme === undefined ? undefined : { origin: url.origin, programme };
}

/** @throws JikjiError `office-address` */
export function officeAddress(text: string, option: string): OfficeAddress {
  const found = programmeIn(safeUrl(text, option));
  if (found) return found;
  throw new JikjiError(
    'office-address',
    'names no programme of a server',
    option,
    'write https://HOST/programmes/NAME, as the console shows it',
  );
}

export const lodgingsUrl = ({ origin, programme }: OfficeAddress): string =>
  `${origin}/api/programmes/${programme}/lodgings`;

export const registerUrl = ({ origin, programme }: OfficeAddress): string =>
  `${origin}/api/programmes/${programme}/register`;
