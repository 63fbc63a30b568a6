// What docs/adding.md asks for, where nothing else fails if somebody forgets it: pages of docs, tables of tests, words and twins in Python
// that name what was added. Checks that it is named, not what is said of it.

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../src/audit/types.ts';
import { parseOn } from '../src/cli/on-options.ts';
import { jobName } from '../src/cli/watch-job.ts';
import { ROUTES } from '../src/console/state/router.ts';
import { en } from '../src/console/words/en/index.ts';
import { ko } from '../src/console/words/ko/index.ts';
import { NAMES } from '../src/engine/testing/conformance.ts';
import { type JobRecord, LAUNCHERS } from '../src/fleet/index.ts';
import { READERS } from '../src/foundry/recipe/schema.ts';
import { key } from '../src/ledger/testing/register.ts';
import { CHOSEN } from '../src/program/mail/kinds.ts';
import { KINDS } from '../src/program/state/kinds.ts';
import { everyKind } from '../src/program/state/testing/every-kind.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const files = (pattern: string): [path: string, text: string][] =>
  globSync(pattern, { cwd: ROOT }).map((path) => [path, read(path)]);

/** Those that the text has not in backticks. */
const missing = (names: readonly string[], text: string): string[] => {
  const named = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!));
  return names.filter((name) => !named.has(name));
};

test('an operation: docs/arithmetic.md says which section defines it', () => {
  const names: string[] = NAMES;
  expect(names.length).toBeGreaterThan(20);
  expect(missing(names, read('docs/arithmetic.md'))).toEqual([]);
});

test('a launcher: --on takes its name, its jobs are called jobs, the shared tests run over it, docs/fleet.md has it', () => {
  const launched = read('src/fleet/launch/launcher.test.ts').match(/const LAUNCHED = \[[\s\S]*?\n\]/)![0];
  for (const launcher of Object.keys(LAUNCHERS) as JobRecord['launcher'][]) {
    expect(parseOn(launcher).launcher).toBe(launcher);
    const job = jobName({ launcher, id: '7' } as JobRecord);
    expect(job).toBe(launcher === 'local' ? 'Process 7' : 'Job 7');
    expect(launched).toContain(`['${launcher}'`);
  }
  const page = read('docs/fleet.md');
  for (const launcher of Object.keys(LAUNCHERS)) expect(page).toContain(`--on ${launcher}`);
});

test('a kind of statement: something reads it, a test has one, a page of docs has its name', () => {
  const source = read('src/ledger/statement.ts');
  const [table] = /^const kinds = \{[\s\S]*?^\};/m.exec(source)!;
  const kinds = [...table.matchAll(/^ {2}(?:'([a-z-]+)'|(\w+)):/gm)].map(([, quoted, plain]) => (quoted ?? plain)!);
  expect(kinds).toContain('rule-book');
  const all = files('src/**/*.ts').filter(([path]) => path !== 'src/ledger/statement.ts');
  const inTests = all.filter(([path]) => /\.test\.ts$|\/testing\//.test(path));
  const inSource = all.filter((file) => !inTests.includes(file));
  const without = (among: typeof all) => kinds.filter((kind) => !among.some(([, text]) => text.includes(`'${kind}'`)));
  expect({ reader: without(inSource), test: without(inTests) }).toEqual({ reader: [], test: [] });
  const pages = files('docs/*.md').map(([, text]) => text);
  expect(missing(kinds, pages.join('\n'))).toEqual([]);
});

/** Only a programme with an office's key, or a record, has these; tests of their own make them. */
const ELSEWHERE = ['answer-registered', 'decision-recorded'];

test('a kind of entry: every-kind.ts has one, and the console names it in both languages', () => {
  const kinds = Object.keys(KINDS);
  const made = new Set(everyKind(key()).map(({ kind }) => kind));
  expect(kinds.filter((kind) => !made.has(kind)).toSorted()).toEqual(ELSEWHERE);
  for (const words of [en, ko]) expect(kinds.filter((kind) => !Object.hasOwn(words.kinds, kind))).toEqual([]);
});

test('a check of the audit: docs/proof.md and the console name it, and both verifiers ask reports for the same ones', () => {
  const [, section] = /^## What an audit checks$([\s\S]*?)^## /m.exec(read('docs/proof.md'))!;
  expect(CHECKS.filter((name) => !section!.includes(`**${name}**`))).toEqual([]);
  const namesIn = (path: string, start: RegExp, quote: string) =>
    new RegExp(`${start.source}[^\\n]*?([${quote}][\\s\\S]*?)(\\]|\\n\\n)`)
      .exec(read(path))![1]!
      .split(quote)
      .filter((_, i) => i % 2 === 1);
  const required = namesIn('src/audit/merge.ts', /REQUIRED = \[\s*/, "'");
  expect(required).toHaveLength(9);
  expect(namesIn('checks/proof/merge.py', /CHECKED = /, '"')).toEqual(required);
  const shown = namesIn('src/console/parts/audit-section.tsx', /CHECKS = \[/, "'");
  expect(CHECKS.filter((name) => !shown.includes(name))).toEqual(['parent', 'register']);
});

test('a notice: hostile names are tried in every text, and what people choose has words in both languages', () => {
  const composer = read('src/program/mail/compose.ts');
  const texts = [...composer.matchAll(/^ {2}(\w+)\([^#]*?\): Text \{/gm)].map(([, name]) => name!);
  expect(texts).toContain('passwordReset');
  const tried = /function everyText[\s\S]*?^\}/m.exec(read('src/program/mail/texts.test.ts'))![0];
  expect(texts.filter((name) => !tried.includes(`composer.${name}(`))).toEqual([]);
  for (const { mail } of [en, ko])
    for (const kind of CHOSEN) expect([mail.kinds, mail.about].every((words) => Object.hasOwn(words, kind))).toBe(true);
});

/** Pages that an address of the server, a log-in provider or a link that somebody was sent leads to. */
const SENT = ['home', 'invitation', 'reset', 'openid', 'address'];

test('a page of the console: docs/console.md has its address, another page leads to it, the search knows it', () => {
  expect(missing(Object.values(ROUTES), read('docs/console.md'))).toEqual([]);
  const source = files('src/console/**/*.{ts,tsx}').filter(([path]) => !/test|router\.ts$/.test(path));
  const text = source.map(([, text]) => text).join('\n');
  const places = read('src/program/api/search-places.ts');
  const routes = Object.entries(ROUTES).filter(([page]) => !SENT.includes(page));
  const isLed = (page: string, address: string) => text.includes(`pathOf('${page}'`) || text.includes(`'${address}'`);
  expect(routes.filter(([page, address]) => !isLed(page, address))).toEqual([]);
  // What has an id of its own is found as a thing; nobody looks for the page of an empty server.
  const alone = routes.filter(([page, address]) => !/:(?!programme)/.test(address) && page !== 'begin');
  expect(alone.filter(([page]) => !places.includes(`page: '${page}'`))).toEqual([]);
});

test('a benchmark task: a test has its prompts, docs/evaluation.md its name', () => {
  const names = globSync('tasks/*.yaml', { cwd: ROOT }).map((path) => basename(path, '.yaml'));
  expect(names.length).toBeGreaterThan(10);
  const tests = read('src/foundry/evaluate/tasks.test.ts');
  // `arc_easy` stands there by itself, or as `arc_${which}`.
  const tested = (name: string) => tests.includes(`'${name}'`) || tests.includes(`\`${name.split('_')[0]}_\${which}`);
  expect(names.filter((name) => !tested(name))).toEqual([]);
  expect(missing(names, read('docs/evaluation.md'))).toEqual([]);
});

test('a reader of texts: the verifier in Python has it, docs/recipe.md its name', () => {
  const [table] = /^CONVERSATIONS[\s\S]*?^READERS.*$/m.exec(read('checks/proof/readers.py'))!;
  const theirs = [...table.matchAll(/"([a-z-]+)"/g)].map(([, name]) => name!);
  expect(theirs.toSorted()).toEqual(READERS.toSorted());
  expect(missing(READERS, read('docs/recipe.md'))).toEqual([]);
});
