// A server of programmes: opens their databases, answers requests, and works on submissions in the background until it is closed. Prints
// nothing: its caller does.

import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { type ErrorCode, JikjiError, systemCode } from '../../base/index.ts';
import { work } from '../intake/index.ts';
import { Programme, type Where } from '../programme/index.ts';
import { Runs } from '../runs/index.ts';
import { Users } from '../users/index.ts';
import { applicationOf } from './app.ts';
import { type Context, type HostedProgramme, type Office, programmeId } from './context.ts';
import { isUpload } from './guard.ts';
import { Pages } from './pages.ts';

export interface ServeOptions {
  /** The first keeps the users. */
  places: readonly { where: Where; files: string }[];
  office: Office;
  version: string;
  host: string;
  port: number;
  /** Uses the next free port if `port` is taken. */
  orNext: boolean;
  /** The address that people type, if it differs from host and port. */
  origin?: string;
  tls?: { cert: Buffer; key: Buffer };
  /** Address of a trusted proxy, which speaks TLS. */
  proxy?: string;
  /** The folder of the built pages; without it the server has only the API. */
  pages?: string;
  threads?: number;
  /** Called with errors of the background work. */
  onTrouble: (error: unknown) => void;
}

export interface Server {
  /** `http://localhost:1377` */
  url: string;
  /** A one-time link for the first user of the office; undefined if somebody of the office can log in. */
  first: string | undefined;
  close(): Promise<void>;
}

const NETWORK_READS = 'without TLS others on the network could read passwords and sessions';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
/** Delay before background work is retried after an error, such as a full disk. */
const RETRY_MS = 10_000;
const REFRESH_MS = 1000;
/** Ports that are tried after the requested one. */
const MAX_NEXT_PORTS = 50;

/** Node's default requestTimeout of five minutes would also end uploads. It is off; `limitBodyTime` limits all other requests. */
const TIMES = { requestTimeout: 0, headersTimeout: 60_000 };
const BODY_MS = 60_000;

/** Ends a request whose body is not complete in time. Uploads have their own limit, between two chunks. */
function limitBodyTime(incoming: IncomingMessage, response: ServerResponse): void {
  if (isUpload(incoming.method, (incoming.url ?? '').split('?')[0]!)) return;
  const timer = globalThis.setTimeout(() => incoming.complete || incoming.socket.destroy(), BODY_MS).unref();
  response.once('close', () => clearTimeout(timer));
}

/**
 * Starts a server.
 * @throws JikjiError `not-local` (without TLS on a public address), `origin-broken`, `proxy-broken`, `tls-broken`, `port-taken`,
 *   `host-unknown`, `console-missing`, `programme-exists`, and what opening a database throws
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const { host, tls, proxy, origin } = options;
  const isLocal = LOOPBACK.test(host);
  if (!isLocal && !tls && proxy === undefined) {
    const hint = 'give --tls-cert and --tls-key, or --behind-proxy with the address of a proxy that speaks TLS';
    throw new JikjiError('not-local', NETWORK_READS, host, hint);
  }
  if (!isLocal && origin === undefined)
    throw new JikjiError('not-local', 'the address that people type is not known', host, 'set --origin https://...');
  const name = origin === undefined ? undefined : originOf(origin);
  if (proxy !== undefined && !isIP(proxy))
    throw new JikjiError('proxy-broken', 'this is not an IP address', proxy, 'name the IP address of the proxy');
  if (tls) checkTls(tls);
  const pages = options.pages === undefined ? undefined : new Pages(options.pages);
  const ending = new AbortController();
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    ending.abort();
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    const shown: HostedProgramme[] = [];
    for (const { where, files } of options.places) {
      const programme = await Programme.open(where);
      undo.push(() => programme.close());
      const id = programmeId({ programme, files });
      const twin = shown.find((one) => id !== undefined && programmeId(one) === id);
      if (twin) {
        const message = `two databases hold it: ${twin.programme.store.where} and ${programme.store.where}`;
        throw new JikjiError('programme-exists', message, id!, 'serve the second one from another server');
      }
      shown.push({ programme, files });
    }
    const users = await Users.open(shown[0]!.programme.store);
    const runs = new Runs(options);
    undo.push(() => runs.close());

    const server = createAdaptorServer({
      fetch: (request, env) => app.fetch(request, env),
      ...(tls
        ? { createServer: createSecure, serverOptions: { ...tls, ...TIMES } }
        : { createServer: createPlain, serverOptions: TIMES }),
    });
    server.on('request', limitBodyTime);
    const port = await listen(server, options);
    undo.push(() => closed(server));
    const here = (name: string) => `${tls ? 'https' : 'http'}://${name}:${port}`;
    const origins = new Set([name ?? here(host === '::1' ? '[::1]' : host)]);
    if (isLocal && origin === undefined)
      for (const name of ['localhost', '127.0.0.1', '[::1]']) origins.add(here(name));
    const context: Context = { ...options, hosted: shown, users, runs, signal: ending.signal, origins };
    const { app } = applicationOf(context, pages);

    const beside = shown.map((one) => workBeside(one, options.office, ending.signal, options.onTrouble));
    undo.push(() => Promise.all(beside));
    const [url] = [...origins] as [string];
    const token = await users.firstInvitation();
    return { url, first: token && `${url}/invitation#${token}`, close };
  } catch (error) {
    await close().catch(() => {}); // the first error matters more
    throw error;
  }
}

/** An origin as browsers write it. @throws JikjiError `origin-broken`, `not-local` */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  if (isOrigin && !url.username && !url.password) {
    if (url.protocol === 'https:' || LOOPBACK.test(url.hostname.replace(/^\[|\]$/g, ''))) return url.origin;
    // Even behind a proxy: the connection between proxy and browser would be plain.
    throw new JikjiError('not-local', NETWORK_READS, text, 'name an address that begins with https://');
  }
  const hint = 'write scheme and host, such as https://console.example.kr';
  throw new JikjiError('origin-broken', 'this is not an origin', text, hint);
}

function checkTls({ cert, key }: { cert: Buffer; key: Buffer }): void {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const [message, hint] = [`certificate and key do not work: ${why}`, 'give PEM files that belong together'];
    throw new JikjiError('tls-broken', message, '--tls-cert, --tls-key', hint, { cause });
  }
}

function listen(server: ServerType, { host, port, orNext }: ServeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let wanted = port;
    server.on('error', (error) => {
      const code = systemCode(error);
      if (code === undefined) return reject(error);
      if (code === 'EADDRINUSE' && orNext && wanted < port + MAX_NEXT_PORTS) return server.listen(++wanted, host);
      const [name, message, hint]: [ErrorCode, string, string] =
        code === 'EADDRINUSE'
          ? ['port-taken', 'something else listens here', 'choose another one with --port']
          : ['host-unknown', `nothing can listen here: ${code}`, 'check --host and --port'];
      reject(new JikjiError(name, message, `${host}:${wanted}`, hint, { cause: error }));
    });
    server.once('listening', () => resolve((server.address() as AddressInfo).port));
    server.listen(wanted, host);
  });
}

const closed = (server: ServerType): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    // Event streams end at once; other open requests get half a second.
    const timer = globalThis.setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 500);
    timer.unref();
  });

/** Reports a lasting error, such as an unreachable database, only once. A call with undefined means success and resets it. */
function reportOnce(onTrouble: (error: unknown) => void): (error: unknown) => void {
  let last = '';
  return (error) => {
    const key = error instanceof JikjiError ? `${error.code} ${error.input}` : String(error);
    if (error !== undefined && key !== last) onTrouble(error);
    last = key;
  };
}

/** Audits and evaluates submissions, and reads entries that other processes write to the log. */
async function workBeside(
  { programme, files }: HostedProgramme,
  office: Office,
  signal: AbortSignal,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const wait = (ms: number) => setTimeout(ms, undefined, { signal }).catch(() => {});
  const [refreshed, worked] = [reportOnce(onTrouble), reportOnce(onTrouble)];
  const looking = (async () => {
    while (!signal.aborted) {
      await wait(REFRESH_MS);
      if (!signal.aborted) await programme.refresh().then(() => refreshed(undefined), refreshed);
    }
  })();
  while (!signal.aborted) {
    try {
      const onEvent = ({ kind }: { kind: string }) => kind === 'finished' && worked(undefined);
      const signer = () => office.signerAtHand(programme.tables);
      await work(programme, files, { untilEmpty: false, signal, onEvent, signer });
    } catch (error) {
      worked(error);
      await wait(RETRY_MS);
    }
  }
  await looking;
}
