// Conversations from files: each form of file gives the same documents, in pieces of every size; faults name their place. DuckDB 1.5.6
// wrote the tables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../../../base/index.ts';
import { endings, isTable, readConversationTable, readers } from './index.ts';

function read(text: string, piece = Math.max(1, text.length)): string[] {
  const documents: string[] = [];
  const none = (): never => {
    throw new Error('not a whole document');
  };
  const document = (one: string) => void documents.push(one);
  const reader = readers.conversations({
    label: 'file',
    field: undefined,
    document,
    piece: none,
    endOfText: none,
    drop: none,
  });
  for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece));
  reader.end();
  return documents;
}
const table = async (name: string): Promise<string[]> => {
  const documents: string[] = [];
  const bytes = readFileSync(join(import.meta.dirname, 'fixtures', name));
  await readConversationTable('conversation', bytes, { label: name, document: (one) => void documents.push(one) });
  return documents;
};
const caught = async (work: () => unknown): Promise<JikjiError> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const LINES = [
  '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b\\n"}]}',
  '{"conversations":[{"from":"human","value":"[1]"},{"from":"gpt","value":"2"}]}',
  '{"instruction":"c","input":"","output":"d"}',
];
const DOCUMENTS = [
  '{"messages":[{"content":"a","role":"user"},{"content":"b","role":"assistant"}]}',
  '{"messages":[{"content":"[1]","role":"user"},{"content":"2","role":"assistant"}]}',
  '{"messages":[{"content":"c","role":"user"},{"content":"d","role":"assistant"}]}',
];

test('lines, and lists however they are indented, in pieces of every size', () => {
  const values = LINES.map((line) => JSON.parse(line));
  for (const text of [
    `${LINES.join('\n')}\n`,
    `\n${LINES.join('\r\n\n')}`,
    `[${LINES}]`,
    ` \n${JSON.stringify(values, null, 2)}\n`,
  ])
    for (const piece of [1, 2, 7, 1000]) expect(read(text, piece)).toEqual(DOCUMENTS);
  expect(read('[]')).toEqual([]);
  expect(read(' \n')).toEqual([]);
});

test('tables: lists of messages, columns with and without values', async () => {
  expect(await table('messages.parquet')).toEqual([
    '{"messages":[{"content":"안녕?","role":"user"},{"content":"반가워요.","role":"assistant"}]}',
    '{"messages":[{"content":"Be short.","role":"system"},{"content":"one","role":"user"},{"content":"1","role":"assistant"},{"content":"two","role":"user"},{"content":"2","role":"assistant"}]}',
  ]);
  expect(await table('alpaca.parquet')).toEqual([
    '{"messages":[{"content":"Add.\\n\\n1 2","role":"user"},{"content":"3","role":"assistant"}]}',
    '{"messages":[{"content":"Greet.","role":"user"},{"content":"Hello.","role":"assistant"}]}',
    '{"messages":[{"content":"Ask.","role":"user"},{"content":"What?","role":"assistant"}]}',
  ]);
});

test('faults name file and place', async () => {
  const bad = '{"messages":[{"role":"user","content":"a"}]}';
  for (const [text, place] of [
    [`${LINES[0]}\n\n${bad}\n`, 'line 3'],
    [`[${LINES[0]},${bad}]`, 'item 2'],
  ] as const)
    expect(await caught(() => read(text))).toMatchObject({
      code: 'conversation-broken',
      input: 'file',
      message: `${place}: has no answer: no message of the assistant`,
    });
  expect(await caught(() => table('unanswered.parquet'))).toMatchObject({
    code: 'conversation-broken',
    input: 'unanswered.parquet',
    message: expect.stringMatching(/^row 1: has no answer/),
  });
  expect(await caught(() => read(`${LINES[0]}\n{"messages":`))).toMatchObject({
    code: 'source-broken',
    message: expect.stringMatching(/^line 2 is not JSON/),
  });
  expect((await caught(() => read(`[${LINES[0]},`))).message).toMatch(/^the list is not JSON/);
  expect((await caught(() => read('plain text'))).message).toMatch(/^line 1 is not JSON/);
  expect((await caught(() => read('1\n'))).message).toMatch(/^line 1: is not an object/);
  const long = JSON.stringify({ instruction: 'a', output: 'b'.repeat(1 << 20) });
  expect(await caught(() => read(`${LINES[0]}\n${long}`))).toMatchObject({
    code: 'conversation-long',
    message: expect.stringMatching(/^line 2:/),
  });
  const broken = { label: 'x.parquet', document: () => {} };
  expect(await caught(() => readConversationTable('conversation', Buffer.from('PAR1 no table'), broken))).toMatchObject(
    {
      code: 'source-broken',
      input: 'x.parquet',
    },
  );
});

test('the files that are taken from a folder', () => {
  for (const name of ['a.jsonl', 'a.jsonl.gz', 'a.json', 'a.parquet'])
    expect(endings.conversations.pattern.test(name)).toBe(true);
  expect(endings.conversations.pattern.test('a.txt')).toBe(false);
  expect([
    isTable('conversations', 'a.parquet'),
    isTable('jsonl', 'a.parquet'),
    isTable('conversations', 'a.json'),
  ]).toEqual([true, false, false]);
});
