// A task's YAML: the values read, and every error with its key, line and hint.

import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { parseTask } from './task.ts';

const GOOD = `kind: multiple-choice
data:
  file: a.jsonl
question: "{{ q }}"
choices: ["a", "b"]
answer: "{{ gold }}"
metrics: [acc]
`;

test('defaults', () => {
  expect(parseTask(GOOD, 'x/My Task.yaml')).toEqual({
    name: 'my-task',
    kind: 'multiple-choice',
    data: { file: 'a.jsonl' },
    description: '',
    fewshot: 0,
    macros: '',
    question: '{{ q }}',
    choices: ['a', 'b'],
    answer: '{{ gold }}',
    delimiter: ' ',
    metrics: ['acc'],
  });
});

const edit = (from: string, to: string) => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

test.each([
  [edit('question:', 'qestion:'), 'task-unknown-key', 't.yaml:4', 'unknown key qestion', 'did you mean question?'],
  [edit('  file:', '  fil:'), 'task-unknown-key', 't.yaml:3', 'unknown key data.fil', 'did you mean data.file?'],
  [
    edit('[acc]', '[acc_nrom]'),
    'task-range',
    't.yaml:7',
    'metrics[0] is the text "acc_nrom"',
    'did you mean acc_norm?',
  ],
  [
    edit('[acc]', '[acc, bits_per_byte]'),
    'task-range',
    't.yaml:7',
    'is not a metric of multiple-choice',
    'acc, acc_norm',
  ],
  [edit('[acc]', '[acc, acc]'), 'task-range', 't.yaml:7', 'named twice', 'once'],
  [edit('[acc]', '[]'), 'task-range', 't.yaml:7', 'metrics has 0 items', 'at least one'],
  [
    edit('multiple-choice', 'multiple_choise'),
    'task-range',
    't.yaml:1',
    'kind is the text',
    'did you mean multiple-choice?',
  ],
  [edit('kind: multiple-choice\n', ''), 'task-missing-key', 't.yaml:1', 'kind is missing', 'perplexity'],
  [edit('answer: "{{ gold }}"\n', ''), 'task-missing-key', 't.yaml:1', 'answer is missing', 'choices and answer'],
  [edit('"{{ gold }}"', '0'), 'task-range', 't.yaml:6', 'answer must be text', 'put it in quotes: "0"'],
  [edit('["a", "b"]', '{ a: 1 }'), 'task-range', 't.yaml:5', 'choices cannot be a section', 'text or a list'],
  [edit('a.jsonl', '../a.jsonl'), 'task-range', 't.yaml:3', 'leads out', 'beside'],
  [edit('a.jsonl', '/etc/passwd'), 'task-range', 't.yaml:3', 'leads out', 'beside'],
  [edit('a.jsonl', '"a\\u0000"'), 'task-range', 't.yaml:3', 'data.file', 'value'],
  [
    `${GOOD}stop: [x]\n`,
    'task-range',
    't.yaml:8',
    'stop is not a key of this kind',
    'multiple-choice takes choices, answer',
  ],
  [`${GOOD}fewshot: 1000\n`, 'task-range', 't.yaml:8', 'fewshot is 1000', 'at most 100'],
  [`${GOOD}kind: generate\n`, 'task-duplicate-key', 't.yaml:8', 'kind is given twice', 'keep one'],
  [`${GOOD}by: &x a\n${'z'.repeat(10)}: *x\n`, 'task-yaml', 't.yaml:9', 'alias', ''],
  [`${GOOD}a: b: c\n`, 'task-yaml', 't.yaml:8', 'not valid YAML', ''],
  ['', 'task-range', 't.yaml:1', 'the task must be a section', 'write'],
  [
    'kind: perplexity\ndata: { file: a }\ntext: x\nfewshot: 1\nmetrics: [bits_per_byte]\n',
    'task-range',
    't.yaml:4',
    'fewshot is not a key of this kind',
    '',
  ],
  [
    'kind: perplexity\ndata: { file: a }\ntext: x\nmetrics: [acc]\n',
    'task-range',
    't.yaml:4',
    'not a metric of perplexity',
    'bits_per_byte',
  ],
  [
    'kind: generate\ndata: { file: a }\nquestion: x\nanswer: y\nmetrics: [acc]\n',
    'task-range',
    't.yaml:5',
    'not a metric of generate',
    'exact_match',
  ],
  [
    'kind: chat\ndata: { file: a }\nquestion: x\nanswer: y\nmetrics: [valid]\n',
    'task-range',
    't.yaml:5',
    'valid needs schema',
    'add schema',
  ],
  [
    'kind: chat\ndata: { file: a }\nquestion: x\nanswer: y\njudge: "true"\nmetrics: [exact_match]\n',
    'task-range',
    't.yaml:5',
    'judge has no metric',
    'add judged',
  ],
  [
    'kind: chat\ndata: { file: a }\nquestion: x\nanswer: y\nbaseline: z\nmetrics: [exact_match]\n',
    'task-range',
    't.yaml:5',
    'baseline has no metric',
    'add above_baseline',
  ],
  [
    'kind: chat\ndata: { file: a }\nquestion: x\nanswer: y\nmetrics: [exact_match, above_baseline]\n',
    'task-range',
    't.yaml:5',
    'above_baseline needs baseline',
    'add baseline',
  ],
  [
    'kind: generate\ndata: { file: a }\nquestion: x\nanswer: y\nbaseline: z\nmetrics: [exact_match]\n',
    'task-range',
    't.yaml:5',
    'baseline is not a key of this kind',
    'question',
  ],
  [
    'kind: chat\ndata: { file: a }\nquestion: x\nanswer: y\nstop: [x]\nmetrics: [exact_match]\n',
    'task-range',
    't.yaml:5',
    'stop is not a key of this kind',
    'system',
  ],
])('%j', (text, code, input, message, hint) => {
  let error: unknown;
  try {
    parseTask(text, 't.yaml');
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(JikjiError);
  expect(error).toMatchObject({ code, input });
  expect((error as JikjiError).message).toContain(message);
  expect((error as JikjiError).hint).toContain(hint);
});

test('a fault of YAML that repeats the text is shown in part', () => {
  let error: unknown;
  try {
    parseTask(`${GOOD}macros: >-${'['.repeat(100_000)}\n`, 't.yaml');
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: 'task-yaml', input: 't.yaml:8' });
  expect((error as JikjiError).message).toMatch(/^not valid YAML: Block scalar header/);
  expect((error as JikjiError).message.length).toBeLessThan(300);
});
