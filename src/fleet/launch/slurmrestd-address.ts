// Addresses of slurmrestd: what is one, and which of them are asked. Those of a catalogue or of a job's record come from other
// people: our name, our token and the environment that a job is given go to nobody whom only they name.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { JikjiError } from '../../base/index.ts';

export type Address = { socket: string } | { url: URL };

/** `unix:/path/to/socket` or `http(s)://host:port`; undefined for anything else, such as one with a password in it. */
export function addressOf(text: string): Address | undefined {
  const [, socket] = /^unix:(\/\P{Cc}+)$/u.exec(text) ?? [];
  if (socket !== undefined) return { socket };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url && url.pathname === '/' && !url.username && !url.password && !url.search && !url.hash;
  // It is shown for people to type: nothing that a shell would do something with.
  const isPlain = isBare && /^https?:$/.test(url.protocol) && /^([\w.-]+|\[[\da-f:.]+\])$/.test(url.hostname);
  return isPlain && !/[@?#]/.test(text) ? { url } : undefined;
}

const textOf = (address: Address | undefined): string | undefined =>
  address && ('url' in address ? address.url.href : address.socket);

/** Whether this is the one that the user named: SLURM_JWT is for that one alone. */
export function isNamed(address: Address): boolean {
  const { JIKJI_SLURMRESTD: named } = process.env;
  return textOf(address) === textOf(named ? addressOf(named) : undefined);
}

/**
 * Refuses an address that the user has not named, unless it is a socket of this machine that no other person listens at; that one
 * is given back without the links on the way to it.
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
    return address; // it is not there, or not for us: asking says so
  }
  if (owner === 0 || owner === process.getuid!() || isService(owner)) return { socket };
  throw notNamed(`unix:${address.socket}`, "if it is your cluster's: export JIKJI_SLURMRESTD with this address");
}

const notNamed = (address: string, hint: string): JikjiError =>
  new JikjiError(
    'slurmrestd-not-named',
    'a catalogue or the record of a job names this slurmrestd, and you do not: nothing is sent there',
    address,
    hint,
  );

/** An account that nobody logs in to, as daemons have. */
function isService(uid: number): boolean {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const shells = users.map((line) => line.split(':')).filter((fields) => fields[2] === `${uid}`);
  return shells.length > 0 && shells.every((fields) => /\/(nologin|false)$/.test(fields[6] ?? ''));
}
