// `npm run bench:schemas -- DIR [--json]`: how many of a folder's JSON schemas can be asked for as a response_format, and why the others
// cannot. A file holds a schema, or a list of groups as in JSON-Schema-Test-Suite: a schema and tests, each an instance and whether it is
// valid. Of accepted schemas it says for how many tests the masks agree.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { JikjiError } from '../src/base/index.ts';
import { compileSchema, JsonReader, MaskTokens } from '../src/foundry/generate/index.ts';
import { admits } from '../src/foundry/generate/json/testing/admits.ts';
import { byteTokenizer } from '../src/foundry/generate/testing/chat.ts';

const USAGE = 'npm run bench:schemas -- DIR [--json]';

interface Group {
  schema: unknown;
  tests?: { description?: string; data: unknown; valid: boolean }[];
}

interface Found {
  schemas: number;
  accepted: number;
  /** By what is not supported. */
  refused: Record<string, number>;
  tests: number;
  /** Valid instances that the masks do not let through, and invalid ones that they do. */
  wrong: string[];
}

const tokens = new MaskTokens(byteTokenizer());

function groupsOf(file: string) {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isGroup = (one: unknown): one is Group => typeof one === 'object' && one !== null && 'schema' in one;
  if (Array.isArray(parsed) && parsed.every(isGroup)) return parsed;
  return isGroup(parsed) ? [parsed] : [{ schema: parsed }];
}

/** The message without what differs from schema to schema. */
const reasonOf = (message: string) => message.replaceAll(/"[^"]*"|\d+/g, '…').slice(0, 80);

function look(name: string, { schema, tests = [] }: Group, found: Found) {
  found.schemas++;
  let reader: JsonReader;
  try {
    reader = new JsonReader(compileSchema(schema), tokens);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    const reason = reasonOf(error.message);
    found.refused[reason] = (found.refused[reason] ?? 0) + 1;
    return;
  }
  found.accepted++;
  for (const { data, valid, description = '' } of tests) {
    found.tests++;
    if (admits(reader, JSON.stringify(data)) !== valid) found.wrong.push(`${name}: ${description}`);
  }
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
  const [folder] = positionals;
  if (!folder) throw new JikjiError('usage', 'takes a folder of JSON files', process.argv.slice(2).join(' '), USAGE);
  const found: Found = { schemas: 0, accepted: 0, refused: {}, tests: 0, wrong: [] };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.json')) continue;
    const file = join(entry.parentPath, entry.name);
    for (const group of groupsOf(file)) look(relative(folder, file), group, found);
  }
  if (values.json) {
    console.log(JSON.stringify(found));
    return;
  }
  const share = ((100 * found.accepted) / Math.max(1, found.schemas)).toFixed(1);
  console.log(`${found.accepted} of ${found.schemas} schemas can be asked for (${share}%)`);
  for (const [reason, count] of Object.entries(found.refused).sort((a, b) => b[1] - a[1]))
    console.log(`  ${String(count).padStart(6)}  ${reason}`);
  console.log(`${found.tests - found.wrong.length} of ${found.tests} instances as they should be`);
  for (const one of found.wrong) console.log(`  ${one}`);
  if (found.wrong.length > 0) process.exitCode = 1;
}

main();
