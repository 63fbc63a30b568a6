// This machine's runs as a server shows them. What takes long is done in pieces or in processes of their own: nothing here keeps
// others waiting. Knows no HTTP and no viewers.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../foundry/index.ts';
import { runKey } from '../../ledger/index.ts';
import { GENESIS } from '../../run-folder/index.ts';
import { type AuditOptions, Audits } from './audits.ts';
import { cardOf } from './card.ts';
import { Curves } from './curves.ts';
import { detailOf } from './detail.ts';
import { evidenceOf, statementOf } from './evidence.ts';
import { Listing } from './listing.ts';
import { Speaking } from './speaking.ts';
import type {
  Audit,
  Card,
  Curve,
  CurveRange,
  Evidence,
  RunDetail,
  RunEvent,
  RunInfo,
  SpeakOptions,
  Spoken,
} from './types.ts';

export interface RunsOptions {
  /** Of the engine; as many as the machine has where it is left out. */
  threads?: number;
}

export class Runs {
  readonly #listing = new Listing();
  readonly #curves = new Curves();
  readonly #audits: Audits;
  readonly #speaking: Speaking;
  readonly #ending = new AbortController();
  #temporary: string | undefined;

  constructor({ threads = availableParallelism() }: RunsOptions = {}) {
    const temporary = (): string => {
      this.#temporary ??= mkdtempSync(join(tmpdir(), 'jikji-children-'));
      return this.#temporary;
    };
    this.#audits = new Audits({ threads, temporary });
    this.#speaking = new Speaking({ threads, temporary });
  }

  /** The newest first. At most a second old. */
  list(): Promise<RunInfo[]> {
    return this.#listing.list();
  }

  /** @throws JikjiError `run-unknown` */
  get(id: string): RunDetail {
    return detailOf(this.#listing.info(id), this.folder(id), this.#listing.summary(id).stateRoot);
  }

  /** Whose run it is, and under what offices lodge it; undefined before its first step. @throws JikjiError `run-unknown` */
  lodgedAs(id: string): { maker: string; run: string } | undefined {
    const genesis = statementOf(this.folder(id), GENESIS, 'genesis');
    return genesis && { maker: genesis.keyid, run: runKey(genesis.predicate.commitment) };
  }

  /** Where a run lies, absolute. @throws JikjiError `run-unknown` */
  folder(id: string): string {
    return this.#listing.folder(id);
  }

  /**
   * Steps `from` to `to` in at most `points` points: all where they fit, else of each stretch those with the lowest and the highest
   * loss and gradient norm.
   * @throws JikjiError `run-unknown`, `run-damaged`
   */
  async curve(id: string, range: CurveRange): Promise<Curve> {
    return this.#curves.curve(this.folder(id), () => this.#listing.info(id), range);
  }

  /**
   * Points after step `after`, those there are and then as they come, and the run's state; ends by the signal. Each point once.
   * @throws JikjiError `run-unknown`, `run-damaged`, `too-many`
   */
  follow(id: string, after: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const ending = AbortSignal.any([signal, this.#ending.signal]);
    return this.#curves.follow(this.folder(id), () => this.#listing.info(id), after, ending);
  }

  /** @throws JikjiError `run-unknown`, `run-damaged` */
  async evidence(id: string): Promise<Evidence> {
    const folder = this.folder(id);
    return evidenceOf(folder, await this.#curves.read(folder, () => this.#listing.info(id)));
  }

  /**
   * Begins an audit; where one of this run is being done, gives that.
   * @throws JikjiError `run-unknown`, `run-running`, `run-gone`, `too-many`
   */
  startAudit(id: string, options: AuditOptions): Audit {
    return this.#audits.start(this.folder(id), () => this.#listing.info(id), options);
  }

  /** As it is now. @throws JikjiError `audit-unknown` */
  audit(id: string): Audit {
    return this.#audits.get(id);
  }

  /** An audit each time something has changed, until it has ended or for the signal. @throws JikjiError `audit-unknown` */
  followAudit(id: string, signal: AbortSignal): AsyncGenerator<Audit> {
    this.#audits.get(id);
    return this.#audits.follow(id, signal);
  }

  /**
   * Has a model go on with a text. `model` is a run folder or a Hugging Face model folder; `onText` gets pieces as they come. The
   * signal ends it with what there is.
   * @throws JikjiError `too-many`, `prompt-too-long`, and for what is wrong with the model
   */
  continueText(
    model: string,
    { prompt, ...options }: SpeakOptions & { prompt: string },
    onText: (piece: string) => void,
    signal: AbortSignal,
  ): Promise<Spoken> {
    return this.#speaking.ask(model, { prompt }, options, onText, signal);
  }

  /**
   * The answer of a model that was tuned to talk to the last of these messages.
   * @throws JikjiError `not-tuned`, `messages-order`, `chat-template`, and as `continueText`
   */
  talk(
    model: string,
    messages: Message[],
    options: SpeakOptions,
    onText: (piece: string) => void,
    signal: AbortSignal,
  ): Promise<Spoken> {
    return this.#speaking.ask(model, { messages }, options, onText, signal);
  }

  /** What a run folder or a Hugging Face folder says of its finished model. @throws JikjiError `model-missing` */
  modelCard(folder: string): Card {
    return cardOf(folder);
  }

  /** Ends all processes and all who follow. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#speaking.close();
    await this.#audits.close();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }
}
