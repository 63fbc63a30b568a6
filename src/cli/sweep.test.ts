// jikji sweep as people and programs call it: JSON, the table, what its words claim, kills and Ctrl-C in the middle of a run, wrong calls.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { bitsOf, jikji as jikjiApart } from '../foundry/make/testing/cli.ts';
import type { SweepRow, SweepRun } from './rooms.ts';
import { sweepReport } from './sweep-report.ts';
import {
  call,
  callHere,
  callsIn,
  environment,
  errorOf,
  RECIPE,
  succeed,
  tree,
  workFolder,
} from './testing/bad-input.ts';

const folder = workFolder();
const { jikji, refused, result } = callsIn(folder);

const OVER = argv`--over train.learningRate=1e-3,1e-2 --over seed=1,2`;
const sweep = typed((args) => argv`sweep t.yaml --threads 1 ${args}`);
const at = (...path: string[]) => join(folder, ...path);

test('--json: runs, rows, best; the printed command makes the best recipe', async () => {
  const { stdout, stderr } = await succeed(jikji`${sweep`${OVER}`}`);
  const { sweep: out, runs, rows, best, otherValidation } = JSON.parse(stdout);
  expect(out).toBe('runs/t-sweep');
  expect(runs).toHaveLength(4);
  const { valBitsPerByte, tokensPerSecond } = JSON.parse(readFileSync(at(runs[0].run, 'result.json'), 'utf8'));
  expect(runs[0]).toEqual({
    ...{ run: 'runs/t-sweep/learning-rate-0.001-seed-1', settings: { 'train.learningRate': 0.001 }, seed: 1 },
    ...{ state: 'finished', valBitsPerByte, tokensPerSecond, seconds: expect.any(Number), failure: null },
  });
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ settings: best.settings, n: 2, failed: 0, median: best.median, fromBest: null });
  expect(best).toMatchObject({
    ...{ settings: { 'train.learningRate': 0.01 }, n: 2, recipe: 'runs/t-sweep/best.yaml' },
    ...{ difference: rows[1].fromBest, make: expect.stringMatching(/ make runs\/t-sweep\/best\.yaml --texts \.$/) },
  });
  expect(otherValidation).toEqual([]);
  expect(stderr).toContain('[4/4] train.learningRate=1e-2  seed=2');
  const { runs: listed } = await result`runs`;
  expect(listed.map(({ name }: { name: string }) => name)).toContain('t-learning-rate-0.01-seed-2');

  const words = best.make.slice(best.make.indexOf(' make ') + 1).split(' ');
  const made = await succeed(jikji`${words} --threads 1`);
  expect(JSON.parse(made.stdout).run).toBe('runs/t-best');
});

test('for people: a table, and the same call again makes nothing', async () => {
  const before = tree(at('runs'));
  const { stdout } = await succeed(callHere(folder, sweep`${OVER}`, environment(folder)));
  expect(stdout).toMatch(/^ +learningRate +seeds +median bits\/byte +least +most +time +tokens\/s$/m);
  expect(stdout).toMatch(/^best +0\.01 +2 +\d\.\d{4} +\d\.\d{4} +\d\.\d{4} /m);
  expect(stdout).toMatch(/^learning-rate-0\.001-seed-2 +2 +\d\.\d{4} .* finished$/m);
  expect(stdout).toMatch(
    /^The best two differ by \d\.\d{4} bits per byte, more than the spread of their seeds \(\d\.\d{4}\)\.$/m,
  );
  expect(stdout).not.toContain('training the model');
  expect(tree(at('runs'))).toEqual(before);
});

/** Preloaded into the process of a sweep: a signal in the middle of a change of a file. */
const signalled = (signal: NodeJS.Signals, kind: string, n: number) => ({
  cwd: folder,
  env: {
    ...environment(folder),
    NODE_OPTIONS: `--import ${new URL('../foundry/make/testing/kill.ts', import.meta.url).href}`,
    JIKJI_TEST_KILL: JSON.stringify({ signal, kind, n }),
  },
});

test.each([
  ['SIGKILL', 'while the second run trains', 'seed-2/.*transcript', 8],
  ['SIGKILL', 'while the texts are copied', 'seed-2/corpus', 4],
  ['SIGKILL', 'while the record is written', 'sweep\\.json', 5],
  ['SIGINT', 'while the second run trains', 'seed-2/.*transcript', 8],
] as const)('%s %s: the same call goes on to the same bits', async (signal, _, kind, n) => {
  const args = sweep`--over seed=1,2 --out stopped --json`;
  const ended = await jikjiApart(args, signalled(signal, kind, n));
  if (signal === 'SIGKILL') expect(ended.signal).toBe('SIGKILL');
  else {
    expect(ended).toMatchObject({ code: 130 });
    expect(JSON.parse(ended.stdout).error).toMatchObject({
      ...{ code: 'interrupted', hint: 'the same call goes on' },
      message: expect.stringMatching(/^stopped after step \d+ of 12 \(1 of 2 runs finished\)$/),
    });
  }
  await succeed(call(folder, args.slice(0, -1)));
  if (!existsSync(at('straight'))) {
    const make = argv`make t.yaml --threads 2 --set seed=2 --set name=t-seed-2 --out straight`;
    await succeed(call(folder, make));
  }
  expect(bitsOf(at('stopped/seed-2'))).toEqual(bitsOf(at('straight')));
  expect(readdirSync(at('stopped')).filter((name) => name === 'lock')).toEqual([]);
  rmSync(at('stopped'), { recursive: true });
});

test('all runs fail: the table says why, exit code 1', async () => {
  const args = sweep`--over train.batchSize=100000,200000 --out short`;
  const { status, stdout } = await callHere(folder, args, environment(folder));
  expect(status).toBe(1);
  expect(stdout).toMatch(/^ +100000 +failed +- +- +batch-size-100000$/m);
  expect(stdout).toMatch(/^failed {2}batch-size-200000: the corpus has \d+ training tokens/m);
  const json = JSON.parse((await call(folder, args)).stdout);
  expect(json).toMatchObject({ best: null, runs: [{ state: 'failed', failure: { code: 'corpus-too-small' } }, {}] });
});

test('texts that are missing end the sweep, and leave nothing', async () => {
  writeFileSync(at('missing.yaml'), RECIPE.replace('texts.jsonl', 'no-such.jsonl'));
  const args = argv`sweep missing.yaml --over seed=1,2 --out gone`;
  expect(errorOf(await call(folder, args))).toMatchObject({ code: 'source-missing' });
  expect(existsSync(at('gone'))).toBe(false);
});

test('wrong calls: said before anything is written', async () => {
  writeFileSync(at('t.yaml'), RECIPE);
  const before = tree(folder);
  const fails = typed(async (args) => await refused`${sweep`${args}`}`);
  expect(await fails``).toMatchObject({ code: 'sweep-grid', message: 'nothing is varied' });
  expect(await fails`--over seed=1,1`).toMatchObject({ code: 'sweep-grid' });
  expect(await fails`--over seed=1 --set train.step=3`).toMatchObject({ code: 'recipe-unknown-key' });
  expect(await fails`--over seed=1 --nodes 2`).toMatchObject({ message: '--nodes belongs to --on' });
  expect(await fails`--over seed=1 --on local`).toMatchObject({ code: 'usage', input: '--on local' });
  expect(await fails`--over seed=1 --out ${''}`).toMatchObject({ code: 'usage' });
  expect(await fails`--over seed=1 --out runs`).toMatchObject({ code: 'folder-not-empty' });
  expect(await refused`sweep none.yaml --over seed=1`).toMatchObject({
    code: 'recipe-not-found',
  });
  expect(tree(folder)).toEqual(before);
});

const RUN: SweepRun = {
  ...{ run: 's/x', settings: {}, seed: 1, state: 'planned', failure: null },
  ...{ valBitsPerByte: null, seconds: null, tokensPerSecond: null },
};

test('the words claim no more than the figures', () => {
  const row = (rate: number, figures: Partial<SweepRow>): SweepRow => ({
    ...{ settings: { 'train.learningRate': rate }, runs: [`s/${rate}-1`, `s/${rate}-2`], n: 2, failed: 0, open: 0 },
    ...{ median: rate, least: rate, most: rate, seconds: 100, tokensPerSecond: 5000, fromBest: null, ...figures },
  });
  const report = (rows: SweepRow[], runs: Partial<SweepRun>[] = [], otherValidation: string[] = []) => {
    const all = runs.map((run) => ({ ...RUN, ...run }));
    const best = rows.some(({ open }) => open > 0) ? null : rows[0]!;
    const outcome = { rows, best, runs: all, otherValidation };
    return sweepReport({ out: 's' }, outcome, (_, text) => text).join('\n');
  };
  const second = (withinSpread: boolean | null, rest: Partial<SweepRow> = {}) =>
    row(2, { fromBest: { bitsPerByte: 0.25, withinSpread }, ...rest });
  const within = report([row(1, { seconds: 250 }), second(true)]);
  expect(within).toContain(
    'differ by 0.2500 bits per byte, within the spread of their seeds: neither is shown to be better.',
  );
  expect(within).toMatch(/^~ +2 /m);
  expect(within).toContain('The best took 2.5 times as long as the second.');
  const unknown = report([row(1, { runs: ['s/1'], n: 1 }), second(null, { runs: ['s/2'], n: 1 })]);
  expect(unknown).toContain('The spread over seeds is not known, so this does not show that one is better');
  expect(unknown).not.toMatch(/^~/m);
  expect(report([row(1, { most: 1.125 }), second(false)])).toContain('more than the spread of their seeds (0.1250).');
  const behind = report([row(1, {}), second(false, { n: 1, failed: 1 })]);
  expect(behind).toContain('Rows of which a run failed stand behind');
  expect(behind).not.toContain('differ by');
  expect(behind).toMatch(/^ +2 +1 of 2 /m);
  const open = report([row(1, { open: 1 }), row(2, {})], [{ state: 'running' }, { state: 'finished' }]);
  expect(open).toContain('1 run of 2 not at the end yet: the order may change.');
  expect(open).not.toMatch(/^best/m);
  expect(report([row(1, {})], [{ state: 'finished' }])).toContain(
    'No validation figure in 1 run: no text was held out.',
  );
  expect(report([row(1, {})], [], ['tokenizer.vocabSize'])).toContain('may be validated on other text');
});
