// The child process that holds one model. It answers requests of serve's routes, several at once, over messages in place of a socket. Its
// parent asks for each part of an answer, so that what a slow reader does not take is not sent.

import { type ChildMessage, endWithParent, failureOf } from '../../apart/index.ts';
import { auditReceiptTexts, type ReceiptAudit } from '../../audit/index.ts';
import { JikjiError, parseJson } from '../../base/index.ts';
import { ServedModel } from '../../foundry/requests/index.ts';
import { loadOrMakeSigner, type Signer } from '../../ledger/index.ts';
import { appOf, type FailureOf, Receipts, type RetryError } from '../../serve/index.ts';
import {
  type FromModel,
  MODEL,
  type OpenRequest,
  RECEIPT_CHECK,
  type ReceiptCheckRequest,
  type ToModel,
} from './model-messages.ts';

type Asked = ToModel & { kind: 'ask' };

type App = ReturnType<typeof appOf>;
type AppOptions = Parameters<typeof appOf>[0];

interface Exchange {
  stopping: AbortController;
  body?: ReadableStreamDefaultReader<string>;
}

/** The beginning of paths of receipts. */
const RECEIPTS = '/receipts/';
const ORIGIN = 'http://localhost';
const exchanges = new Map<number, Exchange>();
/** The routes without receipts, and the open model. */
let opened: { app: App; model: ServedModel; options: AppOptions } | undefined;

const send = (message: ChildMessage<never, FromModel>): void => {
  process.send!(message, () => {}); // a parent that is gone ends this process
};
const tell = (progress: FromModel): void => send({ kind: 'progress', progress });

/** A bug may have left anything in any state: the process ends, and its parent says so. */
function crash(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(70));
}

/** The parent makes a JikjiError of it again. */
const asFailure: FailureOf = (error) => {
  const failure = failureOf(error);
  if (!failure) crash(error);
  const { retryAfter } = error as RetryError;
  return { status: 422, body: { error: failure }, ...(retryAfter !== undefined && { retryAfter }) };
};

function open({ folder, threads, texts, maxWaiting, maxSeconds }: OpenRequest): void {
  try {
    const model = new ServedModel({ name: MODEL, folder, threads, texts });
    const options: AppOptions = {
      models: [model],
      origins: () => new Set([ORIGIN]),
      maxWaiting,
      maxSeconds,
      guesses: false,
      stopping: new AbortController().signal,
      failureOf: asFailure,
    };
    opened = { app: appOf(options), model, options };
  } catch (error) {
    const failure = failureOf(error);
    if (failure) send({ kind: 'failed', failure });
    else crash(error);
  }
}

/** A key that is made for receipts of the playground: no passphrase can be asked for here. */
const RECEIPT_KEY = 'playground';
/** Receipts that are kept: their readers fetch them at once. */
const KEPT_RECEIPTS = 1000;

function signerForReceipts(): Signer {
  try {
    return loadOrMakeSigner(RECEIPT_KEY, () => {});
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code !== 'key-passphrase') throw error;
    throw error.reworded({ hint: 'the playground takes a key without one: move this file away, and it makes its own' });
  }
}

let receipts: { app: App; receipts: Receipts } | undefined;

/** The routes with receipts. @throws JikjiError where there can be none: for want of a key, or by a seal that does not name this model */
function routesWithReceipts(): { app: App; receipts: Receipts } {
  if (receipts) return receipts;
  const { model, options } = opened!;
  const signer = signerForReceipts();
  const own = Receipts.inMemory({ signer, keep: KEPT_RECEIPTS, keepTexts: false }, [model]);
  receipts = { app: appOf({ ...options, receipts: own }), receipts: own };
  return receipts;
}

/** The audit of a receipt against the open model, as `jikji audit RECEIPT` does it. */
async function checkReceipt(request: Request): Promise<ReceiptAudit> {
  const { receipt, request: asked, response } = parseJson(await request.text()) as ReceiptCheckRequest;
  const { model, options } = opened!;
  return auditReceiptTexts(
    {
      receipt: { path: 'the receipt', text: receipt },
      request: { path: 'the request', text: asked },
      response: { path: 'the response', text: response },
    },
    () => model,
    { signal: AbortSignal.any([request.signal, AbortSignal.timeout(options.maxSeconds * 1000)]) },
  );
}

async function answerOf(request: Request, { path, withReceipt }: Pick<Asked, 'path' | 'withReceipt'>) {
  try {
    if (path === RECEIPT_CHECK) return Response.json(await checkReceipt(request));
    if (!path.startsWith(RECEIPTS)) return await routesFor(withReceipt).fetch(request);
    const { app, receipts } = routesWithReceipts();
    await receipts.ended(path.slice(RECEIPTS.length)); // whoever has just stopped it asks for its receipt
    return await app.fetch(request);
  } catch (error) {
    const { status, body } = asFailure(error);
    return Response.json(body, { status });
  }
}

/** An answer that can have no receipt is given without one: who asks for the receipt learns why. */
function routesFor(withReceipt: boolean): App {
  try {
    if (withReceipt) return routesWithReceipts().app;
  } catch (error) {
    if (!failureOf(error)) throw error;
  }
  return opened!.app;
}

async function ask({ id, path, body, withReceipt }: Asked): Promise<void> {
  const exchange: Exchange = { stopping: new AbortController() };
  exchanges.set(id, exchange);
  const { signal } = exchange.stopping;
  const headers = { 'Content-Type': 'application/json' };
  const method = body === null ? 'GET' : 'POST';
  const request = new Request(`${ORIGIN}${path}`, { method, headers, body, signal });
  const answer = await answerOf(request, { path, withReceipt });
  if (signal.aborted) return void answer.body?.cancel().catch(() => {});
  exchange.body = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const retryAfter = answer.headers.get('Retry-After');
  const type = answer.headers.get('Content-Type') ?? '';
  tell({ id, kind: 'head', status: answer.status, type, retryAfter: retryAfter ? Number(retryAfter) : undefined });
}

async function more(id: number): Promise<void> {
  const { done, value } = (await exchanges.get(id)?.body?.read()) ?? { done: true };
  if (done) exchanges.delete(id);
  tell({ id, kind: 'body', text: done ? null : value! });
}

function stop(id: number): void {
  const exchange = exchanges.get(id);
  exchanges.delete(id);
  exchange?.stopping.abort();
  exchange?.body?.cancel().catch(() => {});
  tell({ id, kind: 'stopped' });
}

endWithParent();
process.on('message', (message: ToModel) => {
  if (message.kind === 'open') open(message.open);
  else if (!opened)
    return; // it failed to open
  else if (message.kind === 'ask') ask(message).catch(crash);
  else if (message.kind === 'more') more(message.id).catch(crash);
  else stop(message.id);
});
