// `jikji chat MODEL`: a conversation on a terminal; without one, an answer for each line of standard input.

import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { count, JikjiError } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { addSamplingOptions, type SamplingOptions, wholeNumber } from './option-values.ts';
import { note, type Output } from './output.ts';
import { type Answer, foundry, type Talk } from './rooms.ts';
import { choiceOf, speedLine } from './sampling.ts';
import { stripControls } from './text.ts';

const HELP = '/reset forgets what was said, /quit ends (so does Ctrl-D); Ctrl-C stops an answer.';

/** Reads what a person types. A paste of several lines is one text; undefined means the end. */
class Keyboard {
  #history: string[] = [];
  #draft = '';

  read(prompt: string): Promise<string | undefined> {
    const { stdin: input, stdout: output } = process;
    // Open only while the person types: at other times Ctrl-C stays a signal.
    const line = createInterface({ input, output, prompt, history: this.#history, historySize: 1000 });
    const lines: string[] = [];
    return new Promise((resolve) => {
      let ended = false;
      const end = (text: string | undefined) => {
        if (ended) return;
        ended = true;
        process.off('SIGINT', leave);
        if (text === undefined) output.write('\n');
        this.#draft = text === undefined ? '' : line.line;
        line.close();
        resolve(text);
      };
      // Ctrl-C arrives as a key, or as a signal if it was pressed before readline took the terminal.
      const leave = () => end(undefined);
      process.on('SIGINT', leave);
      line.on('SIGINT', leave);
      line.on('history', (history) => {
        this.#history = history;
      });
      line.on('line', (text) => {
        if (lines.push(text) === 1) setImmediate(() => end(lines.join('\n')));
      });
      line.on('close', () => end(lines.length > 0 ? lines.join('\n') : undefined));
      line.prompt();
      if (this.#draft) line.write(this.#draft);
    });
  }
}

const ignored = () => {};

/** The command that a line holds; `say` for any other text. */
function parseLine(line: string): 'nothing' | 'quit' | 'reset' | 'help' | 'say' {
  const text = line.trim();
  if (text === '') return 'nothing';
  if (text === '/quit' || text === '/exit') return 'quit';
  if (text === '/reset') return 'reset';
  return text === '/help' || text === '/?' ? 'help' : 'say';
}

interface Options extends SamplingOptions {
  number: number;
}

/** A talk, and the answers to each message: one is printed as it arrives, several when all are there. */
interface Asked {
  talk: Talk;
  answers: number;
  /** The limit of tokens of an answer. */
  maxTokens: number;
}

/** Says that answers may end in mid-sentence; with --json, `ended` says it. */
function noteLimit(all: readonly Answer[], maxTokens: number): void {
  const stopped = all.filter(({ ended }) => ended === 'length').length;
  if (stopped === 0) return;
  const who = all.length > 1 ? `${stopped} of ${all.length} answers stop` : 'The answer stops';
  const tokens = `${count(maxTokens)} token${maxTokens === 1 ? '' : 's'}`;
  note(`${who} at ${tokens}: --max-tokens with a greater number lets ${all.length > 1 ? 'them' : 'it'} go on.`);
}

/** Sends a text to the model and prints what it answers. */
async function sayAndShow(output: Output, { talk, answers, maxTokens }: Asked, text: string): Promise<Answer> {
  const show = process.stdout.isTTY ? stripControls : (piece: string) => piece;
  const forgotten = (n: number) => {
    const what = talk.tuned ? `message${n === 1 ? '' : 's'}` : `token${n === 1 ? '' : 's'} of the text`;
    note(`The context is full: the oldest ${count(n)} ${what} no longer count.`);
  };
  const start = performance.now();
  const { others, ...answer } = await interruptible((signal) =>
    talk.say(text, {
      onText: (piece) => {
        if (!output.json && answers === 1) output.write(show(piece));
      },
      onForgotten: forgotten,
      signal,
    }),
  );
  const all = [answer, ...others];
  output.result({ ...answer, ...(answers > 1 && { answers: all }) }, () =>
    output.write(answers > 1 ? `${all.map(({ text: one }) => show(one)).join('\n\n')}\n\n` : '\n'),
  );
  const tokens = all.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
  if (process.stdout.isTTY && !output.json)
    output.line(output.style('dim', speedLine(tokens, (performance.now() - start) / 1000)));
  if (answer.ended === 'full') note('The context is full: the answer ends here.');
  if (!output.json) noteLimit(all, maxTokens);
  return answer;
}

/** On a terminal, until the person quits. An error is printed and the conversation goes on. */
async function chatOnTerminal(output: Output, asked: Asked): Promise<void> {
  output.line(HELP);
  const keyboard = new Keyboard();
  for (;;) {
    const line = await keyboard.read(output.style('bold', '> '));
    if (line === undefined) return;
    switch (parseLine(line)) {
      case 'quit':
        return;
      case 'reset':
        asked.talk.reset();
        output.line('What was said is forgotten.');
        break;
      case 'help':
        output.line(HELP);
        break;
      case 'say':
        try {
          const { ended } = await sayAndShow(output, asked, line);
          if (ended === 'stopped') output.line(output.style('dim', '(stopped)'));
        } catch (error) {
          if (!(error instanceof JikjiError)) throw error;
          output.error(error);
        }
    }
  }
}

/** Without a terminal: an answer for each line of standard input. */
async function answerEachLine(output: Output, asked: Asked): Promise<void> {
  const { utf8Lines } = await foundry();
  for await (const line of utf8Lines(process.stdin, 'standard input')) {
    const command = parseLine(line);
    if (command === 'quit') return;
    if (command === 'reset') asked.talk.reset();
    if (command !== 'say') continue;
    const { ended } = await sayAndShow(output, asked, line);
    if (ended === 'stopped') throw new JikjiError('interrupted', 'the answer was stopped', line, 'say it again');
  }
}

export function addChat(program: Command, output: Output): void {
  const verb = program
    .command('chat')
    .description(
      `Talks with a model. One with a chat template answers; a base model continues what you write.\n${HELP}\nWithout a terminal each line of standard input gets an answer; --json prints one object for each.`,
    )
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .option(
      '-n, --number <n>',
      'answers to each message, with this seed and the next ones; the talk goes on with the first',
      wholeNumber('--number', 1, 64),
      1,
    );
  addSamplingOptions(verb, 'tokens of an answer at most', 256)
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} chat runs/hello\n  $ echo "The people of" | ${calledAs()} chat runs/hello --json`,
    )
    .action(async (model: string, { number: answers, ...options }: Options) => {
      const { openTalk } = await foundry();
      const talk = await openTalk({ ...choiceOf(options), model, count: answers });
      try {
        if (talk.note) note(talk.note);
        if (!talk.tuned) note('This is a base model, not tuned to talk: it continues the text that you begin.');
        const person = process.stdin.isTTY && process.stdout.isTTY && !output.json;
        if (person) process.on('SIGINT', ignored); // between two lines there is nothing to stop
        await (person ? chatOnTerminal : answerEachLine)(output, { talk, answers, maxTokens: options.maxTokens });
      } finally {
        talk.close();
      }
    });
}
