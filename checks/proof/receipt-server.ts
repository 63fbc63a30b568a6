// A server of runs and of models of random weights that gives receipts, and what an auditor is given of its answers.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Bench, RecipeChanges } from '../../src/audit/testing/run.ts';
import { setEnvironment } from '../../src/base/testing/environment.ts';
import { exportModel } from '../../src/foundry/export/index.ts';
import type { Receipt, Signer } from '../../src/ledger/index.ts';
import { type ModelServer, serveModels } from '../../src/serve/index.ts';
import { ask, fileOf, forged, type Saved } from '../../src/serve/testing/receipts.ts';
import { SMALL, writeModels } from '../../src/serve/testing/small.ts';
import { HONEST_FOREIGN } from './foreign.ts';
import { talkRecipe } from './talks.ts';

/** What an auditor is given: files, and the folder of the model. */
export interface AuditorFiles {
  receipt: string;
  request?: string | undefined;
  response?: string | undefined;
  model: string;
  /** Fingerprint of the key that must have signed it. */
  key?: string | undefined;
}

export type Body = Record<string, unknown>;
export interface Answer {
  choices: { text: string; token_ids: number[]; finish_reason: string }[];
  [member: string]: unknown;
}

export interface ReceiptScene extends AuditorFiles {
  saved: Saved;
  /** The answer's body, and the ids of its choices. */
  answer: Answer;
  ids: number[][];
  stranger: Signer;
  /** A file with this content. */
  file(content: unknown): string;
  /** The folder of a model that is served. */
  modelOf(name: string): string;
  /** What the server signs in place of the receipt: with right chains over `ids`. */
  lie(change: (receipt: Receipt) => Receipt, ids?: number[][], by?: Signer): string;
  asked(body: Body): Promise<Saved>;
}

export interface ReceiptCase {
  name: string;
  body: Body;
  /** The checks that refute it; none by default. `any`: both say the same, and nothing more is known before. */
  refuted?: string[] | 'any';
  /** `incomplete`: not every answer is replayed by either; `not-judged`: the verifier in Python does not cover it; `broken`: a file is not what it should be. */
  verdict?: 'incomplete' | 'not-judged' | 'broken';
  change?: (scene: ReceiptScene) => Partial<AuditorFiles> | Promise<Partial<AuditorFiles>>;
  /** Needs a Python that has jinja2. */
  jinja?: true;
}

const QWEN3: RecipeChanges = {
  model: { architecture: 'qwen3', headDim: 6, tieWordEmbeddings: false },
  train: { steps: 6, batchSize: 2, microBatchSize: 2, sequenceLength: 40, learningRate: 0.02 },
};
const FOREIGN = Object.fromEntries(
  ['Llama 3', 'Llama 2'].map((maker) => [
    maker,
    HONEST_FOREIGN[`honest, with the tokenizer of another maker (${maker})`]!,
  ]),
);
/** Blocks of 32 weights, as GGUF's q8_0 has them. */
const WIDE: RecipeChanges = {
  model: { hiddenSize: 32, intermediateSize: 64 },
  train: { steps: 2, sequenceLength: 24 },
};

/** A server of runs and of models of random weights, all with receipts; `state` is where it keeps them. */
export class ReceiptServer {
  readonly folder: string;
  readonly #bench: Bench;
  readonly #signers: { maker: Signer; server: Signer; stranger: Signer };
  readonly #folders = new Map<string, string>();
  #server!: ModelServer;
  #restore = () => {};

  constructor(bench: Bench, signers: { maker: Signer; server: Signer; stranger: Signer }) {
    this.#bench = bench;
    this.#signers = signers;
    this.folder = join(bench.folder, 'receipts');
  }

  /** Makes the models that the cases ask for, and serves them. */
  async begin(cases: readonly ReceiptCase[]): Promise<void> {
    const asked = new Set(cases.map(({ body }) => body.model));
    for (const { name, folder } of writeModels(this.folder, 200)) this.#folders.set(name, folder);
    const { maker } = this.#signers;
    const recipes: Record<string, RecipeChanges> = { run: QWEN3, talking: talkRecipe, quantized: WIDE, ...FOREIGN };
    for (const [name, recipe] of Object.entries(recipes)) {
      if (asked.has(name)) this.#folders.set(name, await this.#bench.make(maker, recipe));
    }
    const wide = this.#folders.get('quantized');
    if (wide !== undefined) {
      const out = join(this.folder, `${basename(wide)}.gguf`);
      await exportModel({ model: wide, out, to: 'gguf', type: 'q8_0' });
      this.#folders.set('quantized', out);
    }
    this.#restore = setEnvironment({ XDG_STATE_HOME: join(this.folder, 'state') });
    const models = [...this.#folders].map(([name, folder]) => ({ name, folder }));
    const receipts = { signer: this.#signers.server, keep: 1000, keepTexts: false };
    this.#server = await serveModels({ models, ...SMALL, receipts });
  }

  async end(): Promise<void> {
    await this.#server.close();
    this.#restore();
  }

  /** What an auditor is given in a case. */
  async given({ body, change }: ReceiptCase): Promise<AuditorFiles> {
    const saved = await ask(this.folder, this.#server.url, body);
    const given = {
      ...{ receipt: saved.receipt, request: saved.request, response: saved.response },
      model: this.#folders.get(String(body.model))!,
      key: this.#signers.server.fingerprint,
    };
    if (!change) return given;
    // A stream has no body of its own.
    const answer = (saved.text.startsWith('{') ? JSON.parse(saved.text) : { choices: [] }) as Answer;
    const ids = answer.choices.map((choice) => choice.token_ids);
    const text = readFileSync(saved.receipt, 'utf8');
    const scene: ReceiptScene = {
      ...given,
      ...{ saved, answer, ids, stranger: this.#signers.stranger },
      file: (content) => fileOf(this.folder, content),
      modelOf: (name) => this.#folders.get(name)!,
      lie: (change, over = ids, by = this.#signers.server) =>
        fileOf(this.folder, forged(text, by, { change, ids: over })),
      asked: (other) => ask(this.folder, this.#server.url, other),
    };
    return { ...given, ...(await change(scene)) };
  }
}
