// The process that speaks with one model: opens it when it is first asked, and answers one question after another until it is ended.
// Every question names the same model.

import { type ChildMessage, endWithParent, failureOf } from '../../apart/index.ts';
import { type Message, Speaker } from '../../foundry/index.ts';
import type { SpeakOptions, Spoken } from './types.ts';

export interface Question {
  kind: 'question';
  model: string;
  threads: number;
  /** A text to go on with, or a talk. */
  ask: { prompt: string } | { messages: Message[] };
  options: SpeakOptions;
}

/** What the parent says. */
export type Asked = Question | { kind: 'stop' };

let speaker: Speaker | undefined;
let stopping: AbortController | undefined;

const send = (message: ChildMessage<Spoken, string>): void => {
  process.send!(message, () => {}); // a parent that is gone ends this process
};

async function spoken({ model, threads, ask, options }: Question, signal: AbortSignal): Promise<Spoken> {
  speaker ??= Speaker.open(model, threads);
  const how = { ...options, signal, onText: (progress: string) => send({ kind: 'progress', progress }) };
  const { text, tokenIds, ended } =
    'prompt' in ask ? await speaker.continue(ask.prompt, how) : await speaker.answer(ask.messages, how);
  return { text, tokenIds, ended };
}

endWithParent();
process.on('message', async (asked: Asked) => {
  if (asked.kind === 'stop') return stopping?.abort();
  stopping = new AbortController();
  try {
    send({ kind: 'done', result: await spoken(asked, stopping.signal) });
  } catch (error) {
    const failure = failureOf(error);
    if (failure) send({ kind: 'failed', failure });
    else process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(70));
  } finally {
    stopping = undefined;
  }
});
