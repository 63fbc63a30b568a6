// The check of the floors, on a small tree of its own.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFloors, importsOf, PARSES } from './check-floors.ts';

function check(files: Record<string, string>): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'jikji-floors-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, 'src', path)), { recursive: true });
    writeFileSync(join(tree, 'src', path), text);
  }
  return checkFloors(tree).map(({ file, line, why }) => `${file}:${line} ${why.split(': ').at(-1)}`);
}

test('what the house allows', () => {
  expect(
    check({
      'cli/a.ts':
        "import { x } from '../foundry/index.ts';\nimport '../foundry/recipe/index.ts';\nimport { y } from './b.ts';\nimport { z } from 'zod';",
      'foundry/make.ts': "import { c } from './corpus/index.ts';\nimport { b } from '../base/index.ts';",
      'foundry/train/a.ts': "import { m } from '../model/index.ts';\nimport fs from 'node:fs';\nimport './deep/b.ts';",
      'foundry/train/a.test.ts':
        "import { o } from '../../engine/testing/oracle/all.ts';\nimport { test } from 'vitest';",
      'foundry/train/testing/b.ts': "import { x } from '../../../engine/pool.ts';",
      'foundry/train/c.test.ts': "import { make } from '../make/index.ts';",
      'console/page.tsx':
        "import type { Api } from '../program/api/index.ts';\nimport { f } from '../page-kit/index.ts';",
      'program/api/a.ts': "import { p } from '../office/index.ts';\nimport { Hono } from 'hono';",
      'program/api/b.ts': 'const shape = z.record(key, value); // programme.record(actor, [])',
      'program/office/a.ts': 'await programme.record(actor, []);',
      'cli/a.test.ts': "await programme.record('a', []);",
      'base/lock.ts': 'JSON.parse(text);',
      'ledger/a.test.ts': 'JSON.parse(text);',
      'console/a.ts': 'JSON.parse(text);',
      'program/api/c.ts': 'return c.json(z.json());',
      'base/a.ts': "// import { x } from '../cli/a.ts';\nconst s = \"import { x } from '../cli/a.ts'\";",
    }),
  ).toEqual([]);
});

test.each([
  ['base/a.ts', "import { x } from '../ledger/index.ts';", '1 base is below ledger'],
  ['engine/a.ts', "\n\nimport type { x } from '../foundry/index.ts';", '3 engine is below foundry'],
  [
    'cli/a.ts',
    "import {\n  x,\n  y,\n} from '../foundry/make.ts';",
    '4 foundry is entered through foundry/index.ts only',
  ],
  ['cli/a.ts', "const x = await import('../engine/pool.ts');", '1 engine is entered through engine/index.ts only'],
  [
    'cli/a.ts',
    "export * from '../foundry/recipe/read.ts';",
    '1 foundry/recipe is entered through foundry/recipe/index.ts only',
  ],
  [
    'serve/a.ts',
    "new Worker(new URL('../engine/worker.ts', import.meta.url));",
    '1 engine is entered through engine/index.ts only',
  ],
  [
    'foundry/train/a.ts',
    "import { x } from '../model/layer.ts';",
    '1 foundry/model is entered through foundry/model/index.ts only',
  ],
  [
    'foundry/train/a.ts',
    "import { x } from '../make.ts';",
    '1 foundry/train is a room of foundry, which stands above it',
  ],
  ['foundry/train/a.ts', "import { z } from 'zod';", '1 the core has no dependencies at run time'],
  ['engine/a.test.ts', "import { x } from '../foundry/oracle.ts';", '1 engine is below foundry'],
  ['foundry/b.ts', "import { x } from '../engine/pool.ts';", '1 engine is entered through engine/index.ts only'],
  ['engine/a.ts', "/* a comment\n */ import { x } from '../cli/a.ts';", '2 engine is below cli'],
  [
    'console/a.ts',
    "import { x } from '../program/index.ts';",
    '1 the console knows only program/api/index.ts and page-kit/index.ts',
  ],
  ['cli/a.ts', "import { x } from '../library/index.ts';", '1 the library is for other programs'],
  ['audit/a.ts', "import { x } from '../library/index.ts';", '1 the library is for other programs'],
  ['program/office/a.ts', "import { x } from '../api/index.ts';", '1 program/office is below program/api'],
  ['foundry/recipe/a.ts', "import type { X } from '../train/index.ts';", '1 foundry/recipe is below foundry/train'],
  ['cli/a.ts', '\nawait programme.record(actor, [entry]);', '2 an act of the office does'],
  ['program/api/a.ts', 'await shown.programme.recordOnce(actor, () => []);', '1 an act of the office does'],
  ['attic/a.ts', '', '1 on no floor'],
  ['ledger/a.ts', '// JSON.parse\nconst value = JSON.parse(text);', '2 calls JSON.parse'],
  ['ledger/a.ts', 'lines.map(JSON.parse);', '1 calls JSON.parse'],
  ['program/runs/a.ts', 'const { error } = (await answer.json()) as { error: Failure };', '1 calls JSON.parse'],
])('%s with %j', (path, text, expected) => {
  const found = check({ [path]: text });
  expect(found).toHaveLength(1);
  expect(found[0].startsWith(`src/${path}:${expected}`)).toBe(true);
});

test.each(Object.keys(PARSES))('%s, which may call JSON.parse, does', (path) => {
  expect(readFileSync(new URL(`../src/${path}`, import.meta.url), 'utf8')).toContain('JSON.parse(');
});

test('imports are found in every form, comments and strings are not imports', () => {
  const text = `import a from './a.ts';
import type { B } from "./b.ts"
export { c } from './c.ts'; // from './no.ts'
import './d.ts';
const e = await import( './e.ts' );
const url = 'https://example.org'; const f = import(\`./f.ts\`);
/* import './no.ts' */
const text = "import x from './no.ts'; await import('./no.ts')";
`;
  expect(importsOf(text).map((i) => `${i.line} ${i.specifier}`)).toEqual([
    '1 ./a.ts',
    '2 ./b.ts',
    '3 ./c.ts',
    '4 ./d.ts',
    '5 ./e.ts',
    '6 ./f.ts',
  ]);
});
