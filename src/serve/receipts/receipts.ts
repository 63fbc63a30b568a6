// Makes the receipts of a server: what was sent, signed and kept.

import { randomBytes } from 'node:crypto';
import { JikjiError, packageVersion, parseJson } from '../../base/index.ts';
import { type Meaning, receiptRequestOf, type ServedModel, sealedRunOf } from '../../foundry/requests/index.ts';
import {
  digestOfRequest,
  headOf,
  MAX_BIASES,
  type Receipt,
  type ReceiptEnd,
  type Signer,
  signReceipt,
} from '../../ledger/index.ts';
import type { TextRequests } from '../answers.ts';
import { ReceiptStore, receiptsFile } from './store.ts';

/** 128 bits. */
const ID_BYTES = 16;

export interface ReceiptsOptions {
  signer: Signer;
  /** The newest receipts that are kept. */
  keep: number;
  /** Whether requests and answers are kept beside them. */
  keepTexts: boolean;
}

/** What a client was sent of an answer. */
export interface SentAnswer {
  ids: readonly number[];
  ended: ReceiptEnd;
}

/** A request that was answered. */
interface Answered {
  id: string;
  /** Of the HTTP request, for the operator's log. */
  requestId: string;
  model: ServedModel;
  request: object;
  meaning: Meaning;
  texts: TextRequests;
  /** In the order of the texts. */
  answers: readonly SentAnswer[];
}

interface Kept {
  receipt: string;
  texts?: object;
}

/** Where receipts are kept. */
type Store = Pick<ReceiptStore, 'add' | 'find' | 'close'>;

/** An id of an answer and its receipt that nobody can guess. */
export const newId = (): string => randomBytes(ID_BYTES).toString('hex');

export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #store: Store;
  readonly #runs: ReadonlyMap<ServedModel, Receipt['run']>;
  /** Answers under way, by id. */
  readonly #open = new Map<string, Promise<unknown>>();

  private constructor(options: ReceiptsOptions, store: Store, runs: ReadonlyMap<ServedModel, Receipt['run']>) {
    this.#options = options;
    this.#store = store;
    this.#runs = runs;
  }

  /** @throws JikjiError `locked`, `receipts-broken`, `evidence-differs` (weights that the run's seal does not name), `statement-broken` */
  static async open(options: ReceiptsOptions, models: readonly ServedModel[]): Promise<Receipts> {
    const runs = runsOf(models);
    const { fingerprint } = options.signer;
    return new Receipts(options, await ReceiptStore.open(receiptsFile(fingerprint), fingerprint, options.keep), runs);
  }

  /** Receipts that are on no disk, and gone with this process. @throws JikjiError `evidence-differs`, `statement-broken` */
  static inMemory(options: ReceiptsOptions, models: readonly ServedModel[]): Receipts {
    return new Receipts(options, memoryStore(options.keep), runsOf(models));
  }

  /** @throws JikjiError `request-shape` for a request that a receipt has no room for */
  requireRoom({ parameters }: Meaning): void {
    if (parameters.logitBias.length <= MAX_BIASES) return;
    const hint = 'name fewer tokens';
    throw new JikjiError('request-shape', `a receipt has room for ${MAX_BIASES} tokens`, 'logit_bias', hint);
  }

  /** Signs what was sent; resolves when the receipt is on disk. @throws JikjiError `disk-full`, `disk-broken`, `not-writable` */
  async issue({ id, requestId, model, request, meaning, texts, answers }: Answered): Promise<void> {
    const asked = receiptRequestOf(meaning);
    const about = {
      arithmeticVersion: model.text.model.arithmeticVersion,
      run: this.#runs.get(model) ?? null,
      nonce: meaning.nonce ?? null,
      seedFrom: texts.seedFrom,
    };
    const before = { ...about, model: model.digest, request: digestOfRequest(asked) };
    const { signer, keepTexts } = this.#options;
    const receipt = signReceipt(
      {
        ...about,
        formatVersion: 1,
        serverKey: signer.publicKey.toString('base64'),
        id,
        time: new Date().toISOString(),
        version: packageVersion(),
        model: { name: model.name, files: [...model.files] },
        request: asked,
        answers: answers.map(({ ids, ended }, answer) => {
          const { seed } = texts.asked[answer]!.options;
          return { seed, tokens: ids.length, head: headOf(before, { answer, seed }, ids), ended };
        }),
      },
      signer,
    );
    const kept = {
      request,
      prompt_token_ids: meaning.prompts.map(({ ids }) => ids),
      token_ids: answers.map(({ ids }) => ids),
    };
    const content: Kept = { receipt, ...(keepTexts && { texts: kept }) };
    await withoutPath(this.#store.add(id, content), requestId);
  }

  /** A receipt as JSON: the statement's file; where texts are kept, it and the texts. @throws JikjiError `receipt-unknown`, `receipts-broken` */
  async read(id: string, requestId: string): Promise<string> {
    const kept = (await withoutPath(this.#store.find(id), requestId)) as Kept | undefined;
    if (!kept) {
      const hint = 'a receipt is there when it is named, until newer ones take its place';
      throw new JikjiError('receipt-unknown', 'there is no receipt of this id', id.slice(0, 100), hint);
    }
    const { receipt, texts } = kept;
    return texts ? `${JSON.stringify({ receipt: parseJson(receipt), ...texts })}\n` : receipt;
  }

  /** Has `close` and `ended` wait for an answer. */
  during<T>(id: string, answer: Promise<T>): Promise<T> {
    const over = (): void => void this.#open.delete(id);
    this.#open.set(id, answer);
    answer.then(over, over);
    return answer;
  }

  /** Waits for an answer that is under way: whoever has broken it off finds its receipt then. */
  async ended(id: string): Promise<void> {
    await Promise.allSettled([this.#open.get(id)]);
  }

  /** Waits for answers under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#open.values());
    await this.#store.close();
  }
}

const runsOf = (models: readonly ServedModel[]): Map<ServedModel, Receipt['run']> =>
  new Map(models.map((model) => [model, sealedRunOf(model)]));

/** The newest receipts, as many as are kept. */
function memoryStore(keep: number): Store {
  const all = new Map<string, object>();
  return {
    async add(id, content) {
      all.set(id, content);
      if (all.size > keep) all.delete(all.keys().next().value!);
    },
    find: async (id) => all.get(id),
    close: async () => all.clear(),
  };
}

/** Clients learn what failed, and not where: that is the operator's business, who finds the client's request by its id. */
async function withoutPath<T>(work: Promise<T>, requestId: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    console.error(`request ${requestId}: ${error.input}: ${error.message}`);
    throw error.reworded({ input: 'the receipt', hint: 'ask the operator of this server' });
  }
}
