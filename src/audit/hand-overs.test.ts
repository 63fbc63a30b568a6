// Runs that were handed over to another key: the honest one holds in folder and bundle, each forgery is found in its file, and no key that made
// the run counts as an independent one.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Commitment, digestOfFile, readStatement, type Signer, signStatement } from '../ledger/index.ts';
import { handOverFile, takeOverFile } from '../run-folder/index.ts';
import { bundleRun, withBundle } from './bundle.ts';
import { knownRun } from './known-run.ts';
import { mergeAudits } from './merge.ts';
import { EXCLUSIONS } from './sentences/merge.ts';
import { signAudit, signableOf } from './signed-audit.ts';
import { auditRun, findingsOf, notesOf, parentOfRun, TestBench } from './testing/audit-run.ts';
import { Book } from './testing/book.ts';
import { HAND_OVER_FORGERIES, MOVED, makeMovedRun } from './testing/hand-over-forgeries.ts';
import { dropHandOvers, redoHandOvers, redoSeal } from './testing/hand-overs.ts';
import { redoEvidence } from './testing/run.ts';
import { asOwnDraw, resigned } from './testing/signed-audit.ts';

const bench = new TestBench();
const [first, second, stranger] = [bench.signer, bench.strangersKey('second'), bench.strangersKey('stranger')];
const run = await makeMovedRun(bench, { first, second });
const other = await makeMovedRun(bench, { first, second }, 4711);
const child = await bench.make(stranger, { ...MOVED, name: 'child', seed: 5, from: { run: basename(run) } });

/** Only what structure finds: no step is trained again that is not certain. */
const SHORT = { replay: 0 } as const;

test('an honest one holds, all of it trained again, with the keys in their order; the model is that of one key', async () => {
  const found = await auditRun(run, { replay: 'all', maker: first.fingerprint });
  expect(findingsOf(found)).toEqual([]);
  expect(found).toMatchObject({ verdict: 'holds', extent: 'all' });
  expect(found.run).toMatchObject({
    maker: first.fingerprint,
    moves: [
      { step: 3, from: first.fingerprint, to: second.fingerprint },
      { step: 6, from: second.fingerprint, to: first.fingerprint },
    ],
  });
  expect(notesOf(found)).toContain('The run was handed over 2 times: after step 3 from');
  expect(notesOf(found)).not.toContain('Not part of the evidence');
  const straight = await bench.make(first, { ...MOVED, seed: 1377 });
  for (const name of ['model/model.safetensors', 'checkpoints/step-000008/state.safetensors'])
    expect(digestOfFile(join(run, name))).toBe(digestOfFile(join(straight, name)));
});

test('a bundle of it holds, and has its hand-overs', async () => {
  const out = `${bench.path()}.tar`;
  await bundleRun({ run, out, withoutData: false });
  await withBundle(out, async (folder) => {
    expect(readdirSync(join(folder, 'hand-overs')).sort()).toEqual(readdirSync(join(run, 'hand-overs')).sort());
    expect(await auditRun(folder, SHORT)).toMatchObject({ verdict: 'holds' });
  });
});

test('a seal of a key whose clock is behind that of the first holds', async () => {
  const copy = bench.copy(run);
  dropHandOvers(copy, 2);
  redoHandOvers(copy, [first, second], {}, { predicate: { time: '2020-01-01T00:00:00.000Z' } });
  expect(await auditRun(copy, SHORT)).toMatchObject({ verdict: 'holds', run: { moves: [{ to: second.fingerprint }] } });
});

test.each(HAND_OVER_FORGERIES.map((one) => [one.name, one] as const))('%s', async (_, forgery) => {
  const { verdict, check, file, step, do: change } = forgery;
  const copy = bench.copy(run);
  change({ run: copy, other, first, second, stranger });
  const found = await auditRun(copy, check === 'replay' ? { replay: 'all' } : SHORT);
  expect(found.verdict).toBe(verdict);
  const findings = findingsOf(found);
  // What is wrong with a file is said of that file, and of no other statement.
  const isUnsealed = !existsSync(join(copy, 'seal.json'));
  for (const one of findings.filter(({ name, file }) => name === check && !(isUnsealed && file === 'seal.json')))
    expect(one).toMatchObject({ verdict, file });
  const at = step === undefined ? {} : { step };
  expect(findings).toContainEqual(expect.objectContaining({ name: check, verdict, file, ...at }));
});

test('what replay does not come by is not compared with a state', async () => {
  const copy = bench.copy(run);
  HAND_OVER_FORGERIES.find(({ check }) => check === 'replay')!.do({ run: copy, other, first, second, stranger });
  const found = await auditRun(copy, { segments: { from: 3, to: 4 } });
  expect(findingsOf(found)).toEqual([]);
  expect(found).toMatchObject({ verdict: 'holds', extent: 'sampled' });
});

test('a run that was built on it holds, with it and alone, and so does its bundle', async () => {
  const names = [1, 2].flatMap((number) => [handOverFile(number), takeOverFile(number)]);
  for (const name of names) expect(readFileSync(join(child, 'start', name))).toEqual(readFileSync(join(run, name)));
  const found = await auditRun(child, { ...SHORT, parents: [run] });
  expect(findingsOf(found)).toEqual([]);
  expect(notesOf(found)).not.toContain('Not part of the evidence');
  const makers = [first.fingerprint, second.fingerprint];
  expect(found.parent).toMatchObject({ kind: 'run', makers, audit: { verdict: 'holds', run: { moves: [{}, {}] } } });
  const out = `${bench.path()}.tar`;
  await bundleRun({ run: child, out, withoutData: false });
  await withBundle(out, async (folder) => {
    expect(await auditRun(folder, SHORT)).toMatchObject({ verdict: 'holds', parent: { makers } });
  });
});

/** The seal in start/, signed again. */
function sealParent(copy: string, signer: Signer, changes: object): void {
  const path = join(copy, 'start/seal.json');
  const { predicate, subjects, sizes } = readStatement(path, 'seal');
  const named = [...subjects].map(([name, digest]) => [name, digest, sizes.get(name)] as const);
  const said = { ...predicate, makerKey: signer.publicKey.toString('base64'), ...changes };
  writeFileSync(path, signStatement('seal', named, said as never, signer));
}

const START_FORGERIES: [what: string, verdict: string, file: string, change: (copy: string) => void][] = [
  [
    'no hand-overs',
    'incomplete',
    handOverFile(1),
    (copy) => rmSync(join(copy, 'start/hand-overs'), { recursive: true }),
  ],
  ['no last countersignature', 'incomplete', takeOverFile(2), (copy) => rmSync(join(copy, 'start', takeOverFile(2)))],
  [
    'a hand-over of another run',
    'refuted',
    handOverFile(1),
    (copy) => cpSync(join(other, handOverFile(1)), join(copy, 'start', handOverFile(1))),
  ],
  [
    'the countersignature of another run',
    'refuted',
    takeOverFile(1),
    (copy) => cpSync(join(other, takeOverFile(1)), join(copy, 'start', takeOverFile(1))),
  ],
  ['a seal by a key that gave it away', 'refuted', 'seal.json', (copy) => sealParent(copy, second, {})],
  [
    'a seal that names the first hand-over alone',
    'refuted',
    'seal.json',
    (copy) => sealParent(copy, first, { handOvers: [digestOfFile(join(copy, 'start', takeOverFile(1)))] }),
  ],
];

test.each(START_FORGERIES)('built on a run with %s: %s, in start/%s', async (_, verdict, file, change) => {
  const copy = bench.copy(child);
  change(copy);
  const parent = { ...parentOfRun(copy), seal: digestOfFile(join(copy, 'start/seal.json')) };
  redoEvidence(copy, stranger, { commitment: { parent } as Partial<Commitment> });
  const found = await auditRun(copy, SHORT);
  expect(found.verdict).toBe(verdict);
  const findings = findingsOf(found);
  expect(findings.length).toBeGreaterThan(0);
  for (const one of findings) expect(one).toMatchObject({ name: 'structure', verdict, file: `start/${file}` });
});

/** A signed audit of all of it. */
const reportOf = async (folder: string, signer: Signer): Promise<string> =>
  signAudit(signableOf(asOwnDraw(await auditRun(folder, { replay: 'all' }))), signer);
const files = (...texts: string[]) => texts.map((text, i) => ({ file: `${i}.json`, text }));

test('merged: no key that made the run is an auditor of it, whatever it says of its makers; two seals of one genesis are named', async () => {
  const [whole, third] = [await reportOf(run, stranger), bench.strangersKey('third')];
  const known = await knownRun(run, new AbortController().signal);
  const by = (signer: Signer, makers?: Signer[]) =>
    resigned(whole, signer, ({ links }) => {
      if (makers) links[0]!.makers = makers.map(({ fingerprint }) => fingerprint);
    });
  const reasons = (texts: string[], of?: typeof known) =>
    mergeAudits(files(...texts), of).excluded.map(({ reason }) => reason);
  expect(mergeAudits(files(whole))).toMatchObject({ verdict: 'holds', auditors: [stranger.fingerprint] });
  for (const given of [undefined, known]) {
    expect(mergeAudits(files(by(second)), given).verdict).toBe('incomplete');
    expect(reasons([whole, by(first), by(second)], given)).toEqual([EXCLUSIONS.byMaker.en, EXCLUSIONS.byMaker.en]);
  }
  // Without the run only another report shows that it is a maker's.
  expect(mergeAudits(files(whole, by(second, [first]))).verdict).toBe('disputed');
  expect(reasons([whole, by(second, [first])], known)).toEqual([EXCLUSIONS.byMaker.en]);
  expect(reasons([whole, by(third, [first])], known)).toEqual([EXCLUSIONS.otherMakers.en]);
  expect(reasons([whole, by(third, [second, first])], known)).toEqual([]);

  const refuted = (text: string, signer: Signer) =>
    resigned(text, signer, (predicate) => (predicate.verdict = 'refuted'));
  expect(mergeAudits(files(whole, refuted(whole, third))).verdict).toBe('disputed');
  expect(mergeAudits(files(whole, refuted(whole, second))).verdict).toBe('holds');
  const unnamed = refuted(by(second, [first]), second);
  expect(mergeAudits(files(whole, unnamed), known).verdict).toBe('holds');

  const again = bench.copy(run);
  redoSeal(again, first, { time: '2099-01-01T00:00:00.000Z' });
  expect(reasons([whole, await reportOf(again, third)])).toEqual([EXCLUSIONS.fork.en]);
  expect(reasons([whole, await reportOf(other, third)])).toEqual([EXCLUSIONS.otherSeal.en]);
});

test('an office with one of its keys is none, and one that has another hand-over of it shows a second continuation', async () => {
  const ofSecond = new Book(second);
  const lodged = bench.copy(run);
  ofSecond.lodge(lodged, 'seal');
  const { nonce } = readStatement(join(lodged, 'seal-lodging.json'), 'lodging').predicate;
  const found = await auditRun(lodged, { challenge: nonce, office: second.fingerprint });
  expect(found.detection).toMatchObject({ claimed: false });
  expect((await auditRun(lodged, { challenge: nonce, office: stranger.fingerprint })).verdict).toBe('refuted');

  const book = new Book(stranger);
  const { predicate, subjects } = readStatement(join(run, handOverFile(1)), 'hand-over');
  const elsewhere = { ...predicate, nextKey: stranger.publicKey.toString('base64') };
  const text = signStatement('hand-over', [...subjects], elsewhere, first);
  const genesis = readFileSync(join(run, 'genesis.json'), 'utf8');
  book.askHandOver(text, genesis);
  // The office takes no second one, and nothing else from the key that gave the run away.
  expect(() => book.handOver(run, 1)).toThrow(expect.objectContaining({ code: 'register-handed-over' }));
  expect(() => book.lodge(bench.copy(run), 'seal')).toThrow(expect.objectContaining({ code: 'register-handed-over' }));
  const forked = await auditRun(run, { ...SHORT, register: book.given });
  expect(findingsOf(forked, 'register')).toContainEqual(
    expect.objectContaining({ verdict: 'incomplete', file: 'seal.json' }),
  );
});
