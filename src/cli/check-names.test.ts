// Every check of the audit has words in the console, although the console does not import the audit.

import { expect, test } from 'vitest';
import { CHECKS } from '../audit/index.ts';
import { WORDS } from '../console/testing/words.ts';

test.each(['en', 'ko'] as const)('each check of an audit has a name and a question in the console: %s', (lang) => {
  const { checks, checkQuestions } = WORDS[lang];
  expect(Object.keys(checks).sort()).toEqual([...CHECKS].sort());
  expect(Object.keys(checkQuestions).sort()).toEqual([...CHECKS].sort());
});
