// Addresses of offices: which ones are allowed, and the URLs of a programme's lodgings and register. A token and a run's statements go
// over TLS, or stay on this machine. Sends nothing.

import { BlockList, isIP } from 'node:net';
import { JikjiError } from '../base/index.ts';

/** A programme on a server. */
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

/** Ports of other protocols, which fetch never asks: https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORTS = new Set(
  (
    '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 ' +
    '137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 ' +
    '1719 1720 1723 2049 3659 4045 5060 5061 6000 6566 6665 6666 6667 6668 6669 6697 10080'
  ).split(' '),
);

/** A port that fetch refuses: retrying could never succeed. */
export const badPort = (where: string): JikjiError =>
  new JikjiError(
    'office-address',
    'names a port that is kept for another protocol: web servers are never asked there',
    where,
    'give the server another port, for example 1377, and write that one',
  );

export const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/**
 * A URL that may be requested: https, or http on this machine only, without credentials, query or fragment.
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
  if (BAD_PORTS.has(url.port)) throw badPort(option);
  if (url.hash || url.search) throw wrong('has more than a path', 'leave out what follows ? or #');
  return url;
}

/** The programme in the address of a page or of the API; undefined for any other address. */
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
