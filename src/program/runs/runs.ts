// This machine's runs for a server. Long work is done in pieces or in child processes, so that it does not block other requests. Knows
// no HTTP and no viewers.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildSettings, childSettings } from '../../apart/index.ts';
import { runKey } from '../../ledger/index.ts';
import { GENESIS, SEAL, tagRuns } from '../../run-folder/index.ts';
import { AnswerReceipts } from './answer-receipts.ts';
import { Audits } from './audits.ts';
import { Curves } from './curves.ts';
import { detailOf, type RunDetail } from './detail.ts';
import { type Evidence, evidenceOf, statementOf } from './evidence.ts';
import { type Family, familyOf } from './family.ts';
import { Listing } from './listing.ts';
import { Models } from './models.ts';
import { Overlays } from './overlay.ts';
import { differencesOf, type RecipeDifferences } from './recipe-differences.ts';
import { Tables } from './run-table.ts';
import { type TrainingData, trainingDataOf } from './training-data.ts';

export interface RunsOptions {
  /** Threads of the engine; default: all of this machine. */
  threads?: number;
}

/** The list of runs, with their curves, audits and models. */
export class Runs extends Listing {
  readonly tables: Tables;
  readonly curves: Curves;
  readonly overlays: Overlays;
  readonly audits: Audits;
  readonly models: Models;
  readonly receipts: AnswerReceipts;
  readonly #ending = new AbortController();
  #temporary: string | undefined;

  constructor({ threads = availableParallelism() }: RunsOptions = {}) {
    super();
    const settings = (): ChildSettings => {
      this.#temporary ??= mkdtempSync(join(tmpdir(), 'jikji-children-'));
      return childSettings(this.#temporary);
    };
    const options = { threads, settings, ending: this.#ending.signal };
    this.tables = new Tables(this);
    this.curves = new Curves(this, options.ending);
    this.overlays = new Overlays(this, this.curves);
    this.audits = new Audits(this, options);
    this.models = new Models(options);
    this.receipts = new AnswerReceipts({ listing: this, audits: this.audits, models: this.models });
  }

  /** @throws JikjiError `run-unknown` */
  get(id: string): RunDetail {
    const info = this.info(id);
    return { ...info, ...detailOf(info, this.folder(id), this.summary(id).stateRoot) };
  }

  /** Maker and digest by which offices lodge the run; undefined before its first step. @throws JikjiError `run-unknown` */
  lodgedAs(id: string): { maker: string; run: string } | undefined {
    const genesis = statementOf(this.folder(id), GENESIS, this.info(id).witnessed ? 'witness-genesis' : 'genesis');
    return genesis && { maker: genesis.keyid, run: runKey(genesis.predicate.commitment) };
  }

  /** @throws JikjiError `run-unknown`, `run-damaged` */
  async evidence(id: string): Promise<Evidence> {
    return evidenceOf(this.folder(id), await this.curves.read(id), this.info(id).witnessed);
  }

  /** @throws JikjiError `run-unknown` */
  async family(id: string): Promise<Family> {
    const here = (await this.list()).map((run) => ({ id: run.id, name: run.name, folder: this.folder(run.id) }));
    return familyOf(
      this.folder(id),
      here.filter((run) => run.id !== id),
    );
  }

  /** @throws JikjiError `run-unknown` */
  trainingData(id: string): TrainingData {
    return trainingDataOf(this.folder(id), this.info(id).witnessed);
  }

  /** Digest of the seal in its folder; undefined without one. @throws JikjiError `run-unknown` */
  sealOf(id: string): string | undefined {
    return statementOf(this.folder(id), SEAL, this.info(id).witnessed ? 'witness-seal' : 'seal')?.digest;
  }

  differences(ids: readonly string[]): Promise<RecipeDifferences> {
    return differencesOf(this, ids);
  }

  /** Adds a tag to runs, or takes it away; how many have changed. @throws JikjiError `run-unknown`, `tag-invalid`, `too-many` */
  tag(ids: readonly string[], tag: string, on: boolean): number {
    return tagRuns(
      ids.map((id) => this.folder(id)),
      tag,
      on,
    );
  }

  /** Ends all processes and all followers. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.audits.ended();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }
}
