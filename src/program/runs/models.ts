// Asks models, each in a process of its own. A process stays for a minute after its last answer: starting it and loading the model take most
// of the time. There are two at most, so that two models can answer side by side; together they have the memory that one may have.

import { type ChildSettings, MAX_CHILD_BYTES } from '../../apart/index.ts';
import { SEAL } from '../../run-folder/index.ts';
import { fileMarks } from './file-marks.ts';
import { ModelProcess, type ModelRequest } from './model-process.ts';
import * as refuse from './refusals.ts';

const MAX_PROCESSES = 2;
/** Requests that wait for a process. */
const MAX_WAITING = 4;
/** Texts that have room for a whole context in one process, and that may wait in it. */
const TEXTS = 4;
const MAX_WAITING_TEXTS = 8;
/** Limit of one request. */
const MAX_SECONDS = 300;
/** How long an idle process stays. */
const WARM_MS = 60_000;
/** Seconds for the header Retry-After. */
const RETRY_AFTER = 10;
const MEMORY_CHECK_MS = 200;

/** Files that change with a model: its folder, its files, a run's checkpoints, and its seal, which receipts name. */
const MODEL_FILES = ['config.json', 'tokenizer.json', 'model.safetensors', 'tokenizer_config.json'];
const FILES = ['', 'checkpoints', SEAL, ...MODEL_FILES, 'model', ...MODEL_FILES.map((name) => `model/${name}`)];

/** Options of this room's child processes. */
export interface ChildrenOptions {
  /** Threads of the engine. */
  threads: number;
  settings: () => ChildSettings;
  /** Ends all processes. */
  ending: AbortSignal;
}

interface Warm {
  process: ModelProcess;
  /** The model, and marks of its files. */
  of: string;
}

export class Models {
  readonly #options: ChildrenOptions;
  #warm: Warm[] = [];
  /** Those who wait for a process, the first one first. */
  readonly #waiting: (() => void)[] = [];

  constructor(options: ChildrenOptions) {
    this.#options = options;
    options.ending.addEventListener('abort', () => {
      for (const { process } of this.#warm) process.end(refuse.serverStopping);
    });
  }

  /**
   * Answers a request as `jikji serve` does. `folder` is a run folder or a Hugging Face model folder. The signal, or cancelling the answer's
   * body, stops it.
   * @throws JikjiError `too-many`, `stopping`, `model-crashed`, `model-too-big`, `model-too-slow`, and as serve and opening the model do
   */
  async ask(folder: string, request: ModelRequest, asker: AbortSignal): Promise<Response> {
    const signal = AbortSignal.any([asker, this.#options.ending]);
    let isTurn = this.#waiting.length === 0;
    for (;;) {
      if (signal.aborted) throw refuse.requestStopped(folder);
      const found = isTurn ? this.#processOf(folder) : undefined;
      if (!found) await this.#turn(signal, isTurn);
      // Where it may be stuck in what was stopped, nothing more is asked of it.
      else if (found.isIdle && found.isStopping) await found.calm();
      else {
        const answer = found.ask(request, signal);
        this.#next();
        return answer;
      }
      isTurn = true;
    }
  }

  /** The same, in pieces as they come, with the usage in the last one. */
  stream(folder: string, request: ModelRequest, asker: AbortSignal): Promise<Response> {
    const inPieces = { ...request.body, stream: true, stream_options: { include_usage: true } };
    return this.ask(folder, { ...request, body: inPieces }, asker);
  }

  /** The process of a model: one that is there, or a new one in its place or that of the one idle longest; undefined if there is no place. */
  #processOf(folder: string): ModelProcess | undefined {
    const of = `${folder}\n${fileMarks(folder, FILES)}`;
    const found = this.#warm.find((one) => one.of === of);
    if (found) return found.process;
    if (this.#warm.length >= MAX_PROCESSES && !this.#endIdle()) return undefined;
    return this.#start(folder, of);
  }

  #start(folder: string, of: string): ModelProcess {
    let cool: NodeJS.Timeout | undefined;
    const { threads, settings } = this.#options;
    const process = new ModelProcess(settings(), {
      folder,
      threads,
      texts: TEXTS,
      maxWaiting: MAX_WAITING_TEXTS,
      maxSeconds: MAX_SECONDS,
      onIdle: () => {
        clearTimeout(cool);
        if (process.hasEnded) {
          clearInterval(watch);
          this.#warm = this.#warm.filter((one) => one.process !== process);
        } else cool = setTimeout(() => process.isIdle && this.#end(process), WARM_MS).unref();
        this.#next();
      },
    });
    const watch = setInterval(() => this.#boundMemory(process), MEMORY_CHECK_MS).unref();
    this.#warm.push({ process, of });
    return process;
  }

  #end(process: ModelProcess): void {
    process.end(refuse.madeRoom);
  }

  /** Ends the process that has been idle longest; false if none is. */
  #endIdle(except?: ModelProcess): boolean {
    const idle = this.#warm.filter(({ process }) => process.isIdle && process !== except);
    const [oldest] = idle.sort((a, b) => a.process.used - b.process.used);
    if (oldest) this.#end(oldest.process);
    return oldest !== undefined;
  }

  /** Where all together take too much memory an idle one ends; else `process`, if it is the one that came last. */
  #boundMemory(process: ModelProcess): void {
    const bytes = this.#warm.reduce((sum, one) => sum + one.process.bytes, 0);
    if (bytes <= MAX_CHILD_BYTES || this.#warm.at(-1)?.process !== process || this.#endIdle(process)) return;
    if (this.#warm.length === 1) process.end(refuse.modelTooBig);
    else process.end(refuse.noRoomForBoth);
  }

  /** Lets the first one who waits try. */
  #next(): void {
    this.#waiting[0]?.();
  }

  /** Waits until there may be a place. @param isFirst whether it goes before all others who wait */
  async #turn(signal: AbortSignal, isFirst: boolean): Promise<void> {
    if (!isFirst && this.#waiting.length >= MAX_WAITING) {
      throw Object.assign(refuse.modelsBusy('the model'), { retryAfter: RETRY_AFTER });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    if (isFirst) this.#waiting.unshift(resolve);
    else this.#waiting.push(resolve);
    signal.addEventListener('abort', () => resolve());
    await promise;
    this.#waiting.splice(this.#waiting.indexOf(resolve), 1);
  }
}
