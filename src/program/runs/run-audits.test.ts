// What is known of the audits of a run: the running one, the latest result and whether it is of the files as they are; and ending one.

import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { claimOf, noteAudit, type Standing } from '../../audit/index.ts';
import { Bench, changeTensor } from '../../audit/testing/run.ts';
import { defaultSigner, digestOfFile } from '../../ledger/index.ts';
import { noteRun } from '../../run-folder/index.ts';
import { Runs } from './index.ts';

worksRunHere();

const DEED = new URL('../intake/testing/deed.ts', import.meta.url).href;
const bench = new Bench();
let run: string;
let runs: Runs;
beforeAll(async () => {
  vi.stubEnv('XDG_STATE_HOME', join(bench.folder, 'state'));
  run = await bench.make(defaultSigner(() => {}));
});
beforeEach(() => {
  vi.stubEnv('XDG_STATE_HOME', join(bench.folder, 'state'));
  runs = new Runs({ threads: 1 });
});
afterEach(async () => {
  await runs.close();
  vi.unstubAllEnvs();
});
afterAll(() => bench.remove());

/** The id of a copy of the run, and its folder. */
async function copied(): Promise<{ id: string; folder: string }> {
  const folder = bench.copy(run);
  noteRun(folder);
  const all = await new Runs().list();
  return { id: all.map((one) => one.id).find((one) => runs.folder(one) === folder)!, folder };
}
const hang = (): void => {
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'audit.child hang');
};

test('nothing is known before an audit; then the running one, then its result', async () => {
  const { id } = await copied();
  expect(runs.audits.ofRun(id)).toEqual({ running: null, failed: null, last: null, results: [] });
  expect(() => runs.audits.ofRun('none')).toThrow(expect.objectContaining({ code: 'run-unknown' }));
  const audit = runs.audits.start(id, { replay: 0 });
  expect(runs.audits.ofRun(id)).toMatchObject({ running: { id: audit.id }, last: null });
  await runs.audits.ended();
  const { running, failed, last } = runs.audits.ofRun(id);
  expect([running, failed, last?.current, last?.audit.id]).toEqual([null, null, true, audit.id]);
  expect(last!.audit.verdict).not.toBeNull();
  // What is given out is a copy.
  last!.audit.verdict = 'refuted';
  expect(runs.audits.ofRun(id).last!.audit.verdict).not.toBe('refuted');
});

test('a result of files that have changed is not of the run as it is', async () => {
  const { id, folder } = await copied();
  runs.audits.start(id, { replay: 0 });
  await runs.audits.ended();
  appendFileSync(join(folder, 'transcript.jsonl'), '\n');
  expect(runs.audits.ofRun(id).last).toMatchObject({ current: false });
});

test('a later audit that finds nothing does not hide a refutation', async () => {
  const { id, folder } = await copied();
  changeTensor(folder, 12, 'model.norm.weight', (values) => {
    values[0]! += 1e-3;
  });
  const bad = runs.audits.start(id, { replay: 'all' });
  await runs.audits.ended();
  expect(runs.audits.get(bad.id).verdict).toBe('refuted');
  // With the state as it was the next one finds nothing, and does not stand in its place: genesis, transcript and seal are the same.
  cpSync(join(run, 'checkpoints'), join(folder, 'checkpoints'), { recursive: true });
  const second = runs.audits.start(id, { replay: 0 });
  await runs.audits.ended();
  expect(runs.audits.get(second.id)).toMatchObject({ state: 'done', verdict: expect.not.stringMatching('refuted') });
  expect(runs.audits.ofRun(id)).toMatchObject({ failed: null, last: { current: true, audit: { id: bad.id } } });
});

test('a running audit is ended on request, and only that one', async () => {
  hang();
  const [one, other] = [await copied(), await copied()];
  const first = runs.audits.start(one.id, {});
  const second = runs.audits.start(other.id, {});
  const ended = await runs.audits.stop(first.id);
  expect(ended).toMatchObject({ id: first.id, state: 'failed', verdict: null, error: { code: 'interrupted' } });
  expect(runs.audits.get(second.id).state).toBe('running');
  expect(await runs.audits.stop(first.id)).toEqual(ended);
  expect(runs.audits.ofRun(one.id)).toMatchObject({ running: null, failed: { id: first.id }, last: null });
  await expect(runs.audits.stop('x')).rejects.toThrow(expect.objectContaining({ code: 'audit-unknown' }));
});

const TIME = '2026-03-01T12:00:00.000Z';
const start: Standing = {
  ...{ beginning: { kind: 'drawn' }, verdict: 'holds', extent: 'self', data: 'sources', share: 0.14, chance: null },
};
const note = (folder: string, standing: Standing = start): void =>
  noteAudit(folder, { ...standing, claim: claimOf(start, 'en'), time: TIME });

test('what npm start noted of a run is known for this seal alone', async () => {
  const { id, folder } = await copied();
  const seal = digestOfFile(join(folder, 'seal.json'));
  note(folder);
  const { results, last } = runs.audits.ofRun(id);
  expect(last).toBeNull();
  expect(results).toMatchObject([{ by: 'start', verdict: 'holds', time: TIME, fromSources: true }]);
  for (const lang of ['en', 'ko'] as const) {
    const { word, reach, data } = claimOf(start, lang);
    expect(results[0]!.claim[lang]).toMatchObject({ word, reach, data });
  }
  // The receipts of its answers know the same.
  expect(runs.audits.ofSeal(id, seal)).toEqual([{ seal, standing: start, ended: TIME, noted: true }]);
  expect(runs.audits.ofSeal(id, 'f'.repeat(64))).toEqual([]);
  // A note of nonsense, of another seal, and one that does not hold say nothing.
  for (const other of [{ extent: 'everything' }, { verdict: 'incomplete' }]) {
    note(folder, { ...start, ...other } as Standing);
    expect(runs.audits.ofRun(id).results).toEqual([]);
    expect(runs.audits.ofSeal(id, seal)).toEqual([]);
  }
  note(folder);
  appendFileSync(join(folder, 'seal.json'), '\n');
  expect(runs.audits.ofRun(id).results).toEqual([]);
});

test('what an earlier audit has shown stays beside a later one that looked at less', async () => {
  const { id, folder } = await copied();
  note(folder);
  runs.audits.start(id, { replay: 0 });
  await runs.audits.ended();
  const { results, last } = runs.audits.ofRun(id);
  expect(last).toMatchObject({ current: true });
  expect(results.map(({ by, fromSources }) => [by, fromSources])).toEqual([
    ['server', false],
    ['start', true],
  ]);
  expect(results[0]).toMatchObject({ verdict: last!.audit.verdict, claim: last!.audit.claim, time: last!.audit.ended });
  const seal = digestOfFile(join(folder, 'seal.json'));
  expect(runs.audits.ofSeal(id, seal).map(({ noted }) => noted)).toEqual([false, true]);
  // What this server found of other files is no result of these; the note is about the seal.
  appendFileSync(join(folder, 'transcript.jsonl'), '\n');
  expect(runs.audits.ofRun(id)).toMatchObject({ last: { current: false }, results: [{ by: 'start' }] });
});

test('a refutation stands first whatever comes later, and takes the note of an earlier audit back', async () => {
  const { id, folder } = await copied();
  note(folder);
  changeTensor(folder, 12, 'model.norm.weight', (values) => {
    values[0]! += 1e-3;
  });
  runs.audits.start(id, { replay: 'all' });
  await runs.audits.ended();
  expect(runs.audits.ofRun(id).results.map(({ by, verdict }) => [by, verdict])).toEqual([['server', 'refuted']]);
  // A server that is started later knows no refutation, and no note that the run holds.
  expect(new Runs({ threads: 1 }).audits.ofRun(id).results).toEqual([]);
  note(folder, { ...start, share: 0.5 });
  cpSync(join(run, 'checkpoints'), join(folder, 'checkpoints'), { recursive: true });
  runs.audits.start(id, { replay: 0 });
  await runs.audits.ended();
  expect(runs.audits.ofRun(id).results.map(({ by }) => by)).toEqual(['server', 'server', 'start']);
  expect(runs.audits.ofRun(id).results.map(({ verdict }) => verdict === 'refuted')).toEqual([true, false, false]);
});
