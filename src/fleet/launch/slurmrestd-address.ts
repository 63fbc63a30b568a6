// Addresses of slurmrestd: their form, and which ones may be used. Addresses in a catalogue or a job record come from other people, so
// the user's name, token and environment are never sent to an address that only such a file names.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { JikjiError } from '../../base/index.ts';

export type Address = { socket: string } | { url: URL };

/** Parses `unix:/path/to/socket` or `http(s)://host:port`; undefined for anything else, such as a URL with a password. */
export function addressOf(text: string): Address | undefined {
  const [, socket] = /^unix:(\/\P{Cc}+)$/u.exec(text) ?? [];
  if (socket !== undefined) return { socket };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url && url.pathname === '/' && !url.username && !url.password && !url.search && !url.hash;
  // Hints show it for people to type, so it has no special characters of a shell.
  const isPlain = isBare && /^https?:$/.test(url.protocol) && /^([\w.-]+|\[[\da-f:.]+\])$/.test(url.hostname);
  return isPlain && !/[@?#]/.test(text) ? { url } : undefined;
}

const textOf = (address: Address | undefined): string | undefined =>
  address && ('url' in address ? address.url.href : address.socket);

/** Whether JIKJI_SLURMRESTD names this address: SLURM_JWT is sent to that one only. */
export function isNamedByUser(address: Address): boolean {
  const { JIKJI_SLURMRESTD: named } = process.env;
  return textOf(address) === textOf(named ? addressOf(named) : undefined);
}

/**
 * Refuses an address that the user has not named, unless it is a socket of this user, root or a service account. Returns its real path.
 * @throws JikjiError `slurmrestd-not-named`
 */
export function requireOwnSocket(address: Address): { socket: string } {
  if ('url' in address) {
    const { origin } = address.url;
    throw notNamed(origin, `if it is your cluster's: export JIKJI_SLURMRESTD=${origin} $(scontrol token)`);
  }
  let socket: string;
  let owner: number;
  try {
    socket = realpathSync(address.socket);
    owner = statSync(socket).uid;
  } catch {
    return address; // missing or not accessible: the request reports it
  }
  if (owner === 0 || owner === process.getuid!() || isService(owner)) return { socket };
  throw notNamed(`unix:${address.socket}`, "if it is your cluster's: export JIKJI_SLURMRESTD with this address");
}

const notNamed = (address: string, hint: string): JikjiError =>
  new JikjiError(
    'slurmrestd-not-named',
    'only a catalogue or the record of a job names this slurmrestd: nothing is sent there',
    address,
    hint,
  );

/** Whether the user id is a service account, which has no login shell. */
function isService(uid: number): boolean {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const shells = users.map((line) => line.split(':')).filter((fields) => fields[2] === `${uid}`);
  return shells.length > 0 && shells.every((fields) => /\/(nologin|false)$/.test(fields[6] ?? ''));
}
