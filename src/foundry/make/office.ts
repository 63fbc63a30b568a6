// Lodging with an office over a network: the request before step 1, the heads of kept states during training, the seal at the end.
// Training does not wait for the office: unanswered heads are retried in order, and the delay shows in the times of the office's
// register. Knows no network: `OfficeClient` does.

import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { parseStatement, type Signer, signHead } from '../../ledger/index.ts';
import { SEAL } from '../../run-folder/index.ts';

/** What an office is asked to lodge. */
export interface LodgingRequest {
  /** The text of a request, a head or a seal. */
  statement: string;
  /** With a seal: the text of the run's genesis. */
  genesis?: string;
}

/** Sends statements to an office. */
export interface OfficeClient {
  /** The office's address for messages; it contains no secret. */
  readonly address: string;
  /**
   * Gives the text of the office's answer, a statement `lodging`, unverified.
   * @throws JikjiError `office-away` where a retry may help; any other error is a refusal
   */
  lodge(asked: LodgingRequest): Promise<string>;
}

/** Milliseconds before the first retry; each further retry waits twice as long. */
const MIN_WAIT = 1000;
/** Longest wait before a retry, in milliseconds: while the run trains, and once it is finished. */
const MAX_WAIT = 60_000;
const MAX_WAIT_FINISHED = 5000;
/** Milliseconds that a finished run waits for its last answers before it leaves them to --resume. */
const FINISH_TIMEOUT = 30_000;

const isAway = (error: unknown): error is JikjiError => error instanceof JikjiError && error.code === 'office-away';

/** Milliseconds before retry `n`, counted from 1. */
const waitBefore = (n: number): number => Math.min(MAX_WAIT, MIN_WAIT * 2 ** (n - 1));

/** Parses an answer and checks that it belongs to the statement sent. @throws JikjiError `statement-broken`, `lodging-other` */
export function checkAnswer(text: string, name: string, digest: string, address: string) {
  const lodging = parseStatement(text, 'lodging', `the answer of ${address}`);
  if (lodging.subjects.get(name) !== digest) {
    throw new JikjiError(
      'lodging-other',
      "the office's answer belongs to another statement",
      address,
      'report this to the operator of the office',
    );
  }
  return lodging;
}

/** Rejects with the signal's reason when it is aborted: a slow office must not delay Ctrl-C. */
const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/**
 * Retries until the office answers: the run cannot begin without the answer.
 * @throws the office's refusal, or the signal's reason
 */
export async function askUntilAnswered(
  client: OfficeClient,
  asked: LodgingRequest,
  { signal, note }: { signal: AbortSignal; note: (text: string) => void },
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Promise.race([client.lodge(asked), rejectOnAbort(signal)]);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === 1) note(`The office at ${client.address} ${error.message}; trying again until it answers ...`);
      await setTimeout(waitBefore(attempt), undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
    }
  }
}

export interface LodgerOptions {
  client: OfficeClient;
  signer: Signer;
  /** The run's key in the register, see `runKey`. */
  run: string;
  note: (text: string) => void;
  /** Called when the office has answered the head of a step. */
  onAnswer: (step: number) => void;
  /** Resolves after `ms` milliseconds, or when the signal is aborted; tests replace it. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {});

/** A queue of heads to lodge, with one request under way at a time. */
export class Lodger {
  readonly #options: LodgerOptions;
  readonly #wait: NonNullable<LodgerOptions['wait']>;
  readonly #waiting: { step: number; head: string }[] = [];
  readonly #ending = new AbortController();
  /** Ends the current wait before a retry. */
  #retryNow: AbortController | undefined;
  #working: Promise<void> | undefined;
  /** Failed attempts since the office's last answer. */
  #attempts = 0;
  #isRefused = false;
  #isFinishing = false;

  constructor(options: LodgerOptions) {
    this.#options = options;
    this.#wait = options.wait ?? pause;
  }

  /** Number of heads that are not answered yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Queues the head of a kept state. Returns at once and never throws. */
  head(step: number, head: string): void {
    if (this.#isRefused || this.#ending.signal.aborted) return;
    this.#waiting.push({ step, head });
    this.#working ??= this.#lodgeHeads().finally(() => {
      this.#working = undefined;
    });
  }

  async #lodgeHeads(): Promise<void> {
    const { signer, run, onAnswer, note } = this.#options;
    while (this.#waiting.length > 0) {
      const { step, head } = this.#waiting[0];
      try {
        if ((await this.#ask({ statement: signHead({ run, step, head }, signer) })) === undefined) return;
      } catch (error) {
        // A refusal is final: no retry.
        const reason = error instanceof JikjiError ? `${error.message} (${error.hint})` : String(error);
        this.#isRefused = true;
        this.#waiting.length = 0;
        note(`The office refuses the heads of this run: ${reason}. Training goes on without lodging them.`);
        return;
      }
      this.#waiting.shift();
      onAnswer(step);
    }
  }

  /** Retries until the office answers; undefined where the lodger was closed first. @throws the office's refusal */
  async #ask(asked: LodgingRequest): Promise<string | undefined> {
    const { client, note } = this.#options;
    while (!this.#ending.signal.aborted) {
      try {
        const answer = await client.lodge(asked);
        if (this.#ending.signal.aborted) return undefined; // another session may hold the run's folder by now
        if (this.#attempts > 0 && this.waiting > 0)
          note(`The office answers again: lodging the ${this.waiting} heads that wait.`);
        this.#attempts = 0;
        return answer;
      } catch (error) {
        if (!isAway(error)) throw error;
        if (this.#attempts++ === 0 && !this.#isFinishing)
          note(`The office at ${client.address} ${error.message}: training goes on, and lodging is tried again.`);
      }
      this.#retryNow = new AbortController();
      const signal = AbortSignal.any([this.#retryNow.signal, this.#ending.signal]);
      const maxWait = this.#isFinishing ? MAX_WAIT_FINISHED : MAX_WAIT;
      await this.#wait(Math.min(waitBefore(this.#attempts), maxWait), signal);
    }
    return undefined;
  }

  /**
   * Waits until all heads are lodged, then lodges the seal and gives the answer's text. Gives undefined, with a note, where the office
   * refuses or does not answer in time. Closes the lodger.
   */
  async finish({ seal, genesis, digest }: { seal: string; genesis: string; digest: string }, signal: AbortSignal) {
    const { client, note } = this.#options;
    const end = (): void => this.close();
    signal.addEventListener('abort', end, { once: true });
    this.#isFinishing = true;
    this.#retryNow?.abort(); // the office may answer by now
    const timeout = this.#wait(FINISH_TIMEOUT, this.#ending.signal).then(end);
    try {
      await Promise.race([this.#working, timeout]);
      const answer = await Promise.race([this.#ask({ statement: seal, genesis }), timeout]);
      if (typeof answer === 'string') {
        checkAnswer(answer, SEAL, digest, client.address);
        return answer;
      }
      const unlodged = this.waiting > 0 ? `${this.waiting} heads and the seal are` : 'The seal is';
      note(
        `${unlodged} not lodged yet: the office does not answer. Run the same command with --resume to lodge the rest.`,
      );
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      note(`The office does not lodge the seal: ${error.message} (${error.hint}).`);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
    return undefined;
  }

  /** Stops lodging. Unanswered heads are left to the next session. */
  close(): void {
    this.#ending.abort();
  }
}
