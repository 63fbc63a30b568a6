// The HTTP client of an office while a run is made: its address, its token, and the worker thread that sends the requests.

import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { JikjiError } from '../base/index.ts';
import { lodgingsUrl, officeAddress } from './office-address.ts';
import type { OfficeReply, OfficeWorkerData } from './office-worker.ts';
import type { LodgingRequest, OfficeClient } from './rooms.ts';

/** Beside this file, as TypeScript in a checkout and as JavaScript in the package. */
const WORKER = new URL(`./office-worker${extname(import.meta.url)}`, import.meta.url);

const MAX_TOKEN_LENGTH = 512;

/**
 * The token for an office: from the user's file, else from JIKJI_OFFICE_TOKEN; undefined if neither is given.
 * @throws JikjiError `token-missing`, `token-open` (readable by others), `token-broken`; the token is never shown
 */
export function officeToken(file: string | undefined): string | undefined {
  let text = process.env.JIKJI_OFFICE_TOKEN;
  if (file !== undefined) {
    try {
      const { mode, size } = statSync(file);
      if (process.platform !== 'win32' && mode & 0o077)
        throw new JikjiError(
          'token-open',
          'other users of this machine can read this token',
          file,
          `chmod 600 ${file}`,
        );
      text = size <= 4 * MAX_TOKEN_LENGTH ? readFileSync(file, 'utf8') : '';
    } catch (cause) {
      if (cause instanceof JikjiError) throw cause;
      throw new JikjiError('token-missing', 'cannot be read', file, 'check --office-token', { cause });
    }
  }
  if (text === undefined || (file === undefined && text === '')) return undefined;
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > MAX_TOKEN_LENGTH)
    throw new JikjiError(
      'token-broken',
      'holds no token',
      file ?? 'JIKJI_OFFICE_TOKEN',
      'make one on the console: your account, tokens',
    );
  return token;
}

/** Sends requests from a worker thread, which keeps the process alive only while a request is open. */
export class HttpOffice implements OfficeClient {
  readonly address: string;
  readonly #data: OfficeWorkerData;
  #worker: Worker | undefined;
  /** The last request in the queue: they are sent one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws JikjiError `office-address` */
  constructor(url: string, token: string | undefined) {
    const address = officeAddress(url, '--lodge');
    this.address = `${address.origin}/programmes/${address.programme}`;
    this.#data = { url: lodgingsUrl(address), token };
  }

  lodge(asked: LodgingRequest): Promise<string> {
    const answer = this.#last.then(() => this.#ask(asked));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(asked: LodgingRequest): Promise<string> {
    if (!this.#worker) {
      this.#worker = new Worker(WORKER, { workerData: this.#data });
      this.#worker.unref();
    }
    const worker = this.#worker;
    worker.ref();
    try {
      const reply = once(worker, 'message') as Promise<[OfficeReply]>;
      worker.postMessage(asked);
      const [{ lodging, error }] = await reply.catch((cause) => {
        this.#worker = undefined; // it has exited: the next request starts a new one
        throw cause;
      });
      if (error) throw JikjiError.received(error);
      return lodging!;
    } finally {
      worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
