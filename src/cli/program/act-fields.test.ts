// The table of the acts' fields that verbs are made from is what the acts' parsers say.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FILE, fieldsText } from '../../../scripts/act-fields.ts';

test('act-fields.json is what the acts give: npm run act-fields writes it', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(fieldsText());
});
