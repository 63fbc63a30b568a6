// Templates that hang, exhaust memory or reach outside end in a clear error; permitted templates work.

import { expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import type { Job } from './render.ts';
import { renderApart } from './sandbox.ts';

const rows = [
  { a: '물 x', list: ['p', 'q'], nested: { deep: { er: 1 } }, 'odd name': 2, range: 3 },
  { a: 'y', extra: true },
];
const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'));

const job = (templates: Job['templates'], more: Partial<Job> = {}): Job => ({
  files: [{ name: 'a.jsonl', bytes }],
  exampleFiles: undefined,
  examples: 0,
  limit: undefined,
  macros: '',
  templates,
  ...more,
});

test('a row by its columns, by `row` and through macros; the last line break stays', async () => {
  const { rows: made, of } = await renderApart(
    't',
    job(
      {
        question:
          "  {% if extra %}\n  {{ twice(a) }}{% endif %} {{ row['odd name'] }}|{{ row.nothing }}|{{ range(2) }}\n",
        choices: '{{ row.list or [1, "two"] }}',
        by: '{{ row.nested.deep.er }}',
      },
      { macros: '{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}\n\n' },
    ),
  );
  expect(of).toBe(2);
  expect(made).toEqual([
    { row: 1, question: '   2||[0, 1]\n', choices: ['p', 'q'], by: '1' },
    { row: 2, question: '  \n  yy ||[0, 1]\n', choices: ['1', 'two'], by: '' },
  ]);
});

test('a limit, and examples that are not scored', async () => {
  const some = await renderApart('t', job({ question: '{{ a }}' }, { examples: 1, limit: 5 }));
  expect(some).toEqual({ examples: [{ row: 1, question: '물 x' }], rows: [{ row: 2, question: 'y' }], of: 1 });
  const other = await renderApart(
    't',
    job({ question: '{{ a }}' }, { examples: 2, limit: 1, exampleFiles: [{ name: 'b.jsonl', bytes }] }),
  );
  expect(other).toMatchObject({ of: 2, rows: [{ row: 1 }], examples: [{ row: 1 }, { row: 2 }] });
});

test('a template sees only the row', async () => {
  const names = ['process', 'require', 'constructor', '__proto__', 'strftime_now'];
  for (const name of process.env.JIKJI_TORTURE ? names : ['process', '__proto__', 'strftime_now']) {
    await expect(renderApart('t', job({ question: `{{ ${name} }}` })), name).rejects.toMatchObject({
      code: 'task-template',
      message: `no column has the name ${name} (row 1)`,
    });
  }
  const reached = ['row', 'row.a', 'row.list', 'range', 'row.nested', 'namespace', '"x"', '[]', '{}', 'true', '1']
    .flatMap((from) => ['constructor', '__proto__', 'prototype', 'toString', 'valueOf'].map((to) => `${from}["${to}"]`))
    .map((expression) => `{{ ${expression} }}`)
    .join('');
  expect((await renderApart('t', job({ question: reached }))).rows[0].question).toBe('');
});

const GROW = (step: string) =>
  `{% set n = namespace(a='xxxxxxxx', l=[1,2]) %}{% for i in range(90) %}${step}{% endfor %}`;

test.each([
  ['a loop without end', '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}'],
  ['a giant range', '{{ range(10 ** 9) }}'],
  ['a text that doubles', `${GROW('{% set n.a = n.a ~ n.a %}')}{{ n.a }}`],
  ['a text that doubles, made flat', `${GROW('{% set n.a = (n.a ~ n.a) | upper %}')}{{ n.a }}`],
  ['a text that replaces itself', `${GROW("{% set n.a = n.a.replace('x', n.a) %}")}{{ n.a }}`],
  ['a list that doubles', `${GROW('{% set n.l = n.l + n.l %}')}{{ n.l }}`],
  ['a list inside itself', `${GROW('{% set n.l = [n.l, n.l] %}')}{{ n.l }}`],
  ['a recursion', '{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}'],
  ['brackets', `{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`],
  ['an indent', '{{ row | tojson(indent=1000000000) }}'],
  ['a long text', '{% for i in range(99999) %}xxxxxxxxxxxxxxxxxxxx{% endfor %}'],
  ['nothing that is closed', '{{ "a'],
  ['no template at all', '{% endfor %}'],
  ['a call of what is none', '{{ row() }}'],
])('%s', async (_, question) => {
  const error = await renderApart('t', job({ question }), { reading: 30, rendering: 0.5 }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(JikjiError);
  expect(error).toMatchObject({ code: 'task-template', hint: expect.stringMatching(/./) });
  expect((error as JikjiError).message.length).toBeLessThan(400);
});
