// One request to slurmrestd, on a unix socket or by TCP, in the newest data parser version that both sides know. Classifies failures.
// The token is in the request header only: errors contain neither the token nor the request.

import type { RequestOptions } from 'node:http';
import { userInfo } from 'node:os';
import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { SlurmRefusal, slurmErrorOf } from './slurm-command.ts';
import { addressOf, isNamedByUser, requireOwnSocket } from './slurmrestd-address.ts';
import { readErrors, readVersions } from './slurmrestd-answers.ts';

/** Supported data parser versions, newest first; v0.0.43 is implemented from its description only. */
const VERSIONS = ['v0.0.43', 'v0.0.42', 'v0.0.41', 'v0.0.40'];

/** Milliseconds for one request, as for the commands. */
const TIMEOUT_MS = 90_000;

/** Bytes of one answer: enough for the queue of a large cluster. */
const MAX_BYTES = 1 << 28;

interface Endpoint {
  /** As the user wrote it; holds no secret. */
  address: string;
  secure: boolean;
  options: RequestOptions;
}

/** @throws JikjiError `slurmrestd-address`, `slurmrestd-not-named`, `slurm-token` */
function endpointOf(address: string): Endpoint {
  const at = addressOf(address);
  if (!at) {
    // Not shown: it may hold a password.
    const hint = 'write unix:/path/to/socket, or https://host:port';
    throw new JikjiError('slurmrestd-address', 'this is not an address of a slurmrestd', 'JIKJI_SLURMRESTD', hint);
  }
  if (!isNamedByUser(at)) return { address, secure: false, options: { socketPath: requireOwnSocket(at).socket } };
  const headers = authHeaders();
  if ('socket' in at) return { address, secure: false, options: { socketPath: at.socket, headers } };
  const { url } = at;
  if (headers['X-SLURM-USER-TOKEN'] === undefined) {
    const hint = 'export $(scontrol token); a unix socket needs none';
    throw new JikjiError('slurm-token', 'slurmrestd on a network needs a token, and SLURM_JWT has none', address, hint);
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { address, secure: url.protocol === 'https:', options: { hostname, port: url.port || undefined, headers } };
}

function authHeaders(): Record<string, string> {
  const { SLURM_JWT: token } = process.env;
  if (!token) return {};
  if (!/^[\w.=-]+$/.test(token)) {
    throw new JikjiError('slurm-token', 'SLURM_JWT holds no token', 'SLURM_JWT', 'export $(scontrol token)');
  }
  return { 'X-SLURM-USER-NAME': userInfo().username, 'X-SLURM-USER-TOKEN': token };
}

const MISSING = [
  'slurmrestd-missing',
  'there is no slurmrestd at this socket',
  'check JIKJI_SLURMRESTD or the catalogue; without an address Jikji uses the commands of Slurm',
] as const;
const FORBIDDEN = [
  'slurmrestd-refused',
  'you may not use this socket',
  'ask the administrator of the cluster, or unset JIKJI_SLURMRESTD',
] as const;
const CONNECTION_ERRORS: Record<string, readonly [code: ErrorCode, message: string, hint: string]> = {
  ENOENT: MISSING,
  ENOTSOCK: MISSING,
  ECONNREFUSED: ['slurmrestd-refused', 'slurmrestd does not run there', 'start it: systemctl start slurmrestd'],
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
};

function connectionError(address: string, error: NodeJS.ErrnoException): JikjiError {
  const unreachable = [
    'slurmrestd-unreachable',
    'slurmrestd does not answer',
    `try again later (${error.code})`,
  ] as const;
  const [code, message, hint] = CONNECTION_ERRORS[error.code ?? ''] ?? unreachable;
  return new JikjiError(code, message, address, hint, { cause: error });
}

async function sendRequest(
  { address, secure, options }: Endpoint,
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; text: string }> {
  // Loaded on demand: they take much of the start-up time of the command line.
  const { request } = secure ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(connectionError(address, error));
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    // A new connection: slurmrestd may close a kept one just before its reuse. The header still says keep-alive: with `close`,
    // slurmrestd 24.11 writes more than its answer.
    const headers = { ...options.headers, ...type, Connection: 'keep-alive' };
    const more = { method, path, headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
    request({ ...options, ...more }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > MAX_BYTES) answer.destroy(Object.assign(new Error('too long'), { code: 'EMSGSIZE' }));
        else parts.push(part);
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text: Buffer.concat(parts).toString('utf8') }));
      answer.on('error', failed);
    })
      .on('error', failed)
      .end(body);
  });
}

/** Removes the token: an answer may quote the request. */
function withoutToken(text: string): string {
  const { SLURM_JWT: token } = process.env;
  return token ? text.replaceAll(token, '...') : text;
}

/** The answer of a successful request. @throws JikjiError, SlurmRefusal */
async function ask(endpoint: Endpoint, method: string, path: string, body?: string): Promise<string> {
  const { status, text } = await sendRequest(endpoint, method, path, body);
  const errors = readErrors(withoutToken(text));
  // If the controller rejects a token, slurmrestd answers 511, sometimes without a message.
  if ([401, 403, 511].includes(status) || /authentication/i.test(errors)) {
    const hint = 'tokens expire: export $(scontrol token) gets a new one';
    throw new JikjiError('slurm-token', 'slurmrestd does not accept your identity', endpoint.address, hint);
  }
  if (errors) throw slurmErrorOf(errors);
  if (status !== 200) throw new SlurmRefusal(`slurmrestd answers ${status} to ${method} ${path}`);
  return text;
}

/** The version by address. It stays valid: a newer slurmrestd still knows it. */
const parserVersions = new Map<string, string>();

async function versionOf(endpoint: Endpoint): Promise<string> {
  const known = parserVersions.get(endpoint.address);
  if (known) return known;
  const theirs = readVersions(await ask(endpoint, 'GET', '/openapi/v3'));
  const version = VERSIONS.find((one) => theirs.includes(one));
  if (version === undefined) {
    const hint = `it has ${theirs.join(', ') || 'none'}; ${VERSIONS.join(', ')} are supported here`;
    throw new JikjiError('slurmrestd-version', 'slurmrestd has no supported version', endpoint.address, hint);
  }
  parserVersions.set(endpoint.address, version);
  return version;
}

/**
 * Sends a request to the slurmrestd at `unix:/path` or `http(s)://host:port` and returns its JSON text. Replaces VERSION in the path.
 * @throws JikjiError `slurmrestd-address`, `slurmrestd-not-named`, `slurmrestd-missing`, `slurmrestd-refused`, `slurmrestd-unreachable`,
 * `slurmrestd-version`, `slurm-token`, `slurm-strange-answer`, and those of the controller (slurm-command.ts)
 * @throws SlurmRefusal with Slurm's message
 */
export async function slurmrestd(address: string, method: string, path: string, body?: object): Promise<string> {
  const endpoint = endpointOf(address);
  const version = await versionOf(endpoint);
  return ask(endpoint, method, `/${path.replace('VERSION', version)}`, body && JSON.stringify(body));
}
