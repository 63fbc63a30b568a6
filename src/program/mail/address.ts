// Addresses of e-mail: a strict form without comments, quotes, routes or address literals, which is less than the standards allow and what
// people have. Asks no name server.

import { domainToASCII } from 'node:url';
import { addressUnfit } from './refusals.ts';

const MAX_LENGTH = 254;
const MAX_LOCAL = 64;
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The address with its domain in lower case; a domain in Hangul in the form that mail servers know. Undefined if it is none. */
export function parseAddress(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const at = text.indexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (at < 1 || local.length > MAX_LOCAL || !LOCAL.test(local)) return undefined;
  const written = text.slice(at + 1);
  // What URLs allow in a host and mail does not: escapes, and characters that vanish or become a dot, slash or at.
  if (!/^[\p{L}\p{N}.-]+$/u.test(written)) return undefined;
  const domain = domainToASCII(written);
  const labels = domain.split('.');
  const isDomain = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1)!);
  const address = `${local}@${domain}`;
  return isDomain && address.length <= MAX_LENGTH ? address : undefined;
}

/** @throws JikjiError `address-unfit` */
export function requireAddress(text: string): string {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw addressUnfit(text.slice(0, 100));
}
