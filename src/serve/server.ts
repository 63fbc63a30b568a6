// A server of models: opens them, listens, and ends without breaking off what it is saying. Prints nothing: its caller does.

import { JikjiError } from '../base/index.ts';
import { ServedModel } from '../foundry/requests/index.ts';
import { type Address, checkAddress, isLoopback, listen, originOf } from '../http/index.ts';
import type { ApiKeys } from './api-keys.ts';
import { appOf } from './app.ts';
import { failureOf } from './errors.ts';
import { Receipts, type ReceiptsOptions } from './receipts/index.ts';

export interface ServeModelsOptions extends Address {
  /** Run folders or Hugging Face folders, each with the name that clients use. */
  models: readonly { name: string; folder: string }[];
  keys?: ApiKeys | undefined;
  /** Threads of each model. */
  threads: number;
  /** Texts at a time whose whole context fits into memory, of each model. */
  texts: number;
  maxWaiting: number;
  maxSeconds: number;
  guesses: boolean;
  /** Origins of pages of others that may ask. */
  allowedOrigins?: readonly string[] | undefined;
  /** Undefined: answers get no receipts. */
  receipts?: ReceiptsOptions | undefined;
  /** Called before each model is opened. */
  onOpening?: (name: string) => void;
}

export interface ModelServer {
  url: string;
  models: string[];
  /** Refuses new requests, lets answers end for at most `maxSeconds`, and closes the models. */
  close(): Promise<void>;
}

/**
 * Opens models and serves them.
 * @throws JikjiError `usage` (two models of one name; no keys where others can reach the server), and as a model or an address fails
 */
export async function serveModels(options: ServeModelsOptions): Promise<ModelServer> {
  checkAddress(options);
  const allowedOrigins = new Set(options.allowedOrigins?.map(originOf));
  if (!isLoopback(options) && !options.keys) {
    const hint = 'give --api-key FILE; jikji key api NAME makes a key';
    throw new JikjiError('usage', 'others can reach this address, and there are no API keys', options.host, hint);
  }
  const names = options.models.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new JikjiError('usage', 'two models have this name', twice, 'name them: NAME=FOLDER');
  const models: ServedModel[] = [];
  const closeModels = () => {
    for (const model of models.splice(0)) model.close();
  };
  const stopping = new AbortController();
  let receipts: Receipts | undefined;
  try {
    for (const one of options.models) {
      options.onOpening?.(one.name);
      models.push(new ServedModel({ ...one, threads: options.threads, texts: options.texts }));
    }
    receipts = options.receipts && (await Receipts.open(options.receipts, models));
    let origins: ReadonlySet<string> = new Set();
    const own = { models, receipts, origins: () => origins, allowedOrigins, stopping: stopping.signal, failureOf };
    const app = appOf({ ...options, ...own });
    const listener = await listen(options, { fetch: (request, env) => app.fetch(request, env) });
    origins = listener.origins;
    return {
      url: listener.url,
      models: names,
      close: async () => {
        stopping.abort();
        await listener.close(options.maxSeconds * 1000);
        closeModels();
        await receipts?.close();
      },
    };
  } catch (error) {
    closeModels();
    await receipts?.close();
    throw error;
  }
}
