// The child process that holds one model. It answers requests of serve's routes, several at once, over messages in place of a socket. Its
// parent asks for each part of an answer, so that what a slow reader does not take is not sent.

import { type ChildMessage, endWithParent, failureOf } from '../../apart/index.ts';
import { ServedModel } from '../../foundry/requests/index.ts';
import { appOf, type FailureOf, type Retried } from '../../serve/index.ts';
import { type FromModel, MODEL, type OpenRequest, type ToModel } from './model-messages.ts';

interface Exchange {
  stopping: AbortController;
  body?: ReadableStreamDefaultReader<string>;
}

const ORIGIN = 'http://localhost';
const exchanges = new Map<number, Exchange>();
let app: ReturnType<typeof appOf> | undefined;

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
  const { retryAfter } = error as Retried;
  return { status: 422, body: { error: failure }, ...(retryAfter !== undefined && { retryAfter }) };
};

function open({ folder, threads, texts, maxWaiting, maxSeconds }: OpenRequest): void {
  try {
    app = appOf({
      models: [new ServedModel({ name: MODEL, folder, threads, texts })],
      origins: () => new Set([ORIGIN]),
      maxWaiting,
      maxSeconds,
      guesses: false,
      stopping: new AbortController().signal,
      failureOf: asFailure,
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure) send({ kind: 'failed', failure });
    else crash(error);
  }
}

async function ask(id: number, path: string, body: string): Promise<void> {
  const exchange: Exchange = { stopping: new AbortController() };
  exchanges.set(id, exchange);
  const { signal } = exchange.stopping;
  const headers = { 'Content-Type': 'application/json' };
  const answer = await app!.fetch(new Request(`${ORIGIN}${path}`, { method: 'POST', headers, body, signal }));
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
  else if (!app)
    return; // it failed to open
  else if (message.kind === 'ask') ask(message.id, message.path, message.body).catch(crash);
  else if (message.kind === 'more') more(message.id).catch(crash);
  else stop(message.id);
});
