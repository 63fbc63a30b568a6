// The verb eval from outside: JSON, the table, exit codes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { callApart, callsIn, succeed, workFolder } from './testing/bad-input.ts';

const folder = workFolder();
const { jikji, refused } = callsIn(folder);
beforeAll(async () => {
  await succeed(jikji`make t.yaml --out run`);
  writeFileSync(
    join(folder, 'task.yaml'),
    'kind: multiple-choice\ndata: { file: rows.csv }\nchoices: ["{{ good }}", "{{ bad }}"]\nanswer: "0"\nmetrics: [acc]\n',
  );
  writeFileSync(join(folder, 'rows.csv'), 'good,bad\nthe river,river the\n"a ship, at sea",at a sea ship\n');
});

test('one JSON object on stdout, progress on stderr', () => {
  const { status, stdout, stderr } = callApart(folder, argv`eval run --task task.yaml --peers p.json`);
  expect(status).toBe(0);
  expect(stderr).toBe('evaluating task (1 of 1) ...\n');
  const { results, statements, tokens, ...rest } = JSON.parse(stdout);
  expect(results).toEqual([
    { task: 'task', metric: 'acc', value: expect.any(Number), stderr: expect.any(Number), n: 2 },
  ]);
  expect(statements).toEqual([expect.stringMatching(/^run\/evaluations\/task-[0-9a-f]{8}\.json$/)]);
  expect(tokens).toBeGreaterThan(10);
  expect(rest).toMatchObject({ model: 'run', digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('a table for people', async () => {
  const { stdout, stderr } = await succeed(jikji`eval run --task task.yaml --limit 1 --items i.jsonl`);
  expect(JSON.parse(readFileSync(join(folder, 'i.jsonl'), 'utf8'))).toMatchObject({
    task: 'task',
    item: 1,
    acc: expect.any(Number),
  });
  expect(JSON.parse(stdout).results[0]).toMatchObject({ n: 1, stderr: null });
  expect(stderr).toContain('evaluating task');
});

test('an error is printed in two lines', async () => {
  const told = typed((args) => refused`eval ${args}`);
  expect(await told`run --task tusk.yaml`).toMatchObject({ code: 'file-missing', input: 'tusk.yaml' });
  expect(await told`run --task kobest_boolk`).toMatchObject({ hint: 'did you mean kobest_boolq?' });
  expect(await told`run --task kmmlu`).toMatchObject({ code: 'task-data-missing' });
  expect(await told`run --limit 0`).toMatchObject({ code: 'usage' });
  expect(await told`run --task task.yaml --key nobody`).toMatchObject({ code: 'key-missing' });
  expect(await told`nothing`).toMatchObject({ code: 'model-missing' });
  writeFileSync(
    join(folder, 'typo.yaml'),
    'kind: perplexity\ndata: { file: rows.csv }\ntext: "{{ goood }}"\nmetrics: [bits_per_byte]\n',
  );
  expect(await told`run --task typo.yaml`).toMatchObject({
    code: 'task-template',
    message: 'no column has the name goood (row 1)',
    hint: 'did you mean good?',
  });
  expect(await told`run --task task.yaml --out rows.csv/x.json`).toMatchObject({ code: 'not-writable' });
});
