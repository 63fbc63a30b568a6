// `jikji program judge, answer`: two models compared without their names.

import { JikjiError } from '../../base/index.ts';
import type { AnswerToQuestion } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { defaultThreads, wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { foundry } from '../rooms.ts';
import { stripControls } from '../text.ts';
import { type ActingProgramme, type NewVerb, oneOf, type Work } from './verb.ts';

/** Asks a question on the terminal and reads one line. */
async function promptForWord(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

function parseAnswer(text: string): AnswerToQuestion {
  const word = text === '1' ? 'first' : text === '2' ? 'second' : text;
  return oneOf(['first', 'second', 'tie'] as const, word || 'nothing', 'an answer is first, second or tie');
}

/** What a model says to a text, sampled as for a user: its answer where it is tuned to talk, else its continuation. */
async function answerTo(model: string, prompt: string, maxTokens: number): Promise<string> {
  const { openTalk, sampleModel } = await foundry();
  const sampling = { maxTokens, temperature: 0.8, topK: 40, topP: 1, seed: 1377 };
  const talk = await openTalk({ model, ...sampling, threads: defaultThreads() });
  try {
    if (talk.tuned) return (await talk.say(prompt, { onText: () => {} })).text;
  } finally {
    talk.close();
  }
  return (await sampleModel({ model, prompt, ...sampling, threads: defaultThreads(), onText: () => {} })).text;
}

/** Records the answer to a question, and reveals the compared teams. */
async function recordAnswer({ nameOf, perform }: ActingProgramme, question: string, answer: AnswerToQuestion) {
  const shown = await perform('answerQuestion', { question, answer });
  return { json: shown, lines: [`Recorded. They were ${[shown.first, shown.second].map(nameOf).join(' and ')}.`] };
}

interface Judging {
  judge?: string;
  prompt?: string;
  stage?: string;
  maxTokens: number;
  import?: string;
}

/** Shows both texts; on a terminal, asks for the answer. */
function askJudge(output: Output, { judge, prompt, stage, maxTokens }: Judging): Work {
  if (judge === undefined) throw new JikjiError('usage', 'a judge is needed', 'judge', 'give --judge, or --import');
  const isAsked = !output.json && process.stdin.isTTY;
  return async ({ programme, files, room, stageOf }) => {
    const question = await room.askJudge(programme, { stage: stageOf(stage), judge, prompt }, (submission, text) =>
      answerTo(room.modelOf(programme, files, submission), text, maxTokens),
    );
    const texts = `${prompt === undefined ? `${stripControls(question.prompt)}\n\n` : ''}1  ${stripControls(question.first)}\n\n2  ${stripControls(question.second)}\n`;
    if (!isAsked)
      return {
        json: question,
        lines: [texts, `Answer with:\n  ${calledAs()} program answer ${question.id} first|second|tie`],
      };
    const afterwards = async (): Promise<Work> => {
      const answer = parseAnswer(await promptForWord('Which is better? 1, 2 or tie: '));
      return (opened) => recordAnswer(opened, question.id, answer);
    };
    return { json: question, lines: [texts], afterwards };
  };
}

export function addJudgements(verb: NewVerb, output: Output): void {
  verb('judge', 'compare two models without their names')
    .example('judge --judge kim --prompt "The river"')
    .option('--judge <id>', 'who judges')
    .option('--prompt <text>', "what both models answer or go on with; left out, the rule book's next question")
    .stageOption()
    .option('--max-tokens <n>', 'how much each writes', wholeNumber('--max-tokens', 1, 4096), 80)
    .option('--import <file>', 'judgements that were collected elsewhere, as JSON lines, instead')
    .handle((options: Judging) => {
      const { import: file, stage } = options;
      if (file === undefined) return askJudge(output, options);
      return async ({ stageOf, perform }) => {
        const judgements = await perform('importJudgements', { stage: stageOf(stage), file });
        return { json: { judgements }, lines: [`Took ${judgements} judgements from ${file}`] };
      };
    });

  verb('answer', 'the answer to a question of judge')
    .example('answer 3f9a... first')
    .argument('<question>')
    .argument('<answer>', 'first, second or tie')
    .handle((question: string, text: string) => {
      const answer = parseAnswer(text);
      return (opened) => recordAnswer(opened, question, answer);
    });
}
