// Comparisons of weights in a stage, on runs that were made for it: one team builds on a reference model, another on a team's run.

import { appendFileSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { Bench } from '../../audit/testing/run.ts';
import { parseStatement } from '../../ledger/index.ts';
import { makeSketch } from '../../lineage/index.ts';
import { comparisonsShown } from '../comparisons/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { lackingOf } from '../due/index.ts';
import { ACTS } from '../office/index.ts';
import { byOffice } from '../office/testing/office.ts';
import type { Programme } from '../programme/index.ts';
import { comparisonsOf, findingProposals } from '../state/index.ts';
import { comparePair } from './compare.ts';
import { type IntakeEvent, submit, work } from './index.ts';
import { bookWith, Office, openStage } from './testing/intake.ts';

worksRunHere();

const DEED = new URL('./testing/deed.ts', import.meta.url).href;

const bench = new Bench();
const maker = bench.strangersKey('maker');
const key = bench.strangersKey('office');
const office = new Office();
const RUN = { train: { steps: 6, keepEvery: 6, checkpointEvery: 6 } };
/** What the rule book says of comparisons, but for its references. */
const RULES = { components: { tokenizer: ['tokenizer'], mlp: ['units'] } };
const SOURCE = { publisher: 'made for this test' };

let programme: Programme;
let known: { model: string; digest: string; sketch: string };
let [a, b, c] = ['', '', ''];

beforeAll(async () => {
  const reference = await bench.make(maker, { ...RUN, seed: 7 });
  const path = join(bench.folder, 'known.sketch');
  const { digest, sha256 } = makeSketch(reference, { out: path, rows: 256 });
  known = { model: 'Known', digest, sketch: sha256 };
  mkdirSync(join(office.files, 'references'), { recursive: true });
  copyFileSync(path, join(office.files, 'references', `${known.sketch}.sketch`));
  a = await bench.make(maker, RUN);
  b = await bench.make(maker, { ...RUN, name: 'built', from: { run: a } });
  c = await bench.make(maker, { ...RUN, name: 'derived', from: { run: reference } });
  programme = await office.open();
  const lineage = { ...RULES, references: [{ ...known, source: SOURCE }] };
  await openStage(programme, 1, { office: key, lineage });
}, 600_000);
afterAll(async () => {
  await programme.close();
  bench.remove();
  office.remove();
});
afterEach(() => vi.unstubAllEnvs());

const give = async (path: string, consortium: string): Promise<string> =>
  (await submit(programme, office.files, { path, stage: 's1', consortium, actor: `consortium:${consortium}` }))
    .submission;

async function worked() {
  const events: IntakeEvent[] = [];
  const options = {
    untilEmpty: true,
    signer: async () => key,
    onEvent: (event: IntakeEvent) => void events.push(event),
  };
  return { counts: await work(programme, office.files, options), events };
}

/** By submission and by what it was compared with. */
const units = () =>
  Object.fromEntries(
    comparisonsOf(programme.tables, 's1').map(({ submission, with: other, found }) => [
      `${submission[0]} ${'reference' in other ? other.reference : other.submission[0]}`,
      found?.groups.find(({ kind }) => kind === 'units')?.verdict ?? null,
    ]),
  );

test('each submission is compared with the reference and with those before it; what is shared becomes a proposal', async () => {
  const [first, second, third] = [await give(a, 'a'), await give(b, 'b'), await give(c, 'c')];
  const { counts } = await worked();
  expect(counts).toMatchObject({ audited: 3, compared: 6, refused: 0 });
  expect(units()).toEqual({
    'a Known': 'none',
    'b Known': 'none',
    'b a': 'shares',
    'c Known': 'shares',
    'c a': 'none',
    'c b': 'none',
  });
  const proposals = findingProposals(programme.tables, 's1').filter(({ component }) => component === 'mlp');
  const about = ({ submission, consortium, verdict, from }: (typeof proposals)[number]) => [
    ...[submission, consortium, verdict],
    from,
  ];
  expect(proposals.map(about)).toEqual([
    [second, 'b', 'derived', { submission: first }],
    [third, 'c', 'derived', { reference: 'Known' }],
  ]);
  expect(proposals[0]!.comparison.found!.kinship).toBe('begins-from-reference');
  for (const { found, report } of comparisonsOf(programme.tables, 's1')) {
    const { keyid, subjects } = parseStatement(report!, 'lineage', 'report');
    expect(keyid).toBe(key.fingerprint);
    expect([subjects.get('suspect'), subjects.get('reference/1')]).toEqual([
      found!.digests.suspect,
      found!.digests.reference,
    ]);
  }
  const open = lines().filter((line) => line.includes('proposed finding'));
  expect(open.filter((line) => line.includes('mlp'))).toHaveLength(2);
});

/** What the stage lacks, in English. */
function lines(): string[] {
  return lackingOf(programme.tables, 's1').map(({ text }) => text.en);
}

test('the panel signs one proposal and rejects another, with its key', async () => {
  const panel = bench.strangersKey('panel');
  for (const { id: proposal, consortium, component } of findingProposals(programme.tables, 's1')) {
    const common = { stage: 's1', by: 'Panel', proposal };
    if (component !== 'mlp' || consortium === 'c')
      await ACTS.rejectProposal.run(programme, { ...common, reason: 'it said so itself' }, byOffice(panel));
    else {
      const finding = { ...common, consortium, component, verdict: 'derived' as const, text: 'by the weights' };
      await ACTS.addFinding.run(programme, finding, byOffice(panel));
    }
  }
  expect(findingProposals(programme.tables, 's1').every(({ answer }) => answer !== null)).toBe(true);
  expect(lines().filter((line) => line.includes('proposed'))).toEqual([]);
  expect(programme.tables.all('rejections').every(({ signedBy }) => signedBy === panel.fingerprint)).toBe(true);
  expect(programme.tables.of('findings', 'consortium', 'b')).toMatchObject([{ signedBy: panel.fingerprint }]);
  const { proposal } = programme.tables.all('rejections')[0]!;
  const again = ACTS.rejectProposal.run(programme, { stage: 's1', by: 'P', proposal, reason: 'no' }, byOffice(panel));
  await expect(again).rejects.toMatchObject({ code: 'proposal-answered' });
});

test('a pair over which workers ended is recorded as not possible, and the next ones are compared; a copy is told as one', async () => {
  const copy = bench.copy(c);
  appendFileSync(join(copy, 'sessions.jsonl'), '{}\n');
  const { take } = programme.store.jobs;
  vi.spyOn(programme.store.jobs, 'take').mockImplementation(async (now) => {
    const job = await take(now);
    return job?.kind === 'compare' ? { ...job, attempts: job.attempts + 3 } : job;
  });
  const taken = await give(copy, 'a');
  expect((await worked()).counts).toMatchObject({ audited: 1, compared: 3, refused: 0 });
  vi.restoreAllMocks();
  const [first, ...others] = programme.tables.of('comparisons', 'submission', taken);
  expect(first).toMatchObject({ found: null, failure: { code: 'comparison-kills' } });
  const shown = comparisonsShown(programme.tables, 's1').find(({ problem }) => problem !== null)!;
  expect(shown.problem!.en).toMatch(/^not compared \(comparison-kills\): its comparison ended .* 3 times/);
  expect(shown.problem!.ko).toMatch(/^비교하지 못함 \(comparison-kills\): 비교 작업 때문에 .* 3번/);
  expect(shown).not.toHaveProperty('reasonInEnglish');
  expect(others.map(({ failure }) => failure)).toEqual([null, null]);
  expect(lines()).toContainEqual(expect.stringContaining('(comparison-kills)'));
  const proposals = findingProposals(programme.tables, 's1').filter(({ answer }) => answer === null);
  expect(proposals.filter(({ component }) => component === 'mlp')).toMatchObject([
    { submission: taken, consortium: 'a', verdict: 'frozen-foreign' },
  ]);
});

test('a sketch that is not there or not the named one, a comparison that hangs or crashes: a failure, in words without paths', async () => {
  const submission = programme.tables.of('submissions', 'consortium', 'a')[0]!.id;
  const pair = { submission, with: { reference: 'Known' } };
  /** Compares by a rule book with other words about the reference. */
  async function failure(reference: Partial<typeof known>, seconds = 600): Promise<string> {
    const lineage = { ...RULES, seconds, references: [{ ...known, ...reference, source: SOURCE }] };
    const log = new Log().found(['a']).open(['a'], bookWith({}, 1, lineage));
    const { tables } = log;
    const row = { ...programme.tables.get('submissions', submission)! };
    tables.put('submissions', { ...row, stage: 's1' });
    const temporary = join(office.files, 'job-test.tmp');
    mkdirSync(temporary, { recursive: true });
    const context = { programme: { tables } as Programme, files: office.files, temporary, signal: undefined };
    const result = await comparePair({ ...context, signer: async () => undefined, onPart: () => {} }, pair);
    rmSync(temporary, { recursive: true });
    expect(result!.found).toBeNull();
    expect(result!.failure!.message).not.toContain(office.files);
    expect(result!.failure!.messageKo).toMatch(/니다/);
    expect(result!.failure!.messageKo).not.toContain(office.files);
    return result!.failure!.code;
  }
  expect(await failure({ sketch: '0'.repeat(64) })).toBe('reference-missing');
  expect(await failure({ digest: '0'.repeat(64) })).toBe('reference-differs');
  const forged = '1'.repeat(64);
  writeFileSync(join(office.files, 'references', `${forged}.sketch`), 'another sketch');
  expect(await failure({ sketch: forged })).toBe('reference-differs');
  vi.stubEnv('NODE_OPTIONS', `--import ${DEED}`);
  vi.stubEnv('JIKJI_TEST_DEED', 'compare hang');
  expect(await failure({}, 1)).toBe('comparison-too-long');
  vi.stubEnv('JIKJI_TEST_DEED', 'compare crash');
  expect(await failure({})).toBe('comparison-crashed');
});
