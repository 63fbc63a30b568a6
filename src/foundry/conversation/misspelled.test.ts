// Members of data that are nearly those of a form are named with the one that was meant.

import { expect, test } from 'vitest';
import { conversationOf } from './forms.ts';
import { pairOf } from './pair-forms.ts';

test.each([
  ['message', () => conversationOf({ mesages: [] }), /"mesages": did you mean messages\?/],
  ['output', () => conversationOf({ instruction: 'a', ouput: 'b' }), /"ouput": did you mean output\?/],
  ['prompt', () => pairOf({ promt: 'a', chosen: 'b', rejected: 'c' }), /has no prompt: "promt": did you mean prompt\?/],
  ['rejected', () => pairOf({ prompt: 'a', chosen: 'b', rejcted: 'c' }), /"rejcted": did you mean rejected\?/],
  ['nothing near', () => conversationOf({ title: 'a', body: 'b' }), /it has "title", "body"$/],
])('%s', (_, work, message) => {
  expect(work).toThrow(message);
});
