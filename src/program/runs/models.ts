// Generates text with models in a child process, one request at a time. The process stays for a minute: starting it and loading the model
// take most of the time. Whatever happens to the process, its caller gets an answer or an error.

import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import {
  type ChildMessage,
  type ChildSettings,
  childScript,
  killGroup,
  MAX_CHILD_BYTES,
  startChild,
  watchMemory,
} from '../../apart/index.ts';
import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { fileMarks } from './file-marks.ts';
import type { Question, Reply, SpeakRequest } from './speak.child.ts';

const MAX_WAITING = 4;
/** Limit of one request. */
const MAX_SECONDS = 300;
/** How long an idle process stays. */
const WARM_MS = 60_000;
/** How long a stopped process may go on: a long prompt is read without a pause. */
const STOP_MS = 2000;
/** Seconds for the header Retry-After. */
const RETRY_AFTER = 10;

/** Files that change with a model: its folder, its files, a run's checkpoints. */
const MODEL_FILES = ['config.json', 'tokenizer.json', 'model.safetensors', 'tokenizer_config.json'];
const FILES = ['', 'checkpoints', ...MODEL_FILES, 'model', ...MODEL_FILES.map((name) => `model/${name}`)];

/** Options of this room's child processes. */
export interface ChildrenOptions {
  /** Threads of the engine. */
  threads: number;
  settings: () => ChildSettings;
  /** Ends all processes. */
  ending: AbortSignal;
}

export class Models {
  readonly #options: ChildrenOptions;
  #busy = false;
  readonly #waiting: ((isTurn: boolean) => void)[] = [];
  #warm: { child: ChildProcess; of: string } | undefined;
  #cool: NodeJS.Timeout | undefined;

  constructor(options: ChildrenOptions) {
    this.#options = options;
    options.ending.addEventListener('abort', () => this.#end());
  }

  /**
   * Continues a text, or answers a chat if the model is tuned for it. `model` is a run folder or a Hugging Face model folder. `onText`
   * gets pieces of whole characters. A signal ends the request with the text so far.
   * @throws JikjiError `too-many`, `prompt-too-long`, `not-tuned`, `messages-order`, `chat-template`, and as the model fails to load
   */
  async ask(model: string, question: Question, onText: (piece: string) => void, asker: AbortSignal): Promise<Reply> {
    const { threads, ending } = this.#options;
    const signal = AbortSignal.any([asker, ending]);
    const nothing: Reply = { text: '', tokenIds: [], ended: 'stopped' };
    if (!(await this.#turn(signal))) return nothing;
    try {
      if (signal.aborted) return nothing; // while it waited for its turn
      return await this.#answer({ kind: 'question', model, threads, question }, onText, signal);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(true);
      else this.#busy = false;
    }
  }

  /** Waits for a turn; false if the request was stopped before. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (!this.#busy) {
      this.#busy = true;
      return true;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const error = new JikjiError('too-many', 'too many requests wait for a model', 'the model', 'try again soon');
      throw Object.assign(error, { retryAfter: RETRY_AFTER });
    }
    return new Promise((resolve) => {
      const stop = () => {
        const at = this.#waiting.indexOf(go);
        if (at < 0) return;
        this.#waiting.splice(at, 1);
        go(false);
      };
      const go = (isTurn: boolean) => {
        signal.removeEventListener('abort', stop);
        resolve(isTurn);
      };
      signal.addEventListener('abort', stop);
      this.#waiting.push(go);
    });
  }

  #child(model: string): ChildProcess {
    clearTimeout(this.#cool);
    const of = `${model}\n${fileMarks(model, FILES)}`;
    if (this.#warm?.of !== of) {
      this.#end();
      const child = startChild(childScript(import.meta.url, 'speak'), this.#options.settings());
      this.#warm = { child, of };
      child.on('close', () => {
        killGroup(child);
        if (this.#warm?.child === child) this.#warm = undefined;
      });
    }
    return this.#warm!.child;
  }

  #end(): void {
    clearTimeout(this.#cool);
    if (this.#warm) killGroup(this.#warm.child);
    this.#warm = undefined;
  }

  #answer(
    request: SpeakRequest & { model: string },
    onText: (piece: string) => void,
    signal: AbortSignal,
  ): Promise<Reply> {
    const child = this.#child(request.model);
    const handles = [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } & EventEmitter];
    for (const handle of handles) handle?.ref();
    return new Promise<Reply>((resolve, reject) => {
      let text = '';
      let errors = '';
      const timers: NodeJS.Timeout[] = [];
      const after = (ms: number, then: () => void) => timers.push(setTimeout(then, ms));
      const settle = (then: () => void, kills = false): void => {
        if (kills) this.#end();
        for (const timer of timers) clearTimeout(timer);
        unwatch();
        signal.removeEventListener('abort', stop);
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        child.stderr!.off('data', onErrors);
        // An idle process must not keep this one alive.
        for (const handle of handles) handle?.unref();
        this.#cool = setTimeout(() => this.#end(), WARM_MS).unref();
        then();
      };
      const fail = (code: ErrorCode, message: string, hint: string): void =>
        settle(() => reject(new JikjiError(code, message, request.model, hint)), true);
      const stopped = (): void => settle(() => resolve({ text, tokenIds: [], ended: 'stopped' }), true);
      const tell = (message: SpeakRequest) => child.send(message, () => {}); // if the process has ended, `close` follows
      const stop = (): void => {
        tell({ kind: 'stop' });
        after(STOP_MS, stopped);
      };
      const onMessage = (from: ChildMessage<Reply, string>): void => {
        if (from.kind === 'progress') {
          text += from.progress;
          onText(from.progress);
        } else if (from.kind === 'done') settle(() => resolve(from.result));
        else settle(() => reject(JikjiError.received(from.failure)));
      };
      const tooBig = () => fail('model-too-big', 'the model needs more memory than one may use', 'use a smaller model');
      const onClose = (): void => {
        if (signal.aborted) stopped();
        else if (/heap out of memory/.test(errors)) tooBig();
        else fail('model-crashed', 'the process of the model ended unexpectedly', 'ask again');
      };
      const onError = (error: Error): void => {
        errors += error.message; // `close` follows, unless the process never started
        if (child.pid === undefined) onClose();
      };
      const onErrors = (piece: Buffer): void => {
        errors = (errors + piece).slice(-4000);
      };
      const unwatch = watchMemory(child, MAX_CHILD_BYTES, tooBig);
      after(MAX_SECONDS * 1000, () =>
        fail('model-too-slow', `the model did not end within ${MAX_SECONDS} seconds`, 'ask for fewer tokens'),
      );
      child.on('message', onMessage).on('close', onClose).on('error', onError);
      child.stderr!.on('data', onErrors);
      signal.addEventListener('abort', stop);
      tell(request);
    });
  }
}
