// `jikji serve` as a process that is ended: killed while it streams and asked again it gives the same tokens and likelihoods, of weights in
// binary32 and in q8_0, with and without guesses; told to stop it finishes what it streams and refuses what is new.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { exportModel } from '../foundry/export/index.ts';
import { writeModel } from '../foundry/generate/testing/chat.ts';
import { start } from './testing/bad-input.ts';

const CONTEXT = 1600;

let folder: string;
let children: ReturnType<typeof start>[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-serve-'));
  writeModel(join(folder, 'f32'), CONTEXT, { endless: true, hiddenSize: 32 });
  await exportModel({ model: join(folder, 'f32'), to: 'gguf', type: 'q8_0', out: join(folder, 'q8.gguf') });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const path of [folder, `${folder}.home`]) rmSync(path, { recursive: true, force: true });
});

/** Starts the server; `said` is what it writes. */
async function serve(...flags: string[]) {
  const child = start(folder, argv`serve f32 q8.gguf --port 0 --threads 1 ${flags}`);
  children.push(child);
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += text));
  const gone = once(child, 'exit').then((how) => {
    children = children.filter((one) => one !== child);
    return how;
  });
  const lines = createInterface(child.stdout!);
  const line = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      lines.on('line', (text) => {
        const found = pattern.exec(text);
        if (found) resolve(found[1] ?? text);
      });
      void gone.then(() => reject(new Error(`the server has ended: ${said}`)));
    });
  return { child, gone, line, url: await line(/(http\S+)\/v1$/), said: () => said };
}

interface Answer {
  ids: number[];
  /** Of each token its likelihood, and that of the likeliest. */
  nats: unknown[];
  isWhole: boolean;
}

interface Choice {
  token_ids: number[];
  logprobs: { token_logprobs: (number | null)[]; top_logprobs: (Record<string, number> | null)[] } | null;
  finish_reason: string | null;
}

function add(answer: Answer, { token_ids: ids, logprobs, finish_reason: reason }: Choice): void {
  answer.ids.push(...ids);
  // Not by the likeliest one's name: this V8's JSON.parse reads a name like "\n", one character that is escaped, as a backslash.
  const { token_logprobs: own = [], top_logprobs: top = [] } = logprobs ?? {};
  answer.nats.push(...own.map((one, i) => [one, Object.values(top[i]!)]));
  if (reason !== null) answer.isWhole = true;
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What a request gets until its end, or until the server is gone; `onPiece` after each piece of a stream. */
async function ask(url: string, body: Record<string, unknown>, onPiece = (_: Answer) => {}): Promise<Answer> {
  const answer: Answer = { ids: [], nats: [], isWhole: false };
  const response = await post(url, body);
  expect(response.status).toBe(200);
  if (!body.stream) {
    add(answer, ((await response.json()) as { choices: [Choice] }).choices[0]);
    return answer;
  }
  let rest = '';
  try {
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.startsWith('data: {')) continue;
        add(answer, (JSON.parse(line.slice(6)) as { choices: [Choice] }).choices[0]);
        onPiece(answer);
      }
    }
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError); // what fetch says of a connection that broke
  }
  return answer;
}

/** Texts that repeat themselves, so that there is something to guess. */
const bodies = ['f32', 'q8'].flatMap((model) =>
  [0, 0.7].map((temperature, i) => ({
    ...{ model, prompt: 'abcabcabcabc', max_tokens: 300, seed: 3 + i, temperature },
    ...{ logprobs: 1, return_token_ids: true },
  })),
);

test('killed while it streams, and asked again with the same seeds: the same tokens and bits', async () => {
  const cut: Answer[] = [];
  // A machine under load may let all texts end before the kill: then there was none.
  while (!cut.some(({ isWhole }) => !isWhole)) {
    const server = await serve('--speculate');
    let begun = 0;
    const onPiece = ({ ids }: Answer): void => {
      if (ids.length >= 10 && ++begun === 1) server.child.kill('SIGKILL');
    };
    cut.splice(
      0,
      cut.length,
      ...(await Promise.all(bodies.map((body) => ask(server.url, { ...body, stream: true }, onPiece)))),
    );
    expect(await server.gone, server.said()).toEqual([null, 'SIGKILL']);
  }
  expect(cut.some(({ ids }) => ids.length >= 10)).toBe(true);
  const answers: Answer[][] = [];
  for (const flags of [['--speculate'], []]) {
    const server = await serve(...flags);
    // Together as streams, and one after another in another order.
    answers.push(await Promise.all(bodies.map((body) => ask(server.url, { ...body, stream: true }))));
    const alone: Answer[] = [];
    for (const body of bodies.toReversed()) alone.unshift(await ask(server.url, body));
    answers.push(alone);
    server.child.kill('SIGKILL');
    await server.gone;
  }
  const [first] = answers;
  for (const { ids, nats, isWhole } of first!) expect([ids.length, nats.length, isWhole]).toEqual([300, 300, true]);
  expect(new Set(first!.map(({ ids }) => ids.join())).size).toBe(bodies.length);
  for (const others of answers) expect(others).toEqual(first);
  for (const [i, { ids, nats }] of cut.entries()) {
    expect(ids).toEqual(first![i]!.ids.slice(0, ids.length));
    expect(nats).toEqual(first![i]!.nats.slice(0, ids.length));
  }
});

test('SIGTERM while it streams: the stream comes to its end, what is new is refused, and its exit code is 0', async () => {
  const server = await serve();
  // More than the buffers of a connection hold that nobody reads: it cannot be over before it is read.
  const many = { model: 'f32', prompt: 'a', max_tokens: CONTEXT - 100, n: 4, logprobs: 20, seed: 1, stream: true };
  const response = await post(server.url, many);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  const stopping = server.line(/^Stopping\.$/);
  server.child.kill('SIGTERM');
  await stopping;
  await expect(post(server.url, { ...many, max_tokens: 1 })).rejects.toThrow('fetch failed');
  expect(server.child.exitCode).toBeNull(); // it is still there for the stream
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  expect(await server.gone, server.said()).toEqual([0, null]);
  expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect(text.match(/"finish_reason":"length"/g)).toHaveLength(4);
  expect(text.length).toBeGreaterThan(4 * 2 ** 20);
});
