// Intake of runs that another program trained: audited by their evidence alone, with words that are weaker than those of our own runs; forged and
// hostile ones.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { auditWitness, bundleRun, signWitnessAudit } from '../../audit/index.ts';
import { madeUpReport } from '../../audit/testing/signed-audit.ts';
import { toyAuditor } from '../../audit/witness/testing/toy-auditor.ts';
import { type ToyOptions, writeToyRun } from '../../audit/witness/testing/toy-run.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import {
  canonicalJson,
  digestOfCommitment,
  type Json,
  readLodgeable,
  type Signer,
  signHead,
} from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { auditShown, curveOf } from '../audits/index.ts';
import { handInAudit, takeAuditPart } from '../office/audits.ts';
import { answerLodged } from '../office/lodging.ts';
import { byOffice } from '../office/testing/office.ts';
import type { Programme } from '../programme/index.ts';
import { type IntakeEvent, modelOf, submit, work } from './index.ts';
import { Office, openStage } from './testing/intake.ts';

worksRunHere();

const runs = mkdtempSync(join(tmpdir(), 'jikji-witnessed-'));
const [maker, officeKey]: [Signer, Signer] = [key(), key()];
const office = new Office();
let programme: Programme;
let stage = 's1';

beforeAll(async () => {
  programme = await office.open();
  await openStage(programme, 1, { office: officeKey });
});
afterAll(async () => {
  await programme.close();
  office.remove();
  rmSync(runs, { recursive: true, force: true });
});

let made = 0;
const make = (options: Partial<ToyOptions> = {}) => writeToyRun(join(runs, `run-${made++}`), { maker, ...options });
const give = (path: string, consortium = 'a') =>
  submit(programme, office.files, { path, stage, consortium, actor: `consortium:${consortium}` });

/** Submits and works; the submission's id, and what the worker did. */
async function taken(folder: string): Promise<{ id: string; events: IntakeEvent[] }> {
  const { submission: id } = await give(folder);
  const events: IntakeEvent[] = [];
  await work(programme, office.files, {
    untilEmpty: true,
    signer: async () => officeKey,
    onEvent: (event) => void (event.kind !== 'progress' && events.push(event)),
  });
  return { id, events };
}
const row = (id: string) => programme.tables.get('audits', id);
const shown = (id: string) => auditShown(programme.tables, id)!;
const said = (id: string): string => JSON.stringify(shown(id).claim);
/** Words of claims about our own runs. */
const STRONG = /The claim holds|nothing else|bit for bit|주장이 성립|(?<!불)성립 \(|Holds/;

test('an honest run is audited by its evidence alone: incomplete, unsigned, unevaluated, with its curve', async () => {
  const { folder } = make({ office: officeKey });
  const { id, events } = await taken(folder);
  expect(events.map(({ kind }) => kind)).toEqual(['started', 'audited', 'finished']);
  expect(row(id)).toMatchObject({
    verdict: 'incomplete',
    reach: null,
    office: officeKey.fingerprint,
    witness: { steps: 40, drawnByOffice: 4, lodged: true },
  });
  const { checks } = row(id)!;
  const withoutCode = checks.filter(({ name }) => !['schedule', 'origin', 'replay'].includes(name));
  expect(withoutCode.map(({ name, verdict }) => [name, verdict])).toEqual(
    ['structure', 'pairs', 'optimizer', 'motion'].map((name) => [name, 'holds']),
  );
  expect(shown(id)).toMatchObject({ verdict: 'incomplete', witnessed: true, extent: null, share: null });
  expect(shown(id).claim.en.word).toBe('Incomplete (evidence alone, origin not shown)');
  expect(shown(id).claim.en.headline).toMatch(/^Nothing was trained again; only what the evidence shows/);
  expect(shown(id).claim.ko.beginning).toMatch(/^출발점 미확인/);
  expect(said(id)).not.toMatch(STRONG);
  expect(programme.tables.of('auditReports', 'submission', id)).toEqual([]);
  // Weights that lie beside the evidence are nobody's: they are neither loaded nor evaluated nor compared.
  expect(() => modelOf(programme, office.files, id)).toThrow(expect.objectContaining({ code: 'model-not-there' }));
  const { step, loss } = await curveOf(programme, id);
  expect(step).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  const lines = readFileSync(join(folder, 'transcript.jsonl'), 'utf8').trim().split('\n');
  const bits = lines.map((line) => Buffer.from(JSON.parse(line).loss, 'hex').readDoubleBE());
  expect(loss).toEqual(bits);
});

test('its bundle, and an archive of its folder, are taken as the folder is', async () => {
  const { folder } = make();
  const [tar, bundle] = [`${folder}.tar`, `${folder}.bundle`];
  execFileSync('tar', ['-cf', tar, '-C', runs, folder.slice(runs.length + 1)]);
  await bundleRun({ run: folder, out: bundle, withoutData: false });
  expect(row((await taken(bundle)).id)?.witness).toMatchObject({ steps: 40 });
  const { id } = await taken(tar);
  expect(row(id)).toMatchObject({ verdict: 'incomplete', office: null, witness: { steps: 40, lodged: false } });
  expect(shown(id).claim.en.reach).toMatch(/No trusted time: all of it may have been written after/);
});

test('the log takes no witnessed audit that holds or reaches further; without evidence no audit of others', async () => {
  const { submission } = await give(make().folder);
  const witness = { genesis: null, seal: null, steps: 1, paired: 0, drawnByOffice: 0, lodged: false };
  const audited = { submission, verdict: 'incomplete', maker: null, checks: [], witness };
  const reach = { extent: 'all', data: 'maker', share: 1, chance: null, room: 0, replayed: [], evidence: null };
  for (const more of [{ verdict: 'holds' }, { reach }, { report: 'a report' }]) {
    const entry = { kind: 'submission-audited', data: { ...audited, ...more } };
    await expectRefusal(programme.record('office:x', [entry]), 'audit-witnessed');
  }
  // No verdict of another name gets in either.
  const consistent = { kind: 'submission-audited', data: { ...audited, verdict: 'consistent' } };
  await expect(programme.record('office:x', [consistent])).rejects.toMatchObject({ name: 'JikjiError' });
  await programme.record('office:x', [{ kind: 'submission-audited', data: audited }]);
  const part = { kind: 'audit-part-given', data: { submission, by: 'auditor:kim', from: 1, to: 1 } };
  await expectRefusal(programme.record('office:x', [part]), 'audit-unsealed');
});

test('others train it again and sign: their result stands beside the office, which says no more than before', async () => {
  const { folder } = make({ office: officeKey, every: 3 });
  const { id } = await taken(folder);
  const evidence = row(id)!.witness!.evidence!;
  expect(evidence.roots).toHaveLength(evidence.kept.length);
  const as = (user: string) => ({ actor: `auditor:${user}`, role: 'auditor', user }) as const;
  const [first, second] = [key(), key()];
  const replayer = toyAuditor(runs);
  const audit = async (signer: Signer, mode: 'honest' | 'rounds', segments?: { from: number; to: number }) =>
    signWitnessAudit(await auditWitness({ folder, segments, replayer: replayer(mode) }), id, signer);
  const hand = (report: string, who: string) =>
    handInAudit.run(programme, { submission: id, report }, byOffice(officeKey, as(who)));

  const given = await takeAuditPart.run(programme, { submission: id, share: 0.3 }, byOffice(officeKey, as('lee')));
  const part = given.part!;
  expect(given.command).toBe(
    `jikji audit ${id}.tar --code FILE --data DIR --segments 1-${part.to} --sign ${id}-1-${part.to}.json`,
  );
  const near = await hand(await audit(second, 'rounds', { from: 1, to: evidence.kept.length }), 'kim');
  expect(near).toMatchObject({ verdict: 'consistent', extent: 'none', witnessed: true, trained: 0 });
  const joined = await hand(await audit(first, 'honest', part), 'lee');
  expect(joined).toMatchObject({ verdict: 'holds', extent: 'sampled', trained: part.steps, chance: null });
  expect(joined.claim.en).toMatchObject({ word: 'Holds (a part, by 1 auditor)', room: null });
  expect(joined.claim.ko.beginning).toMatch(/^0스텝 가중치는/);
  expect(joined.reports.find(({ by }) => by === 'auditor:kim')!.reason).toMatch(/consistent within rounding/);
  const all = await hand(await audit(second, 'honest', { from: 1, to: evidence.kept.length }), 'kim');
  expect(all).toMatchObject({ verdict: 'holds', extent: 'all' });
  // The office's own word stays what it was, and nothing of the joined result enters it.
  expect(shown(id)).toMatchObject({ verdict: 'incomplete', witnessed: true });
  expect(said(id)).not.toMatch(STRONG);
  // An audit of an own run, or of another run, is not taken.
  const ours = madeUpReport(first, [40], { of: { ...evidence, maker: maker.fingerprint } });
  await expectRefusal(hand(ours, 'lee'), 'audit-report-other');
  const other = signWitnessAudit(await auditWitness({ folder: make().folder }), id, first);
  await expectRefusal(hand(other, 'lee'), 'audit-report-other');
  await expectRefusal(hand(await audit(maker, 'honest', part), 'lee'), 'audit-report-maker');
});

test('forged runs are refuted by their evidence', async () => {
  const planted = make({ plant: (state) => (state.step === 1 ? withWeight(state) : state) });
  const changed = make();
  const path = join(changed.folder, 'transcript.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"loss":"./, '"loss":"7'));
  for (const { folder } of [planted, changed]) {
    const { id } = await taken(folder);
    expect(row(id)?.verdict).toBe('refuted');
    expect(shown(id).claim.en.word).toBe('Refuted (evidence alone)');
    expect(shown(id).claim.en.beginning).toMatch(/^Origin not shown/);
    expect(said(id)).not.toMatch(STRONG);
  }
});

function withWeight<T extends { weights: Record<string, Float32Array> }>(state: T): T {
  const weight = state.weights['layer.weight']!.slice();
  weight[3] = weight[3]! + 0.25;
  return { ...state, weights: { ...state.weights, 'layer.weight': weight } };
}

test('a run whose answers of this office are left out is held against the register', async () => {
  const { folder, commitment } = make();
  const lines = readFileSync(join(folder, 'transcript.jsonl'), 'utf8').trim().split('\n');
  const by = byOffice(officeKey, { actor: 'consortium:a' });
  const lodge = async (step: number, head: string) => {
    const text = signHead({ run: digestOfCommitment(commitment), step, head }, maker);
    await answerLodged(programme, readLodgeable(text, undefined, 'head'), by);
  };
  await lodge(10, JSON.parse(lines[9]!).link);
  const first = await taken(folder);
  const register = (id: string) => row(id)!.checks.find(({ name }) => name === 'register');
  expect(register(first.id)).toMatchObject({ verdict: 'incomplete', detail: expect.stringMatching(/head of step 10/) });
  // Another head than the transcript has: the records were changed after the office answered.
  const other = make({ steps: 36 });
  const text = signHead({ run: digestOfCommitment(other.commitment), step: 10, head: 'ab'.repeat(32) }, maker);
  await answerLodged(programme, readLodgeable(text, undefined, 'head'), by);
  const second = await taken(other.folder);
  expect(register(second.id)).toMatchObject({ verdict: 'refuted' });
  expect(row(second.id)?.verdict).toBe('refuted');
});

test('links and folders without a genesis are refused; hostile files end in a verdict, not in a crash', async () => {
  const linked = make().folder;
  rmSync(join(linked, 'environment.json'));
  symlinkSync('/etc/passwd', join(linked, 'environment.json'));
  await expectRefusal(give(linked), 'submission-unknown-kind');
  const linkedStates = make().folder;
  rmSync(join(linkedStates, 'states'), { recursive: true });
  symlinkSync(join(linked, 'states'), join(linkedStates, 'states'));
  await expectRefusal(give(linkedStates), 'submission-unknown-kind');
  const empty = join(runs, 'empty');
  mkdirSync(empty);
  await expectRefusal(give(empty), 'submission-unknown-kind');

  const longLine = make().folder;
  appendFileSync(join(longLine, 'transcript.jsonl'), `${'{"batch":"'.padEnd(10 << 20, 'a')}\n`);
  const nan = make().folder;
  const transcript = join(nan, 'transcript.jsonl');
  writeFileSync(transcript, readFileSync(transcript, 'utf8').replaceAll(/"loss":"\w+"/g, '"loss":"7ff8000000000000"'));
  const vast = make().folder;
  const state = join(vast, 'states/step-000001/state.json');
  const claimed = JSON.parse(readFileSync(state, 'utf8'));
  claimed.tensors.find(({ name }: { name: string }) => name === 'layer.weight').shape = [1e15];
  writeFileSync(state, `${canonicalJson(claimed as Json)}\n`);
  // The same claim in the file of the tensors too, which is as short as before.
  const vastFile = make().folder;
  writeFileSync(join(vastFile, 'states/step-000001/state.json'), readFileSync(state));
  const part = join(vastFile, 'states/step-000001/part-0000-of-0001.safetensors');
  const bytes = readFileSync(part);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE())));
  header['layer.weight'] = { dtype: 'F32', shape: [1e15], data_offsets: [0, 4e15] };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(part, Buffer.concat([length, text, bytes.subarray(8 + Number(bytes.readBigUInt64LE()))]));
  for (const folder of [longLine, nan, vast, vastFile]) {
    const { id, events } = await taken(folder);
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'audited', 'finished']);
    expect(row(id)?.verdict).toBe('refuted');
  }
});

test('the limits of the rule book hold for it: steps before its audit, parameters by its states', async () => {
  const [withKey, other] = [programme, new Office()];
  programme = await other.open(); // without an office's key a test can close its stages
  try {
    for (const [number, limits, code] of [
      [1, { steps: 39 }, 'limit-steps'],
      [2, { parameters: 16 }, 'limit-parameters'],
    ] as const) {
      await openStage(programme, number, limits);
      stage = `s${number}`;
      const { id } = await taken(make().folder);
      expect(programme.tables.get('submissions', id)!.status).toMatch(new RegExp(`^refused: ${code}: the run has`));
    }
  } finally {
    await programme.close();
    other.remove();
    programme = withKey;
  }
});
