// A request to a process with a model, and its answer as it comes. Knows no process: its owner passes messages on.

import { type Failure, JikjiError, parseJson } from '../../base/index.ts';
import type { FromModel } from './model-messages.ts';
import * as refuse from './refusals.ts';

export interface ExchangeOptions {
  /** Asks the process for more of the body. */
  more: () => void;
  /** Tells the process that nobody wants the rest. */
  stop: () => void;
  /** Called once, at the end. */
  onOver: () => void;
  /** Called where the process has said nothing for so long. */
  onSilent: () => void;
  seconds: number;
  signal: AbortSignal;
}

type Head = FromModel & { kind: 'head' };

/** The error that an answer holds. */
async function failureIn(answer: Response, retryAfter: number | undefined): Promise<JikjiError> {
  const { error } = parseJson(await answer.text()) as { error: Failure };
  return Object.assign(JikjiError.received(error), retryAfter !== undefined && { retryAfter });
}

export class Exchange {
  /** Rejects with the error that the process answers, or that ended it. After a head, the body fails instead. */
  readonly answer: Promise<Response>;
  readonly #options: ExchangeOptions;
  readonly #head = Promise.withResolvers<Response>();
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#stop(refuse.answerStopped('the request'));
  #body: ReadableStreamDefaultController<string> | undefined;
  /** Whether the process has to say something now; else it is the reader who has to take something. */
  #isAwaited = true;
  /** Lets the body be pulled again. */
  #wake = (): void => {};

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.answer = this.#head.promise;
    this.#timer = setTimeout(() => this.#tooLong(), options.seconds * 1000);
    options.signal.addEventListener('abort', this.#onAbort);
  }

  onHead({ status, type, retryAfter }: Head): void {
    this.#isAwaited = false;
    const text = new ReadableStream<string>(
      {
        start: (body) => {
          this.#body = body;
        },
        pull: () =>
          new Promise((resolve) => {
            this.#wake = resolve;
            this.#isAwaited = true;
            this.#options.more();
          }),
        cancel: () => {
          this.#options.stop();
          this.#over();
        },
      },
      { highWaterMark: 0 },
    );
    const answer = new Response(text.pipeThrough(new TextEncoderStream()), { headers: { 'Content-Type': type } });
    if (status === 200) this.#head.resolve(answer);
    else failureIn(answer, retryAfter).then(this.#head.reject, this.#head.reject);
  }

  /** Text of the body; null at its end. */
  onBody(text: string | null): void {
    this.#isAwaited = false;
    if (text === null) {
      this.#body?.close();
      this.#over();
    } else this.#body?.enqueue(text);
    this.#wake();
  }

  fail(error: JikjiError): void {
    this.#over();
    if (this.#body) this.#body.error(error);
    else this.#head.reject(error);
  }

  #stop(error: JikjiError): void {
    this.#options.stop();
    this.fail(error);
  }

  #tooLong(): void {
    if (this.#isAwaited) this.#options.onSilent();
    else this.#stop(refuse.readSlowly('the answer'));
  }

  #over(): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#wake();
    this.#options.onOver();
  }
}
