// The text that probes are ranked by is published, so that another verifier can rank by it.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AUDITORS_TEXT } from './auditors-text.ts';

test("docs/auditors-text.txt is the auditor's text", () => {
  expect(readFileSync(new URL('../../docs/auditors-text.txt', import.meta.url), 'utf8')).toBe(AUDITORS_TEXT);
});
