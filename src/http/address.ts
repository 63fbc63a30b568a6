// Where a server listens: on loopback without more ado; elsewhere with TLS or behind a proxy that speaks it.

import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { type ErrorCode, JikjiError, systemCode } from '../base/index.ts';

interface Tls {
  /** PEM */
  cert: Buffer;
  key: Buffer;
}

export interface Address {
  host: string;
  port: number;
  /** Uses the next free port if `port` is taken. */
  orNext: boolean;
  /** Called where it listens at a later port than the one asked for, which is taken. */
  onNext?: (port: number) => void;
  /** The address that people type, if it differs from host and port. */
  origin?: string;
  tls?: Tls;
  /** Address of a trusted proxy, which speaks TLS. */
  proxy?: string;
}

const NETWORK_READS = 'without TLS others on the network could read what is sent';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
/** Ports that are tried after the requested one. */
const MAX_NEXT_PORTS = 50;
/** How long open requests may go on when a listener is closed, by default. */
const GRACE_MS = 500;

/** Node's default requestTimeout of five minutes would also end uploads. Callers limit all other requests. */
const TIMES = { requestTimeout: 0, headersTimeout: 60_000 };

/** @throws JikjiError `not-local` (without TLS on a public address), `origin-broken`, `proxy-broken`, `tls-broken` */
export function checkAddress({ host, tls, proxy, origin }: Address): void {
  const isLocal = LOOPBACK.test(host);
  if (!isLocal && !tls && proxy === undefined) {
    const hint = 'give --tls-cert and --tls-key, or --behind-proxy with the address of a proxy that speaks TLS';
    throw new JikjiError('not-local', NETWORK_READS, host, hint);
  }
  if (!isLocal && origin === undefined)
    throw new JikjiError('not-local', 'the address that people type is not known', host, 'set --origin https://...');
  if (origin !== undefined) originOf(origin);
  if (proxy !== undefined && !isIP(proxy))
    throw new JikjiError('proxy-broken', 'this is not an IP address', proxy, 'name the IP address of the proxy');
  if (tls) checkTls(tls);
}

export const isLoopback = ({ host }: Pick<Address, 'host'>): boolean => LOOPBACK.test(host);

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** A server that listens. */
export interface Listener {
  /** `http://localhost:1377` */
  url: string;
  /** The origins of its own pages. */
  origins: ReadonlySet<string>;
  /** Takes no more connections, and ends those that are open after `graceMs` milliseconds. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Listens at an address that `checkAddress` accepts.
 * @throws JikjiError `port-taken`, `host-unknown`
 */
export async function listen(
  address: Address,
  { fetch, onRequest }: { fetch: Fetch; onRequest?: (request: IncomingMessage, response: ServerResponse) => void },
): Promise<Listener> {
  const { tls } = address;
  const server = createAdaptorServer({
    fetch,
    ...(tls
      ? { createServer: createSecure, serverOptions: { ...tls, ...TIMES } }
      : { createServer: createPlain, serverOptions: TIMES }),
  });
  if (onRequest) server.on('request', onRequest);
  // A client keeps its connection for seconds after an answer, and a server that closes would wait for that.
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    response.once('close', () => !server.listening && socket.end());
  });
  const port = await bind(server, address);
  const origins = originsAt(address, port);
  return { url: origins[0], origins: new Set(origins), close: (graceMs = GRACE_MS) => closed(server, graceMs) };
}

/** The origins of a server's own pages as browsers write them: without the port that is the scheme's own. The first is the one to print. */
export function originsAt(address: Address, port: number): [string, ...string[]] {
  const { host, origin, tls } = address;
  if (origin !== undefined) return [originOf(origin)];
  const here = (name: string) => new URL(`${tls ? 'https' : 'http'}://${name}:${port}`).origin;
  const named = here(host === '::1' ? '[::1]' : host);
  return isLoopback(address) ? [named, ...['localhost', '127.0.0.1', '[::1]'].map(here)] : [named];
}

/** An origin as browsers write it. @throws JikjiError `origin-broken`, `not-local` */
export function originOf(text: string): string {
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

function checkTls({ cert, key }: Tls): void {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const [message, hint] = [`certificate and key do not work: ${why}`, 'give PEM files that belong together'];
    throw new JikjiError('tls-broken', message, '--tls-cert, --tls-key', hint, { cause });
  }
}

function bind(server: ServerType, { host, port, orNext, onNext }: Address): Promise<number> {
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
    server.once('listening', () => {
      if (wanted !== port) onNext?.(wanted);
      resolve((server.address() as AddressInfo).port);
    });
    server.listen(wanted, host);
  });
}

const closed = (server: ServerType, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    const timer = globalThis.setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), graceMs);
    timer.unref();
  });
