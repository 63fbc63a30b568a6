// Texts to token ids by lm-evaluation-harness's rule, computed by hand with a tokenizer whose ids are code points and that has one merge
// across a boundary.

import { expect, test } from 'vitest';
import { rollingRequests } from '../generate/index.ts';
import { continuationRequest, promptIds } from './requests.ts';

const PREFIX = 0;
/** `ab` is one token, 1; every other character is its code point. */
const tokenizer = {
  prefixId: PREFIX,
  encode: (text: string) => Uint32Array.from([...text.replaceAll('ab', '\u0001')].map((c) => c.codePointAt(0)!)),
};
const ids = (text: string) => [...text].map((c) => c.codePointAt(0)!);
const asked = (context: string, continuation: string, length = 100): [number[], number[]] | undefined => {
  const request = continuationRequest(tokenizer, context, continuation, length);
  return request && [[...Array.from(request.context)], [...Array.from(request.continuation)]];
};

test('a context and its continuation', () => {
  expect(asked('물은', ' 젖다')).toEqual([[PREFIX, ...ids('물은')], ids(' 젖다')]);
});

test('white space at the end of the context moves to the continuation', () => {
  expect(asked('답변: ', ' 예')).toEqual([[PREFIX, ...ids('답변:')], ids('  예')]);
  expect(asked('a\n\u3000\u00a0', 'c')).toEqual([[PREFIX, ...ids('a')], ids('\n\u3000\u00a0c')]);
  // A byte order mark is white space to JavaScript, not to Python.
  expect(asked('c\ufeff', 'd')).toEqual([[PREFIX, ...ids('c\ufeff')], ids('d')]);
});

test('an empty context, or one of white space, is the prefix token', () => {
  expect(asked('', ' yes')).toEqual([[PREFIX], ids(' yes')]);
  expect(asked(' ', 'yes')).toEqual([[PREFIX], ids(' yes')]);
});

test('the continuation has the ids after as many ids as the context alone has', () => {
  // "cab" is c, ab: two ids. "ca" alone has two ids, so no id remains.
  expect(asked('ca', 'b')).toBeUndefined();
  expect(asked('ca', 'bd')).toEqual([[PREFIX, ...ids('ca')], ids('d')]);
});

test('too long: truncated from the left to the length + 1', () => {
  expect(asked('wxyz', '12', 6)).toEqual([[PREFIX, ...ids('wxyz')], ids('12')]);
  expect(asked('wxyz', '12', 5)).toEqual([ids('wxyz'), ids('12')]);
  expect(asked('wxyz', '12', 3)).toEqual([ids('yz'), ids('12')]);
  expect(asked('wxyz', '12', 2)).toEqual([ids('z'), ids('12')]);
  expect(asked('wxyz', '12', 1)).toBeUndefined();
});

test('the prompt of a generation', () => {
  expect(Array.from(promptIds(tokenizer, 'wxyz', 9, 4))).toEqual([PREFIX, ...ids('wxyz')]);
  expect(Array.from(promptIds(tokenizer, 'wxyz', 6, 4))).toEqual(ids('yz'));
});

test('rolling windows: the example of the documentation of lm-evaluation-harness', () => {
  const windows = rollingRequests(tokenizer, '0123456789', 4).map(({ context, continuation }) => [
    String.fromCharCode(...Array.from(context)),
    String.fromCharCode(...Array.from(continuation)),
  ]);
  expect(windows).toEqual([
    ['\u0000', '0123'],
    ['3', '4567'],
    ['567', '89'], // INPUT 5 6 7 8, PRED 8 9: the last window is filled with what stands left of it
  ]);
});

test.each([0, 1, 3, 4, 5, 7, 8, 9, 100])(
  'every token of a text of %i is predicted once, after one token or more',
  (n) => {
    const text = Array.from({ length: n }, (_, i) => String.fromCodePoint(0xac00 + i)).join('');
    const windows = rollingRequests(tokenizer, text, 4);
    expect(windows.flatMap(({ continuation }) => Array.from(continuation))).toEqual(ids(text));
    for (const { context, continuation } of windows) {
      expect(context.length).toBeGreaterThan(0);
      expect(context.length + continuation.length).toBeLessThanOrEqual(5);
    }
    if (n > 4) expect(windows.at(-1)!.context.length + windows.at(-1)!.continuation.length).toBe(5);
  },
);
