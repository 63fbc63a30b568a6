// Receipts of the playground's answers: fetched from the model's process, which signs them, and audited there. Beside each stands what the
// answer hangs on, as far as this server has checked it.

import {
  factsOf,
  type Lineage,
  lineageOf,
  type ReceiptAudit,
  type ReceiptFacts,
  type RunFound,
} from '../../audit/index.ts';
import { parseJson } from '../../base/index.ts';
import { readReceipt } from '../../ledger/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import type { Audits } from './audits.ts';
import { statementOf } from './evidence.ts';
import type { Listing } from './listing.ts';
import { RECEIPT_CHECK, type ReceiptCheckRequest } from './model-messages.ts';
import type { Models } from './models.ts';

/** A receipt, and what it says. */
export interface AnswerReceipt {
  /** The statement's file. */
  receipt: string;
  facts: ReceiptFacts;
  /** Nothing of it is checked. */
  lineage: Lineage;
}

export interface CheckedReceipt {
  /** When it was checked. */
  time: string;
  audit: ReceiptAudit;
  lineage: Lineage;
}

export class AnswerReceipts {
  readonly #listing: Listing;
  readonly #audits: Audits;
  readonly #models: Models;

  constructor({ listing, audits, models }: { listing: Listing; audits: Audits; models: Models }) {
    this.#listing = listing;
    this.#audits = audits;
    this.#models = models;
  }

  /**
   * The receipt of an answer that was just given, or broken off.
   * @throws JikjiError `run-unknown`, `receipt-unknown`; where there can be no receipt, the reason (`key-...`, `evidence-differs`); as `Models.ask`
   */
  async get(run: string, id: string, signal: AbortSignal): Promise<AnswerReceipt> {
    const folder = this.#listing.folder(run);
    const answer = await this.#models.ask(folder, { path: `/receipts/${id}`, body: null }, signal);
    const receipt = await answer.text();
    const facts = factsOf(readReceipt(receipt, 'the receipt'));
    return { receipt, facts, lineage: lineageOf(facts, null, this.#found(run, facts)) };
  }

  /**
   * Audits an answer against the model of this run. Faults of the receipt are in the result.
   * @throws JikjiError `run-unknown`, `not-a-receipt`, and as `Models.ask`
   */
  async check(run: string, given: ReceiptCheckRequest, signal: AbortSignal): Promise<CheckedReceipt> {
    const folder = this.#listing.folder(run);
    const answer = await this.#models.ask(folder, { path: RECEIPT_CHECK, body: given }, signal);
    const audit = parseJson(await answer.text()) as ReceiptAudit;
    return {
      time: new Date().toISOString(),
      audit,
      lineage: lineageOf(audit.receipt, audit, this.#found(run, audit.receipt)),
    };
  }

  /** What is known here of the run with the seal that a receipt names. */
  #found(run: string, facts: ReceiptFacts | null): RunFound {
    const named = facts?.run?.seal;
    if (named === undefined) return { audits: [], corpus: null };
    const folder = this.#listing.folder(run);
    const [seal, genesis] = [statementOf(folder, SEAL, 'seal'), statementOf(folder, GENESIS, 'genesis')];
    const isOwn = seal?.digest === named && seal.predicate.genesis === genesis?.digest;
    return {
      audits: this.#audits.ofSeal(run, named),
      corpus: isOwn ? genesis!.predicate.commitment.corpusRoot : null,
    };
  }
}
