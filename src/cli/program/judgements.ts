// `jikji program judge, answer`: two models compared without their names.

import type { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import type { AnswerToQuestion } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { defaultThreads, wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { foundry } from '../rooms.ts';
import { harmless } from '../text.ts';
import { type Common, stageOf, verb, withProgramme } from './common.ts';

/** Waits for one word at the terminal. */
async function typed(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

const WORDS: Record<string, AnswerToQuestion> = {
  '1': 'first',
  '2': 'second',
  first: 'first',
  second: 'second',
  tie: 'tie',
};

function answerOf(text: string): AnswerToQuestion {
  const found = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (found) return found;
  throw new JikjiError('usage', 'an answer is first, second or tie', text || 'nothing', 'write one of the three');
}

/** What a model makes of a text; drawn from its probabilities, as a user would meet it. */
async function continuation(model: string, prompt: string, maxTokens: number): Promise<string> {
  const { sampleModel } = await foundry();
  const { text } = await sampleModel({
    model,
    prompt,
    maxTokens,
    temperature: 0.8,
    topK: 40,
    topP: 1,
    seed: 1377,
    threads: defaultThreads(),
    onText: () => {},
  });
  return text;
}

/** Takes the answer to a question; whom it compared, by id and by name. */
const answered = (options: Common, question: string, answer: AnswerToQuestion) =>
  withProgramme(options, async ({ nameOf, perform }) => {
    const names = { judge: '--judge' };
    const shown = await perform('answerQuestion', { question, answer }, { names, given: {} });
    return { ...shown, names: [shown.first, shown.second].map(nameOf) };
  });

interface Options extends Common {
  judge?: string;
  prompt?: string;
  stage?: string;
  maxTokens: number;
  import?: string;
}

async function importFrom(output: Output, file: string, options: Options): Promise<void> {
  const judgements = await withProgramme(options, ({ tables, perform }) =>
    perform('importJudgements', { stage: stageOf(tables, options.stage), file }),
  );
  output.result({ judgements }, () => output.line(`Took ${judgements} judgements from ${file}`));
}

async function ask(output: Output, options: Options): Promise<void> {
  const { judge, prompt, maxTokens } = options;
  if (judge === undefined || prompt === undefined)
    throw new JikjiError('usage', 'a judge and a text are needed', 'judge', 'give --judge and --prompt, or --import');
  const question = await withProgramme(options, async ({ programme, tables, files, room }) =>
    room.askJudge(programme, { stage: stageOf(tables, options.stage), judge, prompt }, (submission) =>
      continuation(room.modelOf(programme, files, submission), prompt, maxTokens),
    ),
  );
  const isAsked = !output.json && process.stdin.isTTY;
  output.result(question, () => {
    output.line(`1  ${harmless(question.first)}\n\n2  ${harmless(question.second)}\n`);
    if (!isAsked) output.line(`Answer with:\n  ${calledAs()} program answer ${question.id} first|second|tie`);
  });
  if (!isAsked) return;
  const choice = answerOf(await typed('Which is better? 1, 2 or tie: '));
  const { names } = await answered(options, question.id, choice);
  output.line(`Recorded. They were ${names.join(' and ')}.`);
}

export function addJudgements(program: Command, output: Output): void {
  verb(program, 'judge', 'compare two models without their names', 'judge --judge kim --prompt "The river"')
    .option('--judge <id>', 'who judges')
    .option('--prompt <text>', 'what both models go on with')
    .option('--stage <id>', 'default: the last one')
    .option('--max-tokens <n>', 'how much each writes', wholeNumber('--max-tokens', 1, 4096), 80)
    .option('--import <file>', 'judgements that were collected elsewhere, as JSON lines, instead')
    .action((options: Options) =>
      options.import === undefined ? ask(output, options) : importFrom(output, options.import, options),
    );

  verb(program, 'answer', 'the answer to a question of judge', 'answer 3f9a... first')
    .argument('<question>')
    .argument('<answer>', 'first, second or tie')
    .action(async (question: string, text: string, options: Common) => {
      const { names, ...shown } = await answered(options, question, answerOf(text));
      output.result(shown, () => output.line(`Recorded. They were ${names.join(' and ')}.`));
    });
}
