// Options of verbs that start a server: where it listens, and how it speaks TLS.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError, systemCode } from '../base/index.ts';
import type { Address } from '../http/index.ts';
import { wholeNumber } from './option-values.ts';
import { note } from './output.ts';

export interface AddressOptions {
  port?: number;
  host: string;
  origin?: string;
  tlsCert?: string;
  tlsKey?: string;
  behindProxy?: string;
}

export const addressOptions = (command: Command, port: number): Command =>
  command
    .option('--port <n>', `default: ${port}, or the next one that is free`, wholeNumber('--port', 0, 65_535))
    .option('--host <address>', 'where to listen; others than loopback need TLS or a proxy', '127.0.0.1')
    .option('--origin <url>', 'what people type to get here, such as https://console.example.kr')
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--behind-proxy <address>', 'the address of a proxy that speaks TLS and is trusted');

function pem(file: string | undefined, option: string): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw new JikjiError('file-missing', 'cannot be read', file, `check ${option}`, { cause });
  }
}

/** @throws JikjiError `file-missing`, `usage` */
export function addressOf(options: AddressOptions, defaultPort: number): Address {
  const { host, port, origin, behindProxy } = options;
  const [cert, key] = [pem(options.tlsCert, '--tls-cert'), pem(options.tlsKey, '--tls-key')];
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert ? '--tls-key' : '--tls-cert';
    throw new JikjiError('usage', 'a certificate and its key go together', missing, 'give both');
  }
  // Somebody's proxy stands before it: without its address everybody comes from loopback, the one place where this is allowed.
  if (origin?.startsWith('https:') && !cert && behindProxy === undefined)
    note(
      `${origin} leads here by a proxy, and all who come share its address: limits for strangers then hit everybody.\n  name it with --behind-proxy 127.0.0.1`,
    );
  return {
    host,
    port: port ?? defaultPort,
    orNext: port === undefined,
    onNext: (next) => note(`Port ${defaultPort} is taken: this is at port ${next}. --port N chooses another one.`),
    ...(origin !== undefined && { origin }),
    ...(behindProxy !== undefined && { proxy: behindProxy }),
    ...(cert && key && { tls: { cert, key } }),
  };
}
