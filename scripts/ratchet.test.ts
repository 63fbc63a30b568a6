// The ratchet: each rule on a small tree that breaks it, and counts that may fall and never rise.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, flakyFaults, gone, lowered, unrecorded, type Violation, violationsIn } from './ratchet.ts';

const root = join(import.meta.dirname, '..');
/** No two lines are the same. */
let line = 0;
const lines = (n: number): string => Array.from({ length: n }, () => `  x += ${++line};\n`).join('');

const IMPORTS = "import {\n  a,\n  b,\n} from './x.ts';\n";
const six = ['const p = 1;', 'const q = 2;', 'const r = p;', 'if (r > 1) {', 'throw p;', '}', 'void q;'];
const five = ['let s = 1;', 's = 2;', 's = 3;', 's = 4;', 's = 5;'];
/** Six lines of code stand in both, with other white space, comments and line breaks; five others, and imports, do not count. */
const TWICE = {
  'src/cli/twice.ts': `/* Twice. */\n${six.join('\n')}\n${five.join('\n')}\n`,
  'src/base/twice.test.ts': `// Twice.\n${five.join('\n')}\n${'\n'.repeat(3)}// here\n  ${six.join('\n\n   // and\n ').replace(' = ', '  =  ')}\n`,
  'src/base/c.test.ts': IMPORTS.repeat(3),
  'src/base/d.test.ts': IMPORTS.repeat(3),
};

describe('a tree that breaks each rule', () => {
  let tree: string;
  let found: Violation[];
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'jikji-ratchet-'));
    for (const name of ['biome.json', 'knip.ts', 'package.json', '.gitignore', 'tsconfig.json']) {
      copyFileSync(join(root, name), join(tree, name));
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    const files = {
      'src/cli/main.ts':
        "import { a } from '../base/a.ts';\nimport '../base/twoWords.ts';\nimport './twice.ts';\nconsole.log(a);\n",
      'src/base/a.ts':
        "import type { B } from './b.ts';\nexport const a: B = 1;\nexport type A = string;\nexport const tested = 1;\nexport const inside = () => inside;\n",
      'src/base/b.ts': "import type { A } from './a.ts';\nexport type B = A | number;\nexport const unused = 1;\n",
      'src/base/twoWords.ts': `let x = 0;\nfunction short() {\n${lines(70)}}\nfunction long() {\n${lines(90)}}\nshort();\nlong();\n`,
      'src/program/api/routes/table.ts': `let x = 0;\nexport function routes() {\n${lines(99)}}\n`,
      'src/base/a.test.ts': `import { routes } from '../program/api/routes/table.ts';\nimport { inside, tested } from './a.ts';\nlet x = 0;\nfunction f() {\n${lines(99)}}\nf();\nroutes();\ninside();\ntested;\n`,
      ...TWICE,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    found = violationsIn(tree);
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test('each is found in its place, and nothing else', () => {
    expect(found.map(({ rule, file, line }) => `${rule} ${file}:${line}`)).toEqual([
      'circular-import src/base/a.ts:1',
      'circular-import src/base/b.ts:1',
      'file-name src/base/twoWords.ts:1',
      'long-function src/base/twoWords.ts:74',
      'repetition src/base/twice.test.ts:11',
      'repetition src/cli/twice.ts:2',
      'test-only-export src/base/a.ts:4',
      'test-only-export src/program/api/routes/table.ts:1',
      'unused-export src/base/b.ts:3',
    ]);
    expect(count(found).repetition).toEqual({ 'src/base/twice.test.ts': 6, 'src/cli/twice.ts': 6 });
  });
});

const violation = (rule: string, file: string, line: number): Violation => ({ rule, file, line, why: '' });

describe('the record', () => {
  const two = [violation('long-function', 'a.ts', 1), violation('long-function', 'a.ts', 90)];
  const recorded = { 'long-function': { 'a.ts': 2 } };

  test('what is recorded passes', () => {
    expect(unrecorded(two, recorded)).toEqual([]);
    expect(gone(two, recorded)).toEqual([]);
    expect(count(two)).toEqual(recorded);
  });

  test('a repetition that grows is new', () => {
    const twice = (times: number) => [{ ...violation('repetition', 'a.ts', 1), times }];
    const before = count(twice(8));
    expect(before).toEqual({ repetition: { 'a.ts': 8 } });
    expect(unrecorded(twice(8), before)).toEqual([]);
    expect(unrecorded(twice(9), before)).toEqual(twice(9));
    expect(lowered(twice(7), before)).toEqual({ repetition: { 'a.ts': 7 } });
  });

  test('one more in the same file, or in another one, or of another rule, is new', () => {
    const three = [...two, violation('long-function', 'a.ts', 200)];
    expect(unrecorded(three, recorded)).toEqual(three);
    for (const other of [violation('long-function', 'b.ts', 1), violation('file-name', 'a.ts', 1)]) {
      expect(unrecorded([...two, other], recorded)).toEqual([other]);
    }
  });

  test('one less has to be recorded', () => {
    expect(gone(two.slice(1), recorded)).toEqual(['a.ts: long-function: 2 recorded, 1 found']);
    expect(lowered(two.slice(1), recorded)).toEqual({ 'long-function': { 'a.ts': 1 } });
    expect(lowered([], recorded)).toEqual({});
  });

  test('nothing new gets into the record', () => {
    const others = [...two, violation('long-function', 'a.ts', 200), violation('file-name', 'B.ts', 1)];
    expect(lowered(others, recorded)).toEqual(recorded);
  });
});

describe('the list of flaky tests', () => {
  const since = (day: string, test = 'src/a.test.ts') => ({ test, day, cause: 'not found' });

  test('five of two weeks may stand', () => {
    expect(flakyFaults(Array(5).fill(since('2026-11-23')), '2026-12-07')).toEqual([]);
  });

  test.each([
    ['a sixth', Array(6).fill(since('2026-12-07')), '6 flaky tests, at most 5 may be'],
    ['a day too old', [since('2026-11-22')], 'src/a.test.ts: flaky since 2026-11-22, more than 14 days: mend it'],
    ['a day to come', [since('2026-12-08')], 'src/a.test.ts: needs a test, a day that was, and a cause'],
    ['no such day', [since('2026-13-01')], 'src/a.test.ts: needs a test, a day that was, and a cause'],
    ['another form of day', [since('7 December 2026')], 'src/a.test.ts: needs a test, a day that was, and a cause'],
    ['no cause', [{ ...since('2026-12-07'), cause: ' ' }], 'src/a.test.ts: needs a test, a day that was, and a cause'],
    ['no test', [since('2026-12-07', '')], ': needs a test, a day that was, and a cause'],
  ])('%s is a fault', (_, tests, fault) => {
    expect(flakyFaults(tests, '2026-12-07')).toEqual([fault]);
  });
});
