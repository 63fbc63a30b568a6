// Lodging with an office that is asked over a network: the request before step 1, the heads of kept states while the run trains, the
// seal at the end. Training never waits for it: what the office has not answered is asked again until it does, in the order in which
// it came, and the gap shows in the times of the office's register. Knows no network: that is `OfficeClient`.

import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { parseStatement, type Signer, signHead } from '../../ledger/index.ts';
import { SEAL } from '../../run-folder/index.ts';

export interface Asked {
  /** The text of a request, a head or a seal. */
  statement: string;
  /** With a seal: the run's. */
  genesis?: string;
}

/** An office to ask. */
export interface OfficeClient {
  /** Where it is, for people; it holds no secret. */
  readonly address: string;
  /**
   * The text of the office's answer, a statement `lodging`, unverified.
   * @throws JikjiError `office-away` where it is worth asking again; anything else is a no
   */
  lodge(asked: Asked): Promise<string>;
}

/** Milliseconds to wait before asking again, the first time and at most. */
const FIRST_WAIT = 1000;
const MAX_WAIT = 60_000;
/** At most, once the run is finished. */
const LAST_WAIT = 5000;
/** Milliseconds that a finished run waits for its last answers before it leaves them to --resume. */
const LAST_PATIENCE = 30_000;

const isAway = (error: unknown): boolean => error instanceof JikjiError && error.code === 'office-away';

/** What an office that is away said, in words. */
const said = (error: unknown): string => (error as Error).message;

/** How long to wait before attempt `n` from 1 on. */
const waitBefore = (n: number): number => Math.min(MAX_WAIT, FIRST_WAIT * 2 ** (n - 1));

/** An answer must be sound, and to what was asked. @throws JikjiError `statement-broken`, `lodging-other` */
export function checkAnswer(text: string, name: string, digest: string, address: string) {
  const lodging = parseStatement(text, 'lodging', `the answer of ${address}`);
  if (lodging.subjects.get(name) !== digest) {
    throw new JikjiError(
      'lodging-other',
      "the office's answer is to something else",
      address,
      'ask who runs the office',
    );
  }
  return lodging;
}

/** Fails with the signal's reason as soon as it is aborted: an office that keeps us waiting must not keep Ctrl-C waiting. */
const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/**
 * Asks until the office answers: nothing of the run can go on without that.
 * @throws what the office says no with, or the signal's reason
 */
export async function askUntilAnswered(
  client: OfficeClient,
  asked: Asked,
  { signal, note }: { signal: AbortSignal; note: (text: string) => void },
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Promise.race([client.lodge(asked), stopped(signal)]);
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === 1) note(`The office at ${client.address} ${said(error)}; asking again until it answers ...`);
      await setTimeout(waitBefore(attempt), undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
    }
  }
}

export interface LodgerOptions {
  client: OfficeClient;
  signer: Signer;
  /** What the run is lodged under. */
  run: string;
  note: (text: string) => void;
  /** A head was answered. */
  onAnswer: (step: number) => void;
  /** Resolves after so many milliseconds, or when the signal is aborted; for tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {});

/** What waits to be lodged, and the one question that is being asked. */
export class Lodger {
  readonly #options: LodgerOptions;
  readonly #wait: NonNullable<LodgerOptions['wait']>;
  readonly #waiting: { step: number; head: string }[] = [];
  readonly #ending = new AbortController();
  /** Of the wait before the office is asked again. */
  #nap: AbortController | undefined;
  #working: Promise<void> | undefined;
  /** Since when the office has not answered: how often it was asked, and how many heads came to wait. */
  #attempts = 0;
  #refused = false;
  #lasts = false;

  constructor(options: LodgerOptions) {
    this.#options = options;
    this.#wait = options.wait ?? pause;
  }

  /** Heads that are not answered yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Has the head of a kept state lodged, as soon as the office answers. Returns at once, and never throws. */
  head(step: number, head: string): void {
    if (this.#refused || this.#ending.signal.aborted) return;
    this.#waiting.push({ step, head });
    this.#working ??= this.#lodgeHeads().finally(() => {
      this.#working = undefined;
    });
  }

  async #lodgeHeads(): Promise<void> {
    const { signer, run, onAnswer, note } = this.#options;
    while (this.#waiting.length > 0) {
      const { step, head } = this.#waiting[0]!;
      try {
        if ((await this.#ask({ statement: signHead({ run, step, head }, signer) })) === undefined) return;
      } catch (error) {
        // Asked again it would say the same.
        const why = error instanceof JikjiError ? `${error.message} (${error.hint})` : String(error);
        this.#refused = true;
        this.#waiting.length = 0;
        note(`The office refuses the heads of this run: ${why}. Training goes on, and none is lodged.`);
        return;
      }
      this.#waiting.shift();
      onAnswer(step);
    }
  }

  /** Asks until the office answers; undefined where this has ended first. @throws what the office says no with */
  async #ask(asked: Asked): Promise<string | undefined> {
    const { client, note } = this.#options;
    while (!this.#ending.signal.aborted) {
      try {
        const answer = await client.lodge(asked);
        if (this.#ending.signal.aborted) return undefined; // the run's folder may be another session's by now
        if (this.#attempts > 0 && this.waiting > 0)
          note(`The office answers again: ${this.waiting} heads that have waited are being lodged.`);
        this.#attempts = 0;
        return answer;
      } catch (error) {
        if (!isAway(error)) throw error;
        if (this.#attempts++ === 0 && !this.#lasts)
          note(`The office at ${client.address} ${said(error)}: training goes on, and it is asked again.`);
      }
      this.#nap = new AbortController();
      const signal = AbortSignal.any([this.#nap.signal, this.#ending.signal]);
      await this.#wait(Math.min(waitBefore(this.#attempts), this.#lasts ? LAST_WAIT : MAX_WAIT), signal);
    }
    return undefined;
  }

  /**
   * Waits until all heads are lodged, then lodges the seal and gives the answer's text; undefined where the office does not answer in
   * time, or says no, which is noted. Nothing is lodged after that.
   */
  async finish({ seal, genesis, digest }: { seal: string; genesis: string; digest: string }, signal: AbortSignal) {
    const { client, note } = this.#options;
    const end = (): void => this.close();
    signal.addEventListener('abort', end, { once: true });
    this.#lasts = true;
    this.#nap?.abort(); // the office may be back: it is asked now
    const patience = this.#wait(LAST_PATIENCE, this.#ending.signal).then(end);
    try {
      await Promise.race([this.#working, patience]);
      const answer = await Promise.race([this.#ask({ statement: seal, genesis }), patience]);
      if (typeof answer === 'string') {
        checkAnswer(answer, SEAL, digest, client.address);
        return answer;
      }
      const what = this.waiting > 0 ? `${this.waiting} heads and the seal are` : 'The seal is';
      note(`${what} not lodged yet: the office does not answer. The same call with --resume lodges what is left.`);
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      note(`The office does not lodge the seal: ${error.message} (${error.hint}).`);
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
    return undefined;
  }

  /** Stops asking. What was not answered is left to the next session. */
  close(): void {
    this.#ending.abort();
  }
}
