// A child process with one model, which answers several requests at once. Whatever happens to the process, each of its callers gets an
// answer or an error, and nobody else notices.

import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import {
  type ChildMessage,
  type ChildSettings,
  childScript,
  killGroup,
  residentBytes,
  startChild,
} from '../../apart/index.ts';
import { JikjiError, type Refusal } from '../../base/index.ts';
import { Exchange } from './model-exchange.ts';
import { type FromModel, MODEL, type OpenRequest, type RECEIPT_CHECK, type ToModel } from './model-messages.ts';
import * as refuse from './refusals.ts';

/** A request of serve's routes, or the audit of a receipt. */
export interface ModelRequest {
  path: '/v1/completions' | '/v1/chat/completions' | typeof RECEIPT_CHECK | `/receipts/${string}`;
  /** Without the name of a model; null for a GET. */
  body: object | null;
  /** Whether the answer gets a receipt, if it can have one. @default false */
  withReceipt?: boolean;
}

/** How long a process may go on after a stop without a word: a long prompt is read without a pause. */
const STOP_MS = 2000;
/** How much longer a process may be silent than an answer may take. */
const GRACE_SECONDS = 10;

export class ModelProcess {
  /** When it was last asked. */
  used = performance.now();
  hasEnded = false;
  readonly #child: ChildProcess;
  readonly #options: OpenRequest & { onIdle: () => void };
  readonly #exchanges = new Map<number, Exchange>();
  /** Requests that were stopped, until the process says so. */
  readonly #stops = new Map<number, NodeJS.Timeout>();
  #whenCalm: (() => void)[] = [];
  #count = 0;
  #errors = '';

  /** `onIdle` is called whenever nothing is asked any more, and when the process has ended. */
  constructor(settings: ChildSettings, options: OpenRequest & { onIdle: () => void }) {
    const { onIdle: _, ...open } = options;
    this.#options = options;
    this.#child = startChild(childScript(import.meta.url, 'model'), settings);
    this.#child
      .on('message', (message: ChildMessage<never, FromModel>) => this.#hear(message))
      .on('close', () => this.#ended())
      .on('error', (error) => {
        this.#errors += error.message; // `close` follows, unless the process never started
        if (this.#child.pid === undefined) this.#ended();
      });
    this.#child.stderr!.on('data', (piece: Buffer) => {
      this.#errors = (this.#errors + piece).slice(-4000);
    });
    this.#tell({ kind: 'open', open });
  }

  get isIdle(): boolean {
    return this.#exchanges.size === 0;
  }

  /** Whether it has not answered a stop yet. */
  get isStopping(): boolean {
    return this.#stops.size > 0;
  }

  get bytes(): number {
    return this.hasEnded ? 0 : residentBytes(this.#child);
  }

  /** Resolves when it has answered all stops: until then it may be stuck in what was stopped. */
  calm(): Promise<void> {
    if (this.#stops.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenCalm.push(resolve));
  }

  /**
   * Answers a request as serve does. The signal, or cancelling the answer's body, stops it; the rest of the body then fails.
   * @throws JikjiError `stopping` after a stop, `model-crashed`, `model-too-big`, `model-too-slow`, and as serve and opening the model do
   */
  ask({ path, body, withReceipt = false }: ModelRequest, signal: AbortSignal): Promise<Response> {
    const id = ++this.#count;
    this.used = performance.now();
    if (this.isIdle) this.#hold('ref');
    const exchange = new Exchange({
      more: () => this.#tell({ kind: 'more', id }),
      stop: () => this.#stop(id),
      onOver: () => {
        this.#exchanges.delete(id);
        if (this.isIdle) this.#rest();
      },
      onSilent: () => this.end(refuse.modelSilent),
      seconds: this.#options.maxSeconds + GRACE_SECONDS,
      signal,
    });
    this.#exchanges.set(id, exchange);
    const text = body && JSON.stringify({ ...body, model: MODEL });
    this.#tell({ kind: 'ask', id, path, body: text, withReceipt });
    return exchange.answer;
  }

  /** Kills the process. What is asked of it fails with this error. */
  end(refused: Refusal<[]>): void {
    this.#fail(refused(this.#options.folder));
    killGroup(this.#child);
  }

  #hear(message: ChildMessage<never, FromModel>): void {
    if (message.kind === 'failed') {
      this.#fail(JikjiError.received(message.failure));
      killGroup(this.#child);
    }
    if (message.kind !== 'progress') return;
    const { progress } = message;
    const exchange = this.#exchanges.get(progress.id); // none, where it was stopped meanwhile
    if (progress.kind === 'stopped') this.#stopped(progress.id);
    else if (progress.kind === 'head') exchange?.onHead(progress);
    else exchange?.onBody(progress.text);
  }

  /** Stops a request. A process that does not react to that, and that nobody else asks, is killed. */
  #stop(id: number): void {
    if (this.hasEnded) return;
    this.#tell({ kind: 'stop', id });
    const check = () => this.isIdle && this.end(refuse.modelStuck);
    this.#stops.set(id, setTimeout(check, STOP_MS).unref());
  }

  #stopped(id: number): void {
    clearTimeout(this.#stops.get(id));
    this.#stops.delete(id);
    if (this.#stops.size === 0) for (const resolve of this.#whenCalm.splice(0)) resolve();
  }

  #ended(): void {
    killGroup(this.#child);
    if (this.hasEnded) return;
    const isFull = /heap out of memory/.test(this.#errors);
    this.end(isFull ? refuse.modelTooBig : refuse.modelCrashed);
  }

  #fail(error: JikjiError): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const id of this.#stops.keys()) this.#stopped(id);
    for (const exchange of [...this.#exchanges.values()]) exchange.fail(error);
    this.#rest();
  }

  #rest(): void {
    this.#hold('unref');
    this.#options.onIdle();
  }

  /** An idle process must not keep this one alive. */
  #hold(how: 'ref' | 'unref'): void {
    const errors = this.#child.stderr as unknown as { ref(): void; unref(): void } & EventEmitter;
    for (const handle of [this.#child, this.#child.channel, errors]) handle?.[how]();
  }

  #tell(message: ToModel): void {
    this.#child.send(message, () => {}); // if the process has ended, `close` follows
  }
}
