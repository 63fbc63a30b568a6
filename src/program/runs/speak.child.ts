// The child process that generates text with one model: loads it at the first question, and answers questions one after another. Every
// question names the same model.

import { type ChildMessage, endWithParent, failureOf } from '../../apart/index.ts';
import { type Message, Speaker, type SpeakOptions } from '../../foundry/index.ts';

/** A text to continue, or a chat. */
export type Question = Omit<SpeakOptions, 'onText' | 'signal'> & ({ prompt: string } | { messages: Message[] });
export type Reply = Awaited<ReturnType<Speaker['continue']>>;

/** A message of the parent. */
export type SpeakRequest = { kind: 'question'; model: string; threads: number; question: Question } | { kind: 'stop' };

let speaker: Speaker | undefined;
let stopping: AbortController | undefined;

const send = (message: ChildMessage<Reply, string>): void => {
  process.send!(message, () => {}); // a parent that is gone ends this process
};

async function speak(speaker: Speaker, question: Question, signal: AbortSignal): Promise<Reply> {
  const how = { ...question, signal, onText: (progress: string) => send({ kind: 'progress', progress }) };
  const { text, tokenIds, ended } =
    'prompt' in question ? await speaker.continue(question.prompt, how) : await speaker.answer(question.messages, how);
  return { text, tokenIds, ended };
}

endWithParent();
process.on('message', async (asked: SpeakRequest) => {
  if (asked.kind === 'stop') return stopping?.abort();
  stopping = new AbortController();
  try {
    speaker ??= Speaker.open(asked.model, asked.threads);
    send({ kind: 'done', result: await speak(speaker, asked.question, stopping.signal) });
  } catch (error) {
    const failure = failureOf(error);
    if (failure) send({ kind: 'failed', failure });
    else process.stderr.write(`${error instanceof Error ? error.stack : error}\n`, () => process.exit(70));
  } finally {
    stopping = undefined;
  }
});
