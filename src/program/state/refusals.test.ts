// The sentences with which a programme refuses: both languages have them, whole, with the same values.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../base/error-codes/index.ts';
import { MEANINGS_KO } from '../../base/error-codes/korean.ts';
import type { Both, Refusal, Sentences } from '../../base/index.ts';
import type { Fault } from '../../formats/index.ts';
import { OWN_MESSAGES } from '../../formats/shape-words.ts';
import { ALL_REFUSALS as ALL, FILES, SOURCES, sourcesIn } from './testing/every-refusal.ts';

/** Stands for any value in a sentence: a name, a number, names in a list, a text in both languages. */
function marked(i: number) {
  const text = `‹${i}›`;
  const one = { toString: () => text, en: text, ko: text, startsWith: () => false, replaceAll: () => text };
  return { ...one, 0: text, 1: text, join: () => text, map: (each: (given: object) => string) => [each(one)] };
}

/** Why a statement or a table cannot be read, in the words of lower floors: English only, and no part of the Korean sentence. */
const ENGLISH_ONLY: Record<string, number> = {
  'program/state/refusals/audits.ts reportBroken': 0,
  'program/office/refusals/allotment-table.ts noTable': 0,
  // What the HTTP library says.
  'program/api/refusals/requests.ts unreadableRequest': 0,
  'program/api/refusals/requests.ts bodyTooLarge': 0,
};

const wordsOf = ({ en, ko }: Refusal) => {
  const told = (one: Refusal['en']): readonly string[] =>
    (typeof one === 'function' ? one(...(Array.from({ length: 9 }, (_, i) => marked(i)) as never[])) : one).map(String);
  return { en: told(en), ko: told(ko) };
};
const valuesIn = (texts: readonly string[]): string[] => [...new Set(texts.join(' ').match(/‹\d›/g) ?? [])].sort();

test('there are tables of many rooms', () => {
  expect(FILES.length).toBeGreaterThan(15);
  expect(ALL.length).toBeGreaterThan(250);
});

/** No page of the office can show them: the command line's own, and those of a server that does not start. */
const COMMAND_LINE =
  /^(office-(?!key)|token-(?!unknown)|api-key|settings-|bench-|backup-(broken|encrypted)|database-(address|encoding|newer|not-empty)|(console-missing|host-unknown|identity-broken|no-terminal|not-a-database|origin-broken|port-taken|proxy-broken|tls-broken)$)/;

test('every code that a page can show is made by a table, or has its meaning in Korean', () => {
  const made = new Set<string>(ALL.map(([, { code }]) => code));
  const codes = Object.values(ERROR_CODES).flatMap((group) => Object.keys(group));
  const english = codes.filter((code) => !made.has(code) && !Object.hasOwn(MEANINGS_KO, code));
  expect(english.filter((code) => !COMMAND_LINE.test(code))).toEqual([]);
  for (const [code, ko] of Object.entries(MEANINGS_KO)) expect(ko, code).toMatch(/(니다|십시오)\.$/);
});

test('both languages have the same values', () => {
  for (const [name, made] of ALL) {
    const { en, ko } = wordsOf(made);
    const other = ENGLISH_ONLY[name];
    const expected = valuesIn(en).filter((value) => value !== `‹${other}›`);
    expect(
      valuesIn(ko).filter((value) => value !== `‹${other}›`),
      name,
    ).toEqual(expected);
  }
});

test('English is English', () => {
  for (const [name, made] of ALL) {
    const { en } = wordsOf(made);
    for (const text of en) expect(text, name).not.toMatch(/\p{Script=Hangul}/u);
    expect(en.join(''), name).not.toMatch(/undefined|\[object/);
  }
});

test('Korean is whole sentences that end as they should, and no English one', () => {
  for (const [name, made] of ALL) {
    for (const text of wordsOf(made).ko) {
      expect(text, name).not.toMatch(/undefined|\[object/);
      expect(text, name).not.toMatch(/(?:\b[A-Za-z][a-z’'-]*[ ,]+){4,}[A-Za-z]/);
      if (/^‹\d›$/.test(text)) continue; // a sentence that comes from elsewhere
      expect(text, `${name}: an ending of 합쇼체`).toMatch(/(니다|십시오)([.:(]|$)/);
      // What stands after the last sentence is a list of names, a command, or a bracket.
      expect(text, `${name}: its end`).toMatch(/(니다|십시오)\.$|: \S.*$|\)\.?$|까지$|‹\d›$/);
    }
  }
});

test('no particle hangs on a value: whether it is 이 or 가 would depend on its last sound', () => {
  for (const [name, made] of ALL)
    for (const text of wordsOf(made).ko)
      expect(text, name).not.toMatch(/‹\d›(은|는|이|가|을|를|과|와|으로|로|이나|나)(?=[ ,.])/);
});

/**
 * Errors that have English only: how many a file makes. None reaches a page; this list may only become shorter.
 * - A server that does not start, or a verb of the command line that opens a database: there is no page yet. (api/pages.ts, api/server.ts,
 *   database/migrate.ts, database/pglite.ts, database/postgres.ts, mail/settings.ts, openid/settings.ts, settings/index.ts)
 * - Backups that the command line restores or decrypts; a log that is replaced while its backup is written breaks off a download that has
 *   begun. (database/backup.ts, housekeeping/age.ts)
 * - A run whose record is damaged: it ends a stream of events, and the page shows what the curve's own answer says. (runs/curves.ts)
 */
const ENGLISH_STILL: Record<string, number> = {
  'api/pages.ts': 1,
  'api/server.ts': 1,
  'database/backup.ts': 6,
  'database/migrate.ts': 2,
  'database/pglite.ts': 1,
  'database/postgres.ts': 1,
  'housekeeping/age.ts': 4,
  'mail/settings.ts': 1,
  'openid/settings.ts': 1,
  'runs/curves.ts': 1,
  'settings/index.ts': 2,
};

test('every other error of a programme is made from a table', () => {
  const found = sourcesIn('program/**/*.ts')
    .map((file) => [
      relative('program', file),
      readFileSync(join(SOURCES, file), 'utf8').match(/new JikjiError\(/g)?.length ?? 0,
    ])
    .filter(([, count]) => count !== 0);
  expect(Object.fromEntries(found)).toEqual(ENGLISH_STILL);
});

/** Sentences that are no errors, as the tables `REASONS` of rooms have them: made of as many values as they take. */
const SAID: [name: string, said: Both][] = [];
for (const file of sourcesIn('**/reasons.ts')) {
  const { REASONS } = (await import(join(SOURCES, file))) as { REASONS: Sentences };
  for (const [name, told] of Object.entries(REASONS))
    SAID.push([
      `${file} ${name}`,
      (typeof told === 'function'
        ? told(...(Array.from({ length: 9 }, (_, i) => marked(i)) as never[]))
        : told) as Both,
    ]);
}

test('reasons: both languages have the same values, and each is in its own', () => {
  expect(SAID.length).toBeGreaterThan(3);
  for (const [name, { en, ko }] of SAID) {
    expect(valuesIn([ko]).sort(), name).toEqual(valuesIn([en]).sort());
    for (const text of [en, ko]) expect(text, name).not.toMatch(/\[object/);
    expect(en, name).not.toMatch(/\p{Script=Hangul}/u);
    expect(ko, name).not.toMatch(/(?:\b[A-Za-z][a-z’'-]*[ ,]+){4,}[A-Za-z]/);
    expect(ko, `${name}: an ending of 합쇼체`).toMatch(/(니다|십시오)([.:(]|$)|\. ‹\d›$/);
    expect(ko, `${name}: its end`).toMatch(/(니다|십시오)\.$|: \S.*$|‹\d›$/);
    expect(ko, `${name}: no particle hangs on a value`).not.toMatch(
      /‹\d›(은|는|이|가|을|를|과|와|으로|로|이나|나)(?=[ ,.])/,
    );
  }
});

/** Faults of YAML texts: message and hint in both languages, made of as many values as they take. */
const FAULTS: [name: string, fault: Fault][] = [];
for (const file of sourcesIn('{formats,program,fleet}/**/*faults.ts')) {
  const tables = (await import(join(SOURCES, file))) as Record<string, unknown>;
  for (const [name, told] of Object.entries(tables.FAULTS as Record<string, Fault | ((...given: never[]) => Fault)>))
    FAULTS.push([
      `${file} ${name}`,
      typeof told === 'function' ? told(...(Array.from({ length: 9 }, (_, i) => marked(i)) as never[])) : told,
    ]);
}

test('faults of YAML texts: both languages have the same values, and each is in its own', () => {
  expect(FAULTS.length).toBeGreaterThan(50);
  for (const [name, { en, ko }] of FAULTS) {
    // What type a text should have is plain in Korean from its sentence.
    const expected = valuesIn(en).filter((value) => !(name.endsWith('unquoted') && value === '‹1›'));
    expect(valuesIn(ko!).sort(), name).toEqual(expected.sort());
    for (const text of en) expect(text, name).not.toMatch(/\p{Script=Hangul}/u);
    for (const text of ko!) {
      expect(text, name).not.toMatch(/undefined|\[object/);
      expect(text, name).not.toMatch(/‹\d›(은|는|이|가|을|를|과|와|으로|로|이나|나)(?=[ ,.])/);
      if (!/^‹\d›/.test(text)) expect(text, `${name}: an ending of 합쇼체`).toMatch(/(니다|십시오)([.:(]|$)/);
    }
  }
});

test('every message that a schema of the programme writes itself has its Korean', () => {
  const texts = [...sourcesIn('program/{state,office,api,log}/**/*.ts'), 'formats/common-schemas.ts'].map((file) =>
    readFileSync(join(SOURCES, file), 'utf8'),
  );
  const written = new Set(texts.flatMap((text) => [...text.matchAll(/'(must be [^'\n]*)'/g)].map(([, one]) => one!)));
  expect([...written].filter((one) => !Object.hasOwn(OWN_MESSAGES, one))).toEqual([]);
  for (const ko of Object.values(OWN_MESSAGES)) expect(ko).toMatch(/니다\.$/);
});
