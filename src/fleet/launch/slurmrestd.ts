// One question to slurmrestd, on a unix socket or by TCP, in the newest version of its data parser that both know. What goes wrong
// around it is told apart here. A token stays in the header it is sent in: errors have neither it nor the request.

import type { RequestOptions } from 'node:http';
import { userInfo } from 'node:os';
import { type ErrorCode, JikjiError } from '../../base/index.ts';

import { SlurmRefusal, slurmErrorOf } from './slurm-command.ts';
import { addressOf, isNamed, requireOwnSocket } from './slurmrestd-address.ts';
import { readErrors, readVersions } from './slurmrestd-answers.ts';

/** Versions of the data parser whose answers are understood, newest first; v0.0.43 only by its description. */
const VERSIONS = ['v0.0.43', 'v0.0.42', 'v0.0.41', 'v0.0.40'];

/** Milliseconds for one question, as the commands have. */
const TIMEOUT_MS = 90_000;

/** Bytes of one answer: a great cluster's queue. */
const MAX = 1 << 28;

interface Place {
  /** As people wrote it; it holds no secret. */
  address: string;
  secure: boolean;
  options: RequestOptions;
}

const trouble = (code: ErrorCode, message: string, input: string, hint: string, cause?: unknown): JikjiError =>
  new JikjiError(code, message, input, hint, { cause });

/** @throws JikjiError `slurmrestd-address`, `slurmrestd-not-named`, `slurm-token` */
function placeOf(address: string): Place {
  const at = addressOf(address);
  if (!at) {
    // Not shown: somebody may have put a password into it.
    const hint = 'write unix:/path/to/socket, or https://host:port';
    throw trouble('slurmrestd-address', 'this is no address of a slurmrestd', 'JIKJI_SLURMRESTD', hint);
  }
  if (!isNamed(at)) return { address, secure: false, options: { socketPath: requireOwnSocket(at).socket } };
  const headers = identity();
  if ('socket' in at) return { address, secure: false, options: { socketPath: at.socket, headers } };
  const { url } = at;
  if (headers['X-SLURM-USER-TOKEN'] === undefined) {
    const hint = 'export $(scontrol token); a unix socket needs none';
    throw trouble('slurm-token', 'slurmrestd on a network wants a token, and SLURM_JWT has none', address, hint);
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { address, secure: url.protocol === 'https:', options: { hostname, port: url.port || undefined, headers } };
}

function identity(): Record<string, string> {
  const { SLURM_JWT: token } = process.env;
  if (!token) return {};
  if (!/^[\w.=-]+$/.test(token)) {
    throw trouble('slurm-token', 'SLURM_JWT holds no token', 'SLURM_JWT', 'export $(scontrol token)');
  }
  return { 'X-SLURM-USER-NAME': userInfo().username, 'X-SLURM-USER-TOKEN': token };
}

function notReached(address: string, error: NodeJS.ErrnoException): JikjiError {
  const { code } = error;
  if (code === 'ENOENT' || code === 'ENOTSOCK') {
    const hint = 'JIKJI_SLURMRESTD or the catalogue says where; without it Slurm is asked by its commands';
    return trouble('slurmrestd-missing', 'there is no slurmrestd at this socket', address, hint, error);
  }
  if (code === 'ECONNREFUSED') {
    const hint = 'start it: systemctl start slurmrestd';
    return trouble('slurmrestd-refused', 'nobody listens there: slurmrestd does not run', address, hint, error);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = 'ask who runs the cluster, or unset JIKJI_SLURMRESTD';
    return trouble('slurmrestd-refused', 'you may not use this socket', address, hint, error);
  }
  return trouble('slurmrestd-unreachable', 'slurmrestd does not answer', address, `try again later (${code})`, error);
}

async function exchange(
  { address, secure, options }: Place,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  // Loaded when somebody is asked: they take a good part of the time in which the command line begins.
  const { request } = secure ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(notReached(address, error));
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    // A connection of its own: one that is kept may be closed by slurmrestd just when it is used again. But it is not told so:
    // asked to close, slurmrestd 24.11 writes more than its answer.
    const headers = { ...options.headers, ...type, Connection: 'keep-alive' };
    const more = { method, path, headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
    request({ ...options, ...more }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > MAX) answer.destroy(Object.assign(new Error('too long'), { code: 'EMSGSIZE' }));
        else parts.push(part);
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(parts).toString('utf8') }));
      answer.on('error', failed);
    })
      .on('error', failed)
      .end(body);
  });
}

/** An answer may show what was sent. */
function withoutToken(said: string): string {
  const { SLURM_JWT: token } = process.env;
  return token ? said.replaceAll(token, '...') : said;
}

/** The answer to a question that was allowed. @throws JikjiError, SlurmRefusal */
async function ask(place: Place, method: string, path: string, body?: string): Promise<string> {
  const { status, text } = await exchange(place, method, path, body);
  const said = readErrors(withoutToken(text));
  // Told that the controller does not believe a token, slurmrestd answers 511, at times without a word.
  if ([401, 403, 511].includes(status) || /authentication/i.test(said)) {
    throw trouble(
      'slurm-token',
      'slurmrestd does not believe who you are',
      place.address,
      'tokens run out: export $(scontrol token) brings a new one',
    );
  }
  if (said) throw slurmErrorOf(said);
  if (status !== 200) throw new SlurmRefusal(`slurmrestd answers ${status} to ${method} ${path}`);
  return text;
}

/** What each one answers in does not change: one that is replaced by a newer one still knows it. */
const chosen = new Map<string, string>();

async function versionOf(place: Place): Promise<string> {
  const known = chosen.get(place.address);
  if (known) return known;
  const theirs = readVersions(await ask(place, 'GET', '/openapi/v3'));
  const version = VERSIONS.find((one) => theirs.includes(one));
  if (version === undefined) {
    const hint = `it has ${theirs.join(', ') || 'none'}; ${VERSIONS.join(', ')} are known here`;
    throw trouble('slurmrestd-version', 'slurmrestd speaks no version that is known here', place.address, hint);
  }
  chosen.set(place.address, version);
  return version;
}

/**
 * Asks the slurmrestd at `unix:/path` or `http(s)://host:port` and gives its answer, a JSON text; VERSION in the path is replaced.
 * @throws JikjiError `slurmrestd-address`, `slurmrestd-not-named`, `slurmrestd-missing`, `slurmrestd-refused`, `slurmrestd-unreachable`,
 * `slurmrestd-version`, `slurm-token`, `slurm-strange-answer`, and those of the controller (slurm-command.ts)
 * @throws SlurmRefusal with Slurm's words where it says no
 */
export async function slurmrestd(address: string, method: string, path: string, body?: object): Promise<string> {
  const place = placeOf(address);
  const version = await versionOf(place);
  return ask(place, method, `/${path.replace('VERSION', version)}`, body && JSON.stringify(body));
}
