// The shipped tasks: prompts, choices and answers, character by character, for rows with the columns of each published set. The rows are
// made up here; none is from the sets.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { isHeldOutPair, isHeldOutWord } from '../corpus/exercises.ts';
import { loadTask, shippedTasks, taskFile } from './load-task.ts';
import type { ChatItem, ChoiceItem, ContinuationItem, EvaluationSet } from './set.ts';

worksRunHere();

const root = temporaryFolder();
let folders = 0;

/** A shipped task beside the test's data: content by file name. */
async function load(task: string, data: Record<string, string>) {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  copyFileSync(taskFile(task), join(folder, `${task}.yaml`));
  for (const [name, text] of Object.entries(data)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return await loadTask(join(folder, `${task}.yaml`));
}

const jsonl = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const tsv = (...rows: string[][]) => rows.map((row) => `${row.join('\t')}\n`).join('');
const items = (set: EvaluationSet) => set.items as ChoiceItem[];

describe('KoBEST', () => {
  test.each([
    [
      'as on the hub',
      'data/kobest_boolq.test.jsonl',
      jsonl(
        { paragraph: '달은 지구를 돈다.', question: '달은 지구를 도는가?', label: 1 },
        { paragraph: '물은 젖는다.', question: '물은 마르나?', label: 0 },
      ),
    ],
    [
      'as its own TSV',
      'data/kobest_boolq.test.tsv',
      tsv(
        ['ID', 'Text', 'Question', 'Answer'],
        ['1', '달은 지구를 돈다.', '달은 지구를 도는가?', 'True'],
        ['2', '물은 젖는다.', '물은 마르나?', 'FALSE'],
      ),
    ],
  ])('BoolQ %s', async (_, name, text) => {
    const set = await load('kobest_boolq', { [name]: text });
    expect(set).toMatchObject({ name: 'kobest_boolq', kind: 'choice', delimiter: ' ', metrics: ['acc', 'f1'], of: 2 });
    expect(items(set)).toEqual([
      { context: '달은 지구를 돈다. 질문: 달은 지구를 도는가? 답변: ', choices: ['아니오', '예'], gold: 1 },
      { context: '물은 젖는다. 질문: 물은 마르나? 답변: ', choices: ['아니오', '예'], gold: 0 },
    ]);
  });

  test.each([
    [
      'as on the hub',
      'data/kobest_copa.test.jsonl',
      jsonl(
        {
          premise: '비가 왔다.',
          question: '결과',
          alternative_1: '땅이 젖었다.',
          alternative_2: '땅이 말랐다.',
          label: 0,
        },
        { premise: '불이 났다.', question: '원인', alternative_1: '잤다.', alternative_2: '누전이 있었다.', label: 1 },
      ),
    ],
    [
      'as its own TSV',
      'data/kobest_copa.test.tsv',
      tsv(
        ['ID', 'sentence', 'question', '1', '2', 'Answer'],
        ['1', '비가 왔다.', '결과', '땅이 젖었다.', '땅이 말랐다.', '1'],
        ['2', '불이 났다.', '원인', '잤다.', '누전이 있었다.', '2'],
      ),
    ],
  ])('COPA %s', async (_, name, text) => {
    const set = await load('kobest_copa', { [name]: text });
    expect(items(set)).toEqual([
      { context: '비가 왔다.  그래서', choices: ['땅이 젖었다.', '땅이 말랐다.'], gold: 0 },
      { context: '불이 났다.  왜냐하면', choices: ['잤다.', '누전이 있었다.'], gold: 1 },
    ]);
  });

  test.each([
    [
      'as on the hub',
      'data/kobest_hellaswag.test.jsonl',
      jsonl({
        context: '공이 난다.',
        ending_1: '잡는다.',
        ending_2: '놓친다.',
        ending_3: '본다.',
        ending_4: '"잔다."',
        label: 3,
      }),
    ],
    [
      'as its own TSV',
      'data/kobest_hellaswag.test.tsv',
      tsv(
        ['context', 'choice1', 'choice2', 'choice3', 'choice4', 'label'],
        ['공이 난다.', '잡는다.', '놓친다.', '본다.', '"""잔다."""', '3'],
      ),
    ],
  ])('HellaSwag %s', async (_, name, text) => {
    const set = await load('kobest_hellaswag', { [name]: text });
    expect(set.metrics).toEqual(['acc', 'acc_norm', 'f1']);
    expect(items(set)).toEqual([
      { context: '문장: 공이 난다.', choices: ['잡는다.', '놓친다.', '본다.', '"잔다."'], gold: 3 },
    ]);
  });

  test.each([
    ['as on the hub', 'data/kobest_sentineg.test.jsonl', jsonl({ sentence: '안 좋지 않아요', label: 1 })],
    ['as its own TSV', 'data/kobest_sentineg.test.tsv', tsv(['ID', 'Label', 'Text'], ['1', '1', '안 좋지 않아요'])],
  ])('SentiNeg %s', async (_, name, text) => {
    const set = await load('kobest_sentineg', { [name]: text });
    expect(items(set)).toEqual([{ context: '문장: 안 좋지 않아요 긍부정:', choices: ['부정', '긍정'], gold: 1 }]);
  });

  test.each([
    [
      'as on the hub',
      'data/kobest_wic.test.jsonl',
      jsonl({ word: '배', context_1: '배를 먹었다.', context_2: '배를 탔다.', label: 0 }),
    ],
    [
      'as its own TSV',
      'data/kobest_wic.test.tsv',
      tsv(
        ['ID', 'Target', 'SENTENCE1', 'Dictionary 1', 'Link 1', 'SENTENCE2', 'Dictionary 2', 'Link2', 'ANSWER'],
        ['1', '배', '[배]를 먹었다.', '1', 'x', '[배]를 탔다.', '2', 'x', 'FALSE'],
      ),
    ],
  ])('WiC %s', async (_, name, text) => {
    const set = await load('kobest_wic', { [name]: text });
    expect(items(set)).toEqual([
      {
        context: '문장1: 배를 먹었다. 문장2: 배를 탔다. 두 문장에서 배가 같은 뜻으로 쓰였나?',
        choices: ['아니오', '예'],
        gold: 0,
      },
    ]);
  });
});

test('KMMLU: files of several subjects, as CSV', async () => {
  const header = 'question,answer,A,B,C,D,Category,Human Accuracy\n';
  const set = await load('kmmlu', {
    'data/kmmlu/Law-test.csv': `${header}" 다음 중, 옳은 것은? ",2,하나,"둘, 셋",넷,다섯,Law,0.5\n`,
    'data/kmmlu/Accounting-test.csv': `${header}자산은?,4,가,나,다,라,Accounting,\n`,
  });
  const choices = ['A', 'B', 'C', 'D'];
  expect(set.parts).toEqual(['Accounting', 'Law']);
  expect(items(set)).toEqual([
    { context: '자산은?\nA. 가\nB. 나\nC. 다\nD. 라\n정답：', choices, gold: 3, part: 0 },
    { context: '다음 중, 옳은 것은?\nA. 하나\nB. 둘, 셋\nC. 넷\nD. 다섯\n정답：', choices, gold: 1, part: 1 },
  ]);
});

test('CLIcK', async () => {
  const choices = ['가', '나', '다', '라'];
  const set = await load('click', {
    'data/click.jsonl': jsonl(
      { id: 'KHB_1_2', paragraph: '', question: '수도는?', choices, answer: '다' },
      {
        id: 'CSAT_korean_22_1',
        paragraph: '글이다.',
        question: '알맞은 것은?',
        choices: [...choices, '마'],
        answer: '마',
      },
    ),
  });
  expect(items(set)).toEqual([
    {
      context:
        '주어진 질문을 천천히 읽고, 적절한 정답을 A, B, C, D 중에 골라 알파벳 하나로 답하시오.\n\n질문: 수도는?\n보기:\nA:가, B: 나, C: 다, D: 라\n정답:',
      choices: ['A', 'B', 'C', 'D'],
      gold: 2,
    },
    {
      context:
        '주어진 맥락을 천천히 읽고, 질문에 대한 적절한 정답을 A, B, C, D 중에 골라 알파벳 하나로 답하시오.\n\n맥락: 글이다.\n질문: 알맞은 것은?\n보기:\nA:가, B: 나, C: 다, D: 라\n정답:',
      choices: ['A', 'B', 'C', 'D', 'E'],
      gold: 4,
    },
  ]);
});

test('HellaSwag: brackets are removed, and only the first letter of the second half is a capital', async () => {
  const set = await load('hellaswag', {
    'data/hellaswag.validation.jsonl': jsonl({
      activity_label: 'Baking a cake',
      ctx_a: '[header] How to bake [title] Find a Bowl.',
      ctx_b: 'the Baker',
      endings: [' [step] stirs. ', 'sings [b [c] d.', 'runs [away.', 'sleeps  well.'],
      label: '1',
    }),
  });
  expect(items(set)).toEqual([
    {
      // Derived by hand from the harness's rule: strip, " [title]" to ". ", bracketed parts removed, two spaces to one.
      context: 'Baking a cake: How to bake. Find a Bowl. The baker',
      choices: [' stirs.', 'sings d.', 'runs [away.', 'sleeps well.'],
      gold: 1,
    },
  ]);
});

test.each(['easy', 'challenge'])('ARC %s', async (which) => {
  const set = await load(`arc_${which}`, {
    [`data/arc_${which}.test.jsonl`]: jsonl(
      { question: 'What is wet?', choices: { text: ['stone', 'water'], label: ['1', '2'] }, answerKey: '2' },
      { question: 'What is hot?', choices: { text: ['ice', 'snow', 'fire'], label: ['A', 'B', 'C'] }, answerKey: 'C' },
    ),
  });
  expect(set.metrics).toEqual(['acc', 'acc_norm']);
  expect(items(set)).toEqual([
    { context: 'Question: What is wet?\nAnswer:', choices: ['stone', 'water'], gold: 1 },
    { context: 'Question: What is hot?\nAnswer:', choices: ['ice', 'snow', 'fire'], gold: 2 },
  ]);
});

test('LAMBADA: line breaks and quotes stay', async () => {
  const set = await load('lambada_openai', {
    'data/lambada_openai.test.jsonl': jsonl({ text: "``Go,'' she said.\nHe went  to the river" }),
  });
  expect(set).toMatchObject({ kind: 'continuation', metrics: ['acc', 'perplexity'] });
  expect(set.items as ContinuationItem[]).toEqual([
    { context: "``Go,'' she said.\nHe went  to the", continuation: ' river' },
  ]);
});

test('BLiMP: no context, parts by phenomenon', async () => {
  const set = await load('blimp', {
    'data/blimp/b.jsonl': jsonl({ sentence_good: 'They run.', sentence_bad: 'They runs.', UID: 'agreement' }),
    'data/blimp/a.jsonl': jsonl({ sentence_good: 'Who ran?', sentence_bad: 'Who did ran?', UID: 'questions' }),
  });
  expect(set).toMatchObject({ parts: ['questions', 'agreement'], metrics: ['acc'] });
  expect(items(set)).toEqual([
    { context: '', choices: ['Who ran?', 'Who did ran?'], gold: 0, part: 0 },
    { context: '', choices: ['They run.', 'They runs.'], gold: 0, part: 1 },
  ]);
});

test('the questions of hello-chat come with it, and none was there to learn from', async () => {
  const set = await loadTask(taskFile('hello-chat'));
  expect(set).toMatchObject({ kind: 'chat', of: 500, metrics: ['exact_match', 'ends_turn', 'above_baseline'] });
  expect([...set.parts].sort()).toEqual(['difference', 'first-letter', 'letters', 'meaning', 'spelling', 'sum']);
  const asked = (set.items as ChatItem[]).map(({ question }) => question);
  expect(new Set(asked).size).toBe(500);
  for (const question of asked) {
    const word = /"(.*)"/.exec(question)?.[1];
    const numbers = [...question.matchAll(/\d+/g)].map(([n]) => Number(n));
    expect(word === undefined ? isHeldOutPair(numbers[0], numbers[1]) : isHeldOutWord(word), question).toBe(true);
  }
});

test('its baseline is one answer for each kind and language, and right as often as chance has it', async () => {
  const rows = readFileSync(taskFile('hello-chat').replace('.yaml', '.jsonl'), 'utf8').trimEnd().split('\n');
  const answers = new Map<string, Set<string>>();
  for (const { kind, language, commonest } of rows.map((row) => JSON.parse(row))) {
    const name = `${kind} ${language}`;
    answers.set(name, (answers.get(name) ?? new Set()).add(commonest));
  }
  expect(answers.size).toBe(12);
  for (const [name, given] of answers) expect(given.size, name).toBe(1);
  // Of all sums of 0 to 20 the commonest is 20, of all differences 1.
  for (const language of ['en', 'ko']) {
    expect([...answers.get(`letters ${language}`)!][0]).toMatch(language === 'en' ? /^\d letters$/ : /^\d글자$/);
    expect(Math.abs(Number([...answers.get(`sum ${language}`)!][0]) - 20)).toBeLessThan(4);
    expect(Number([...answers.get(`difference ${language}`)!][0])).toBeLessThan(5);
  }
  const set = await loadTask(taskFile('hello-chat'));
  expect((set.items as ChatItem[]).map(({ baseline }) => baseline)).toEqual(
    rows.map((row) => JSON.parse(row).commonest),
  );
});

test('every shipped task names the place, licence and path of its data; docs/evaluation.md names the task', async () => {
  const names = shippedTasks();
  expect(names).toContain('kmmlu');
  const page = readFileSync(new URL('../../../docs/evaluation.md', import.meta.url), 'utf8');
  for (const name of names.filter((name) => name !== 'hello-chat')) {
    expect(page).toContain(`\`${name}\``);
    const folder = join(root, String(folders++));
    mkdirSync(folder);
    copyFileSync(taskFile(name), join(folder, `${name}.yaml`));
    const error = await loadTask(join(folder, `${name}.yaml`)).catch((e: unknown) => e);
    expect(error, name).toMatchObject({
      code: 'task-data-missing',
      input: name,
      message: expect.stringMatching(/published as \S+\/\S+ \(.*\) on huggingface\.co/),
      hint: expect.stringMatching(/put it at .*data\/.* licence is /),
    });
  }
  expect(dirname(taskFile('kmmlu'))).toBe(fileURLToPath(new URL('../../../tasks', import.meta.url)));
  expect(() => taskFile('kobest-copa')).toThrow(
    expect.objectContaining({ code: 'task-not-found', hint: 'did you mean kobest_copa?' }),
  );
});
