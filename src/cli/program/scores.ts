// `jikji program score, form, judge, answer, finding`: what people say about models.

import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { JikjiError, systemCode, writeFileAtomic } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { AnswerToQuestion, Citation, Tables } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { signerNamed } from '../key.ts';
import { defaultThreads, wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import { foundry, program as programRoom } from '../rooms.ts';
import { fit, harmless } from '../text.ts';
import {
  type Common,
  namingArguments,
  OFFICE_KEY,
  plainTitle,
  signerOrNew,
  stageOf,
  verb,
  withProgramme,
} from './common.ts';

export interface Source {
  publisher?: string;
  item?: string;
  date?: string;
  url?: string;
}

export const sourceOptions = (command: Command): Command =>
  command
    .option('--publisher <name>', 'who measured or published it')
    .option('--item <text>', 'where in it')
    .option('--date <text>', 'when it was published')
    .option('--url <url>', 'where it can be read');

export function sourceOf({ publisher, item, date, url }: Source, input: string): Json {
  if (publisher === undefined)
    throw new JikjiError(
      'usage',
      'a figure needs its source',
      input,
      'give it with --publisher, or write "not recorded" there',
    );
  if (publisher === 'not recorded') return publisher;
  return Object.fromEntries(
    Object.entries({ publisher, item, date, url }).filter(([, value]) => value !== undefined),
  ) as Json;
}

/** Where a figure was published, in one line. */
export function sourceText(source: readonly Citation[] | 'not recorded'): string {
  if (source === 'not recorded') return 'source not recorded';
  return source
    .map(({ publisher, item, date, url }) => [publisher, item, date, url].filter(Boolean).join(', '))
    .join('; ');
}

/** A form to fill in: every team and criterion with an empty mark. */
async function blankForm(tables: Tables, stage: string, wanted: string | undefined): Promise<string> {
  const part = (await programRoom()).formPart(tables, stage, wanted);
  const { criteria } = part.source;
  const { consortia } = tables.get('stages', stage)!;
  const scores = Object.fromEntries(
    (consortia as string[]).map((team) => [team, Object.fromEntries(criteria.map(({ id }) => [id, null]))]),
  );
  const { consortiumName } = await programRoom();
  const lines = [
    ...criteria.map(({ id, title, points }) => `# ${id}: ${title.en}, 0 to ${points}`),
    ...(consortia as string[]).map((team) => `# ${team}: ${fit(consortiumName(tables, team), 100)}`),
  ];
  return `# ${plainTitle(part.title)}: marks of one expert. Fill in every line.\n${lines.join('\n')}\n${stringify({ scores, comment: '' })}`;
}

function readForm(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JikjiError('file-missing', `cannot be read: ${systemCode(cause) ?? cause}`, file, 'check the path', {
      cause,
    });
  }
  try {
    const { comment, ...form } = parse(text, { maxAliasCount: 0 }) as Record<string, unknown>;
    return comment ? { ...form, comment } : form;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new JikjiError('form-broken', `this is no form: ${why}`, file, 'take a blank one with --blank', { cause });
  }
}

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

export function addScores(program: Command, output: Output): void {
  const note = (text: string) => void process.stderr.write(`${text}\n`);

  sourceOptions(
    verb(
      program,
      'score',
      'enter a figure that others measured',
      'score han benchmark.nia 8.5 --publisher NIA --date 2026-01-10',
    ),
  )
    .argument('<consortium>')
    .argument('<part>', 'a part of the rule book, such as benchmark or benchmark.nia')
    .argument('<points>', 'a number, or "not published"')
    .option('--stage <id>', 'default: the last one')
    .action(
      async (consortium: string, wanted: string, value: string, options: Common & Source & { stage?: string }) => {
        const points = value === 'not published' ? value : value.trim() === '' ? Number.NaN : Number(value);
        if (typeof points === 'number' && !Number.isFinite(points))
          throw new JikjiError('usage', 'points are a number', value, 'write a number, or "not published"');
        const source = sourceOf(options, wanted);
        const result = await withProgramme(options, async (programme, _files, room) => {
          const stage = stageOf(programme.tables, options.stage);
          const figure = { stage, consortium, part: wanted, value: points, source };
          const names = { consortium: '<consortium>', part: '<part>', value: '<points>' };
          const entered = await namingArguments(figure, names, () =>
            room.enterScore(programme, figure as Parameters<typeof room.enterScore>[1], room.officeActor()),
          );
          return { ...entered, name: room.consortiumName(programme.tables, consortium) };
        });
        output.result(result, () =>
          output.line(`${result.name}, ${result.part}: ${value} of ${result.max} (entry ${result.seq})`),
        );
      },
    );

  verb(program, 'form', "take an expert's form: sealed until the stage closes", 'form kim.yaml --expert kim')
    .argument('[file]', 'the form, YAML or JSON')
    .option('--expert <id>', 'whose it is')
    .option('--part <name>', 'the part of the rule book (default: the only one that is scored by forms)')
    .option('--stage <id>', 'default: the last one')
    .option('--blank', 'print an empty form instead')
    .option('--receipt <file>', "write the expert's receipt: with it he proves later what he gave")
    .action(
      async (
        file: string | undefined,
        options: Common & { expert?: string; part?: string; stage?: string; blank?: boolean; receipt?: string },
      ) => {
        if (options.blank) {
          const text = await withProgramme(options, ({ tables }) =>
            blankForm(tables, stageOf(tables, options.stage), options.part),
          );
          output.result({ form: text }, () => output.write(text));
          return;
        }
        const { expert, receipt } = options;
        if (file === undefined || expert === undefined)
          throw new JikjiError(
            'usage',
            'a form and its expert are needed',
            'form',
            `${calledAs()} program form FILE --expert NAME; --blank prints an empty form`,
          );
        if (receipt !== undefined && existsSync(receipt))
          throw new JikjiError('file-exists', 'there is such a file already', receipt, 'choose another one');
        const form = readForm(file);
        const given = await withProgramme(options, async (programme, _files, room) => {
          const { tables } = programme;
          const stage = stageOf(tables, options.stage);
          const { path: part } = room.formPart(tables, stage, options.part);
          return {
            stage,
            part,
            ...(await namingArguments({ id: expert, expert }, { id: '--expert', expert: '--expert' }, () =>
              room.giveForm(programme, { stage, part, expert, form }, room.officeActor()),
            )),
          };
        });
        if (receipt !== undefined) writeFileAtomic(receipt, `${JSON.stringify({ ...given, form }, null, 2)}\n`);
        const { nonce: _, ...shown } = given;
        output.result(shown, () => {
          output.line(`Took the form of ${expert}; nobody sees it before ${given.stage} closes`);
          output.line(`  commitment  ${given.commitment}`);
        });
      },
    );

  verb(program, 'judge', 'compare two models without their names', 'judge --judge kim --prompt "The river"')
    .option('--judge <id>', 'who judges')
    .option('--prompt <text>', 'what both models go on with')
    .option('--stage <id>', 'default: the last one')
    .option('--max-tokens <n>', 'how much each writes', wholeNumber('--max-tokens', 1, 4096), 80)
    .option('--import <file>', 'judgements that were collected elsewhere, as JSON lines, instead')
    .action(
      async (
        options: Common & { judge?: string; prompt?: string; stage?: string; maxTokens: number; import?: string },
      ) => {
        const { judge, prompt, import: from } = options;
        if (from !== undefined) {
          const taken = await withProgramme(options, (programme, _files, room) =>
            room.importJudgements(programme, stageOf(programme.tables, options.stage), from, room.officeActor()),
          );
          output.result({ judgements: taken }, () => output.line(`Took ${taken} judgements from ${from}`));
          return;
        }
        if (judge === undefined || prompt === undefined)
          throw new JikjiError(
            'usage',
            'a judge and a text are needed',
            'judge',
            'give --judge and --prompt, or --import',
          );
        const question = await withProgramme(options, async (programme, files, room) => {
          const stage = stageOf(programme.tables, options.stage);
          return room.askJudge(programme, { stage, judge, prompt }, (submission) =>
            continuation(room.modelOf(programme, files, submission), prompt, options.maxTokens),
          );
        });
        const ask = !output.json && process.stdin.isTTY;
        output.result(question, () => {
          output.line(`1  ${harmless(question.first)}\n\n2  ${harmless(question.second)}\n`);
          if (!ask) output.line(`Answer with:\n  ${calledAs()} program answer ${question.id} first|second|tie`);
        });
        if (!ask) return;
        const choice = answerOf(await typed('Which is better? 1, 2 or tie: '));
        const { names } = await answered(options, question.id, choice);
        output.line(`Recorded. They were ${names.join(' and ')}.`);
      },
    );

  verb(program, 'answer', 'the answer to a question of judge', 'answer 3f9a... first')
    .argument('<question>')
    .argument('<answer>', 'first, second or tie')
    .action(async (question: string, text: string, options: Common) => {
      const answer = answerOf(text);
      const { names, ...shown } = await answered(options, question, answer);
      output.result(shown, () => output.line(`Recorded. They were ${names.join(' and ')}.`));
    });

  verb(
    program,
    'finding',
    "the panel's signed word on a component of a team's model",
    'finding han tokenizer own --by "Panel" --text "Compared with ..."',
  )
    .argument('<consortium>')
    .argument('<component>', 'one that the rule book names')
    .argument('<verdict>', 'own, derived, frozen-foreign or unknown')
    .requiredOption('--by <name>', 'who answers for it')
    .requiredOption('--text <text>', 'what was found, and how')
    .option('--stage <id>', 'default: the last one')
    .option('--key <name>', "the key that signs it: that of the panel's member", OFFICE_KEY)
    .action(
      async (
        consortium: string,
        component: string,
        verdict: string,
        options: Common & { by: string; text: string; stage?: string; key: string },
      ) => {
        const signer =
          options.key === OFFICE_KEY ? await signerOrNew(OFFICE_KEY, note) : await signerNamed(options.key);
        const { by, text } = options;
        const result = await withProgramme(options, async (programme, _files, room) => {
          const stage = stageOf(programme.tables, options.stage);
          const finding = { stage, consortium, component, verdict, by, text };
          const names = {
            consortium: '<consortium>',
            component: '<component>',
            verdict: '<verdict>',
            by: '--by',
          };
          const id = await namingArguments(finding, names, () =>
            room.signedFinding(programme, signer, finding, room.officeActor()),
          );
          return { id, ...finding, name: room.consortiumName(programme.tables, consortium) };
        });
        output.result(result, () => output.line(`${result.id}: ${result.name}, ${component}: ${verdict}`));
      },
    );
}

/** Takes the answer to a question; whom it compared, by id and by name. */
const answered = (options: Common, id: string, answer: AnswerToQuestion) =>
  withProgramme(options, async (programme, _files, room) => {
    const shown = await namingArguments({}, { judge: '--judge' }, () =>
      room.answerQuestion(programme, { id }, answer, room.officeActor()),
    );
    return { ...shown, names: [shown.first, shown.second].map((one) => room.consortiumName(programme.tables, one)) };
  });

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
