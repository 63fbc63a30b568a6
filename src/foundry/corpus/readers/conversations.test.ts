// Conversations from files: each form of file gives the same documents, in pieces of every size; faults name their place. DuckDB 1.5.6
// wrote the tables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JikjiError } from '../../../base/index.ts';
import { endings, isTable, isText, readConversationTable, readers } from './index.ts';

function read(text: string, piece = Math.max(1, text.length)) {
  const documents: string[] = [];
  const none = () => {
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
/** The documents of a table of this name: a fixture's, or these bytes in pieces. */
const table = async (name: string, bytes?: Uint8Array, piece = 1 << 20) => {
  const documents: string[] = [];
  const all = Buffer.from(bytes ?? readFileSync(join(import.meta.dirname, 'fixtures', name)));
  const raw = (async function* () {
    for (let at = 0; at < all.length; at += piece) yield all.subarray(at, at + piece);
  })();
  await readConversationTable('conversation', raw, { label: name, document: (one) => void documents.push(one) });
  return documents;
};
const caught = async (work: () => unknown) => {
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
  expect(await caught(() => table('x.parquet', Buffer.from('PAR1 no table')))).toMatchObject({
    code: 'source-broken',
    input: 'x.parquet',
  });
});

test('tables of text: two columns by their names, cells of more than one line, in pieces of every size', async () => {
  const said = (question: string, answer: string) =>
    `{"messages":[{"content":${JSON.stringify(question)},"role":"user"},{"content":${JSON.stringify(answer)},"role":"assistant"}]}`;
  const expected = [said('12시 땡!', '하루가 또 가네요.'), said('"왜", 물었다.', '첫 줄\n둘째 줄')];
  const csv = '\ufeffQ,A,label\r\n12시 땡!,하루가 또 가네요.,0\r\n\r\n"""왜"", 물었다.","첫 줄\r\n둘째 줄",1\r\n';
  for (const piece of [1, 2, 7, 1000]) expect(await table('talks.CSV', Buffer.from(csv), piece)).toEqual(expected);
  const tsv = '질문\t답변\n12시 땡!\t하루가 또 가네요.\n"""왜"", 물었다."\t"한 줄"\n';
  expect(await table('talks.tsv', Buffer.from(tsv))).toEqual([expected[0], said('"왜", 물었다.', '한 줄')]);
  expect(await table('none.csv', Buffer.from(' \n'))).toEqual([]);
  const cp949 = Buffer.concat([Buffer.from('Q,A\n'), Buffer.from('\xb0\xa1,\xb3\xaa\n', 'latin1')]);
  expect(await caught(() => table('talks.csv', cp949))).toMatchObject({
    code: 'source-not-utf8',
    message: 'not valid UTF-8 at byte 4',
  });
  for (const [text, code, message] of [
    ['문의,응답\na,b\n', 'conversation-broken', /^row 1: has none of .* 질문 and 답변; it has "문의", "응답"$/],
    ['question,answer\na,b\nc,\n', 'conversation-broken', /^row 2: answer \(assistant\) is empty/],
    ['question,answer\na,b,c\n', 'source-broken', /.*/],
    ['question,answer\n"a,b\n', 'source-broken', /.*/],
    ['question,question\na,b\n', 'source-broken', /two columns are called "question"/],
  ] as const)
    expect(await caught(() => table('talks.csv', Buffer.from(text)))).toMatchObject({
      code,
      input: 'talks.csv',
      message: expect.stringMatching(message),
    });
});

test('the files that are taken from a folder', () => {
  for (const name of ['a.jsonl', 'a.jsonl.gz', 'a.json', 'a.parquet', 'a.csv', 'a.TSV'])
    expect(endings.conversations.pattern.test(name)).toBe(true);
  expect(endings.conversations.pattern.test('a.txt')).toBe(false);
  expect([
    isTable('conversations', 'a.parquet'),
    isTable('jsonl', 'a.parquet'),
    isTable('conversations', 'a.json'),
    isTable('preferences', 'a.csv'),
  ]).toEqual([true, false, false, true]);
  expect([isText('conversations', 'a.parquet'), isText('conversations', 'a.csv'), isText('text', 'a.parquet')]).toEqual(
    [false, true, true],
  );
});

test.each([
  [
    't.csv',
    ' Q ,A\nWhy?,Because.\n',
    /^row 1: has none of .*; it has " Q ", "A"$/,
    /columns.*"Q" and "A".*"질문" and "답변"/,
  ],
  ['t.csv', '물음,대답\n왜?,그래서.\n', /; it has "물음", "대답"$/, /columns.*"질문" and "답변"/],
  ['t.tsv', 'ask\tsay\nWhy?\tSo.\n', /; it has "ask", "say"$/, /columns/],
  ['t.csv', 'Q;A\nWhy, then?;Because.\n', /^its columns are divided by ";", those of a \.csv by ","$/, /commas/],
  ['t.csv', 'Q\tA\nWhy?\tBecause.\n', /^its columns are divided by tabs, those of a \.csv by ","$/, /\.tsv/],
  ['t.csv', 'Q,A\nWhy?,So.\n\n"a\nb",c\nHow?,"so\nWho?,he\n', /^row 3: a quote is not closed$/, /quote.*twice: ""/],
  ['t.csv', 'Q,"A\nWhy?,So.\n', /^the header: a quote is not closed$/, /twice/],
  ['t.csv', 'Q,A\nWhy?,So.\nHow?,so, he said\n', /^row 2: .*expect 2, got 3/, /a comma.*in quotes/],
  ['t.csv', 'Q,A\nHow?,"so" he said\n', /^row 1: .*Invalid Closing Quote/, /twice/],
] as const)('a table that cannot be read says how to mend it: %s %j', async (name, text, message, hint) => {
  const error = await caught(() => table(name, Buffer.from(text)));
  expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  expect(error.hint).not.toContain('MiB');
});
