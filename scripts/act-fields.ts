// Writes src/cli/program/act-fields.json: the fields of every act, which `jikji program` makes its arguments from without loading an act.
// `npm run act-fields`

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actFields } from '../src/program/index.ts';

export const FILE = join(import.meta.dirname, '../src/cli/program/act-fields.json');

/** One line for each field. */
export const fieldsText = (): string => {
  const block = (members: readonly string[], indent: string): string =>
    `{\n${members.map((one) => `${indent}  ${one}`).join(',\n')}\n${indent}}`;
  const acts = Object.entries(actFields()).map(([act, fields]) => {
    const lines = Object.entries(fields).map(([name, field]) => `"${name}": ${JSON.stringify(field)}`);
    return `"${act}": ${block(lines, '  ')}`;
  });
  return `${block(acts, '')}\n`;
};

if (import.meta.main) writeFileSync(FILE, fieldsText());
