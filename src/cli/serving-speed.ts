// Measures a server of one model as its clients see it: the time to the first token and between tokens, with some clients at a time. The
// server is a process of its own on loopback, so that asking takes no time from answering.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { JikjiError } from '../base/index.ts';
import { EXECUTABLE } from './called-as.ts';

/** Clients at a time. */
export const CLIENTS = [1, 8, 32];
/** Requests of each client, after one to warm the server up. */
const REQUESTS = 2;
/** Tokens of a prompt and of an answer, where the context has room. */
export const TOKENS = 64;

export interface ServingSpeed {
  clients: number;
  /** Milliseconds from a request to the first piece of its answer: the median, and the longest. */
  firstMs: number;
  longestFirstMs: number;
  /** Milliseconds from one token of an answer to the next: the median of the answers' means. */
  betweenMs: number;
  /** Of all answers together. */
  tokensPerSecond: number;
}

interface ServingOptions {
  model: string;
  threads: number;
  onClients: (clients: number) => void;
}

/** Of one answer; milliseconds from its request on. */
export interface Answer {
  firstMs: number;
  lastMs: number;
  tokens: number;
}

interface Shape {
  model: string;
  vocabSize: number;
  tokens: number;
}

/**
 * Serves a model and asks it.
 * @throws JikjiError `bench-child`, and as `jikji serve` fails
 */
export async function measureServing({ model, threads, onClients }: ServingOptions): Promise<ServingSpeed[]> {
  const args = ['serve', `model=${model}`, '--json', '--port', '0', '--threads', `${threads}`];
  const child = spawn(EXECUTABLE, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit').catch(() => []);
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  try {
    const line = once(createInterface(child.stdout), 'line');
    const [text] = (await Promise.race([line, ended])) as [unknown];
    const { url, error } = typeof text === 'string' ? JSON.parse(text) : {};
    if (error) throw new JikjiError(error.code, error.message, error.input, error.hint);
    if (!url) throw new JikjiError('bench-child', 'ended before it listened', 'jikji serve', 'try jikji serve MODEL');
    const { data } = (await (await fetch(`${url}/v1/models`)).json()) as { data: Record<string, number | string>[] };
    const { context_length: context, vocab_size: vocabSize } = data[0] as Record<string, number>;
    const shape = { model: 'model', vocabSize: vocabSize!, tokens: Math.min(TOKENS, Math.floor(context! / 2)) };
    await ask(url, shape, 0);
    const speeds: ServingSpeed[] = [];
    for (const clients of CLIENTS) {
      onClients(clients);
      speeds.push(await measureClients(clients, (_, number) => ask(url, shape, number)));
    }
    return speeds;
  } finally {
    process.off('exit', kill);
    kill();
    await ended;
  }
}

/** Lets clients ask at the same time, each again and again; `askOf` has what client `client` does with request `number`. */
export async function measureClients(
  clients: number,
  askOf: (client: number, number: number) => Promise<Answer>,
): Promise<ServingSpeed> {
  const start = performance.now();
  const each = Array.from({ length: clients }, async (_, client) => {
    const answers: Answer[] = [];
    for (let i = 0; i < REQUESTS; i++) answers.push(await askOf(client, (clients + client) * REQUESTS + i));
    return answers;
  });
  const answers = (await Promise.all(each)).flat();
  const seconds = (performance.now() - start) / 1000;
  const first = answers.map(({ firstMs }) => firstMs);
  return {
    clients,
    firstMs: median(first),
    longestFirstMs: Math.max(...first),
    betweenMs: median(answers.map(({ firstMs, lastMs, tokens }) => (lastMs - firstMs) / Math.max(1, tokens - 1))),
    tokensPerSecond: answers.reduce((sum, { tokens }) => sum + tokens, 0) / seconds,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** The prompt of a request: others have another one, so that nothing is taken over. */
export const promptOf = (number: number, vocabSize: number, tokens: number): number[] =>
  Array.from({ length: tokens }, (_, i) => ((number + 1) * 7919 + i * 104_729) % vocabSize);

/** One request with a prompt of its own, its answer streamed. @throws JikjiError `bench-child` */
async function ask(url: string, { model, vocabSize, tokens }: Shape, number: number): Promise<Answer> {
  const prompt = promptOf(number, vocabSize, tokens);
  const body = {
    model,
    prompt,
    max_tokens: tokens,
    seed: number,
    stream: true,
    stream_options: { include_usage: true },
  };
  const start = performance.now();
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const failed = (what: string): JikjiError =>
    new JikjiError('bench-child', `a request failed: ${what.slice(0, 300)}`, 'jikji serve', 'try jikji serve MODEL');
  if (!response.ok) throw failed(await response.text());
  const answer: Answer = { firstMs: 0, lastMs: 0, tokens: 0 };
  let rest = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const now = performance.now() - start;
    const events = (rest + piece).split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      if (!event.startsWith('data: {')) continue;
      const { choices, usage, error } = JSON.parse(event.slice(6));
      if (error) throw failed(error.message);
      if (usage) answer.tokens = usage.completion_tokens;
      if (choices.length === 0) continue;
      answer.firstMs ||= now;
      answer.lastMs = now;
    }
  }
  return answer;
}
