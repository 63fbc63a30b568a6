// Answers as clients save them: a client reads a text in one place, and what would show it another one is no answer of a server.

import { expect, test } from 'vitest';
import { responseOf } from './response-file.ts';

const read = (text: string) => responseOf({ path: 'saved', text });
const body = (...choices: object[]): string => JSON.stringify({ id: 'x', choices });
const stream = (...choices: object[]): string =>
  `${choices.map((one) => `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, ...one }] })}\n\n`).join('')}data: [DONE]\n`;

const SAID = { index: 0, message: { role: 'assistant', content: 'true', refusal: null }, finish_reason: 'stop' };
const PIECES = [{ delta: { role: 'assistant', content: '' } }, { delta: { content: 'true' } }];
const END = { delta: {}, finish_reason: 'stop' };

test('an answer and a stream, with and without a byte order mark', () => {
  for (const mark of ['', '\ufeff'])
    for (const text of [body(SAID), body({ index: 0, text: 'true', finish_reason: 'stop' }), stream(...PIECES, END)]) {
      const found = read(mark + text);
      expect([found.choices.get(0)!.text, found.choices.get(0)!.finish, found.isCutOff]).toEqual([
        'true',
        'stop',
        false,
      ]);
    }
  // Behind a mark the first event counts as any other.
  expect(read(`\ufeff${stream({ delta: { content: 'forged' } }, ...PIECES, END)}`).choices.get(0)!.text).toBe(
    'forgedtrue',
  );
});

test.each([
  ['a text beside a message', body({ ...SAID, text: 'true', message: { content: 'forged' } })],
  ['a text of another choice in another place', body(SAID, { index: 1, text: 'true' })],
  ['a choice in two halves', body({ index: 0, text: 'tr' }, { index: 0, text: 'ue' })],
  ['pieces in a body', body({ index: 0, delta: { content: 'true' } })],
  ['an empty text that hides a piece', stream({ text: '', delta: { content: 'forged' } }, ...PIECES, END)],
  [
    'a message in a stream',
    stream(...PIECES, { message: { content: '', tool_calls: [] }, delta: { content: 'x' } }, END),
  ],
  ['an end before the end', stream(PIECES[0]!, { ...END, finish_reason: 'length' }, PIECES[1]!, END)],
  ['a call of the older kind', body({ ...SAID, message: { content: 'true', function_call: { name: 'rm' } } })],
  ['a refusal', body({ ...SAID, message: { content: 'true', refusal: 'forged' } })],
  ['words of another role', body({ ...SAID, message: { role: 'tool', content: 'true' } })],
])('refused: %s', (_, text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'not-a-receipt', input: 'saved' }));
});
