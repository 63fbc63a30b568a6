// Answers judged by a task's template and schema, in a process apart: verdicts, faults of the task, and what never ends.

import { expect, test } from 'vitest';
import { inProcesses, worksRunHere } from '../../apart/testing/works-here.ts';
import type { Judging } from './judge.ts';
import { judgeApart } from './sandbox.ts';

worksRunHere();

const rows = [{ sum: 3 }, { sum: 5 }, { sum: 7 }];
const files = [{ name: 'a.jsonl', bytes: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')) }];
const judging = (more: Partial<Judging>): Judging => ({ task: 't.yaml', files, macros: '', ...more });

test('a template sees its row and the answer', async () => {
  const judge = "{% if 'half' in response %}0.5{% else %}{{ response|int == sum }}{% endif %}";
  const verdicts = await judgeApart(judging({ judge }), ['3', '6', 'half of it']);
  expect(verdicts).toEqual([{ judged: 1 }, { judged: 0 }, { judged: 0.5 }]);
  // A column of that name is hidden: what is judged is the answer.
  const named = judging({
    judge: '{{ response }}',
    files: [{ name: 'a.jsonl', bytes: Buffer.from('{"response": 1}') }],
  });
  expect(await judgeApart(named, ['false'])).toEqual([{ judged: 0 }]);
});

test('a schema: JSON of it is valid, whatever its spaces and order', async () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { enum: ['x', 'y'] } },
    required: ['a'],
    additionalProperties: false,
  };
  const texts = ['{"b":"x", "a":1}', '\n{ "a" : 2 }', '{"a":1.5}', '{"b":"x"}', '{"a":1,"c":2}', '{"a":1', 'a', ''];
  const verdicts = await judgeApart(judging({ schema }), texts);
  expect(verdicts.map(({ valid }) => valid)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
});

test.each([
  ['judge', { judge: '{{ sum }}' }, 'task-template', /gives "3": not true, false or a number from 0 to 1 \(row 1\)/],
  ['unknown name', { judge: '{{ respones }}' }, 'task-template', /no column has the name respones/],
  ['syntax', { judge: '{% if %}' }, 'task-template', /./],
  ['schema', { schema: { type: 'objekt' } }, 'task-schema', /cannot be used: schema is invalid/],
  ['format', { schema: { type: 'string', format: 'date' } }, 'task-schema', /unknown format "date"/],
  ['keyword', { schema: { propertys: {} } }, 'task-schema', /unknown keyword: "propertys"/],
  ['elsewhere', { schema: { $ref: 'http://127.0.0.1/x.json' } }, 'task-schema', /can't resolve reference/],
])('a fault of the task: %s', async (_, more, code, message) => {
  await expect(judgeApart(judging(more), ['1'])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('what never ends is ended, and so is what eats memory', () =>
  inProcesses(async () => {
    const limits = { reading: 2, rendering: 2 };
    const endless = '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}true';
    await expect(judgeApart(judging({ judge: endless }), ['1'], limits)).rejects.toMatchObject({
      code: 'task-template',
    });
    const slow = { type: 'string', pattern: '^(a+)+$' };
    const text = JSON.stringify(`${'a'.repeat(60)}!`);
    await expect(judgeApart(judging({ schema: slow }), [text], limits)).rejects.toMatchObject({
      code: 'task-schema',
      message: expect.stringMatching(/did not end within 2 s/),
    });
  }));
