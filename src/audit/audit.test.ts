// Honest runs hold, for every way to make and audit them. Missing files are named, never refuted. Any change by an outsider is refuted.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import { defaultSigner, readStatement } from '../ledger/index.ts';
import { SELF_AUDIT } from './challenge.ts';
import { RunFolder } from './folder.ts';
import { checkStructure } from './structure.ts';
import { auditRun, checkOf, edit, findingsOf, TestBench, verdictsOf } from './testing/audit-run.ts';
import { answer } from './testing/forge.ts';
import { changeTensor, checkpointOf, redoEvidence } from './testing/run.ts';
import type { Audit, CheckName, Verdict } from './types.ts';

const bench = new TestBench();
const { signer } = bench;
const run = await bench.make(signer);

const NAMES = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'probe', 'replay', 'figures'] as const;
const each = (names: readonly CheckName[], verdict: Verdict) =>
  Object.fromEntries(names.map((name) => [name, verdict]));
const HOLDS = each(NAMES, 'holds');
const incomplete = (...names: CheckName[]) => each(names, 'incomplete');

describe('an honest run holds', () => {
  test.each([
    { threads: 1, engine: { tile: 8 } },
    { threads: 2, engine: { tile: 16, revectorize: false } },
  ] as const)('with %j, all of it replayed', async (how) => {
    const found = await auditRun(run, { replay: 'all', ...how });
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', cost: { steps: 25, replayedSteps: 25, share: 1 } });
    expect(verdictsOf(found)).toEqual(HOLDS);
    expect(found.replayed.map((s) => s.verdict)).toEqual(new Array(13).fill('holds'));
    expect(found).toMatchObject({ extent: 'all', figures: 'computed', detection: { claimed: true, candidates: 10 } });
    expect(found.run).toMatchObject({ name: 'small', maker: signer.fingerprint, steps: 25, seed: '0000000000000561' });
    expect(found.run.curve).toHaveLength(25);
  });

  test.each([
    { train: { steps: 1 } },
    { train: { steps: 9, checkpointEvery: 2, keepEvery: 2, gradientGroups: 2 } },
    { train: { steps: 12, schedule: 'wsd', beta1: 0, weightDecay: 0, warmupSteps: 0, checkpointEvery: 5 } },
    { train: { steps: 11, optimizer: 'muon', learningRate: 0.02, checkpointEvery: 3 } },
    { model: { tieWordEmbeddings: false }, train: { steps: 6, warmupSteps: 100, batchSize: 3, microBatchSize: 3 } },
    { seed: Number.MAX_SAFE_INTEGER, train: { steps: 9, checkpointEvery: 100 } },
    { train: { steps: 30, checkpointEvery: 100, keepEvery: 3 } },
  ])('of another shape: %j', async (changes) => {
    const found = await auditRun(await bench.make(signer, changes), { replay: 'all', threads: 2 });
    expect(findingsOf(found)).toEqual([]);
    expect(verdictsOf(found)).toEqual(HOLDS);
  });

  test('by default: the first, the last, two drawn by the challenge, the strangest by each measure', async () => {
    const challenge = '5a'.repeat(32);
    const found = await auditRun(run, { challenge });
    // 25 steps, a state every 2: the last segment has one step, so the segment before it counts as one of the last.
    expect(found.replayed.map((s) => s.why).sort()).toEqual(
      ['first', 'heading', 'last', 'last', 'probe', 'random', 'random', 'speed'].sort(),
    );
    expect(found.extent).toBe('sampled');
    expect(found.detection).toMatchObject({ claimed: true, challenge, segments: 13, candidates: 10, drawn: 2 });
    expect(found.detection.chances[0]).toEqual({ forged: 1, chance: expect.closeTo(2 / 10, 12) });
    expect((await auditRun(run, { challenge })).replayed).toEqual(found.replayed);
    const others = new Set<string>();
    for (let i = 0; i < 6; i++) others.add(JSON.stringify((await auditRun(run)).replayed.map((s) => s.index)));
    expect(others.size).toBeGreaterThan(1);
  });

  test("a run made with this user's key: a self-audit", async () => {
    const own = await bench.make(
      defaultSigner(() => {}),
      { train: { steps: 8 } },
    );
    const found = await auditRun(own);
    expect(found).toMatchObject({ verdict: 'holds', detection: { claimed: false, reason: SELF_AUDIT } });
    expect((await auditRun(own, { challenge: '00'.repeat(32) })).detection.claimed).toBe(false);
  });

  test('lodged by an office: its nonce is the challenge', async () => {
    const office = bench.strangersKey('office');
    const lodge = (folder: string, kind: 'request' | 'seal', out: string, time: string): void =>
      writeFileSync(join(folder, out), answer(folder, kind, { office, time }));
    const out = bench.path();
    const me = defaultSigner(() => {});
    const made = bench.make(me, { train: { steps: 8 } }, { out, lodge: 'wait' });
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (statSync(join(out, 'request.json'), { throwIfNoEntry: false })) break;
    }
    const lodgedAt = new Date().toISOString();
    lodge(out, 'request', 'lodging.json', lodgedAt);
    await made;
    lodge(out, 'seal', 'seal-lodging.json', '2099-01-03T03:04:05.678Z');
    const { nonce } = readStatement(join(out, 'seal-lodging.json'), 'lodging').predicate;
    const found = await auditRun(out, { office: office.fingerprint });
    expect(findingsOf(found)).toEqual([]);
    // Without the office's register nobody knows how often it was asked: no chance, but also no challenge of the maker's own.
    expect(found).toMatchObject({ verdict: 'holds', detection: { claimed: false, challenge: nonce } });
    expect(found.run).toMatchObject({ office: office.fingerprint, lodgedAt });
    // An office that the auditor did not name could help the maker.
    expect((await auditRun(out)).detection.claimed).toBe(false);
    expect(await auditRun(out, { office: me.fingerprint })).toMatchObject({ verdict: 'refuted' });

    // Lodged in the wrong order, another office's answer, another seed than the nonce gives.
    lodge(out, 'seal', 'seal-lodging.json', '2026-01-01T03:04:05.678Z');
    expect(findingsOf(await auditRun(out))).toMatchObject([
      { file: 'seal-lodging.json', verdict: 'refuted' }, // than the seal
      { file: 'seal-lodging.json', verdict: 'refuted' }, // than the run's own lodging
    ]);
    rmSync(join(out, 'seal-lodging.json'));
    lodge(out, 'request', 'lodging.json', new Date(Date.parse(lodgedAt) + 1).toISOString());
    expect(findingsOf(await auditRun(out))).toMatchObject([{ file: 'lodging.json', verdict: 'refuted' }]);
    rmSync(join(out, 'lodging.json'));
    expect(findingsOf(await auditRun(out))).toMatchObject([{ file: 'lodging.json', verdict: 'incomplete' }]);
  });
});

describe('missing files are named', () => {
  test('a kept state: incomplete, and the draw stays the same', async () => {
    const challenge = '77'.repeat(32);
    const whole = await auditRun(run, { challenge, replay: 4 });
    const copy = bench.copy(run);
    const random = whole.replayed.find((s) => s.why === 'random')!;
    rmSync(checkpointOf(copy, random.from), { recursive: true });
    const found = await auditRun(copy, { challenge, replay: 4 });
    expect(found.verdict).toBe('incomplete');
    expect(checkOf(found, 'structure')).toMatchObject({
      verdict: 'incomplete',
      findings: [{ file: expect.stringContaining(`step-${String(random.from).padStart(6, '0')}`), step: random.from }],
    });
    expect(verdictsOf(found)).toMatchObject({
      schedule: 'holds',
      origin: 'holds',
      motion: 'incomplete',
    });
    // The draw does not depend on measurements: a withheld state moves no draw away.
    const drawn = (a: Audit) => a.replayed.filter((s) => s.why === 'random').map((s) => s.index);
    expect(drawn(found)).toEqual(drawn(whole));
    expect(found.replayed.find((s) => s.index === random.index)!.verdict).toBe('incomplete');
    expect(checkOf(found, 'replay').verdict).toBe('incomplete');
    expect(found.room).toBe(null);
    expect(found.detection.claimed).toBe(false);
  });

  test.each([
    ['seal.json', incomplete('structure', 'figures')],
    ['transcript.jsonl', incomplete('structure', 'schedule', 'motion', 'probe', 'replay')],
    ['corpus/tokens.json', incomplete('structure', 'schedule', 'origin', 'data', 'probe', 'replay', 'figures')],
    ['corpus/manifest.json', incomplete('structure', 'schedule', 'origin', 'data', 'probe', 'replay', 'figures')],
    ['corpus/source-01.train.bin', incomplete('schedule', 'origin', 'probe', 'replay')],
    ['corpus/source-01.train.jsonl', incomplete('origin', 'data')],
    ['corpus/source-00.validation.jsonl', incomplete('origin', 'data')],
    ['corpus/source-00.validation.bin', incomplete('origin', 'figures')],
    ['model/model.safetensors', incomplete('structure')],
    ['tokenizer/tokenizer.json', incomplete('structure', 'schedule', 'origin', 'motion', 'probe', 'replay', 'figures')],
    ['recipe.yaml', incomplete(...NAMES)],
    ['genesis.json', incomplete(...NAMES)],
  ])('%s', async (file, expected) => {
    const copy = bench.copy(run);
    rmSync(join(copy, file));
    const found = await auditRun(copy);
    expect(verdictsOf(found)).toEqual({ ...HOLDS, ...expected });
    expect(found.verdict).toBe('incomplete');
    expect(findingsOf(found).some((finding) => finding.file === file)).toBe(true);
  });

  test('an unfinished run', async () => {
    const copy = bench.copy(run);
    rmSync(join(copy, 'seal.json'));
    for (const step of [24, 25]) rmSync(checkpointOf(copy, step), { recursive: true });
    edit(join(copy, 'transcript.jsonl'), (text) => `${text.split('\n').slice(0, 22).join('\n')}\n`);
    const found = await auditRun(copy, { replay: 'all' });
    expect(found.verdict).toBe('incomplete');
    expect(findingsOf(found).every((finding) => finding.verdict === 'incomplete')).toBe(true);
    expect(found.replayed.filter((s) => s.verdict === 'holds')).toHaveLength(11);
    // The missing states were not probed.
    expect(checkOf(found, 'probe').verdict).toBe('incomplete');
    expect(checkOf(found, 'probe').detail).toBe('loss of the next step at 0 of 13 states, 11 left to replay');
    expect(found.detection.claimed).toBe(false);
  });
});

/** Files of a run that are evidence. */
function evidenceOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => !/^(sessions|validation)\.jsonl$|^result\.json$|^lock$/.test(relative('.', name)))
    .sort();
}

describe('structure refutes any change by an outsider', () => {
  const structure = async (copy: string) => {
    const context = { signal: new AbortController().signal, showProgress: async () => {} };
    return (await checkStructure(new RunFolder(copy), {}, context)).check;
  };
  const refuted = async (copy: string, file: string | undefined, what: string): Promise<void> => {
    const check = await structure(copy);
    expect(check.verdict, what).toBe('refuted');
    if (file) expect(check.findings.map((finding) => finding.file)).toContain(file);
  };

  test('a bit of any file', async () => {
    const seed = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
    const random = randomNumbers(seed);
    const below = (limit: number): number => wholeBelow(random, limit);
    const copy = bench.copy(run);
    const files = evidenceOf(copy);
    expect(files.length).toBeGreaterThan(40);
    const times = process.env.JIKJI_TORTURE ? 200 : 1;
    for (const file of files.filter((name) => !name.startsWith('checkpoints') || below(5) === 0)) {
      const whole = readFileSync(join(copy, file));
      for (let i = 0; i < times; i++) {
        const bytes = Buffer.from(whole);
        const bit = below(8 * bytes.length);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(join(copy, file), bytes);
        await refuted(copy, undefined, `seed ${seed}: bit ${bit} of ${file}`);
      }
      writeFileSync(join(copy, file), whole);
    }
    expect((await structure(copy)).verdict).toBe('holds');
  });

  test.each<[string, (lines: string[]) => string[]]>([
    ['altered', (lines) => lines.with(9, lines[9]!.replace(/"loss":"..../, '"loss":"3ff0'))],
    ['dropped', (lines) => lines.toSpliced(9, 1)],
    ['repeated', (lines) => lines.toSpliced(9, 0, lines[9]!)],
    ['moved', (lines) => lines.with(9, lines[10]!).with(10, lines[9]!)],
    ['cut off', (lines) => lines.slice(0, -1)],
    ['added', (lines) => [...lines, lines[24]!.replace('"step":25', '"step":26')]],
    ['written otherwise', (lines) => lines.with(9, lines[9]!.replace('{', '{ '))],
    ['with a member more', (lines) => lines.with(9, lines[9]!.replace('{', '{"a":1,'))],
  ])('a record %s', async (what, change) => {
    const copy = bench.copy(run);
    edit(join(copy, 'transcript.jsonl'), (text) => `${change(text.trimEnd().split('\n')).join('\n')}\n`);
    await refuted(copy, 'transcript.jsonl', what);
  });

  // Changes to no number that another check sees, and to no bit of the training.
  test.each<[string, string, (text: string) => string]>([
    [
      'how many files a source had',
      'corpus/manifest.json',
      (text) => text.replace(/"fileCount": \d+/, '"fileCount": 7'),
    ],
    ['how many were cut', 'corpus/manifest.json', (text) => text.replace(/"cuts": \d+/, '"cuts": 7')],
    [
      'duplicates that did not exist',
      'corpus/manifest.json',
      (text) =>
        text
          .replace(/"read": (\d+)/, (_, n) => `"read": ${Number(n) + 1}`)
          .replace('"dropped": {}', '"dropped": {\n          "duplicate": 1\n        }'),
    ],
    ['the micro-batch', 'recipe.yaml', (text) => text.replace('microBatchSize: 2', 'microBatchSize: 4')],
  ])('%s', async (what, file, change) => {
    const copy = bench.copy(run);
    const text = readFileSync(join(copy, file), 'utf8');
    writeFileSync(join(copy, file), change(text));
    expect(change(text), what).not.toBe(text);
    await refuted(copy, file, what);
  });

  test('files of another run', async () => {
    const other = await bench.make(signer, { seed: 5 });
    for (const file of evidenceOf(run)) {
      if (readFileSync(join(run, file)).equals(readFileSync(join(other, file)))) continue;
      if (file.startsWith('checkpoints') && !file.includes('step-000006')) continue;
      const copy = bench.copy(run);
      writeFileSync(join(copy, file), readFileSync(join(other, file)));
      await refuted(copy, undefined, file);
    }
  });

  test('an additional file in model/, a link, a folder in place of a file', async () => {
    const copy = bench.copy(run);
    writeFileSync(join(copy, 'model', 'extra.py'), '');
    await refuted(copy, 'model/extra.py', 'extra');
    for (const file of [
      'transcript.jsonl',
      'seal.json',
      'corpus/tokens.json',
      'tokenizer/tokenizer.json',
      'model/config.json',
    ]) {
      const linked = bench.copy(run);
      renameSync(join(linked, file), join(bench.folder, 'target'));
      symlinkSync(join(bench.folder, 'target'), join(linked, file));
      await refuted(linked, file, `link ${file}`);
      rmSync(join(linked, file));
      mkdirSync(join(linked, file));
      await refuted(linked, file, `folder ${file}`);
    }
    const linked = bench.copy(run);
    renameSync(join(linked, 'checkpoints'), join(bench.folder, 'states'));
    symlinkSync(join(bench.folder, 'states'), join(linked, 'checkpoints'));
    await refuted(linked, 'checkpoints/step-000002/state.safetensors', 'linked folder');
  });

  test('another key than the known one', async () => {
    expect((await auditRun(run, { maker: signer.fingerprint })).verdict).toBe('holds');
    const copy = bench.copy(run);
    redoEvidence(copy, bench.strangersKey('thief'));
    expect((await auditRun(copy)).verdict).toBe('holds'); // who does not ask who the maker is gets no answer to it
    const found = await auditRun(copy, { maker: signer.fingerprint });
    expect(checkOf(found, 'structure').findings).toMatchObject([{ file: 'genesis.json', verdict: 'refuted' }]);
  });
});

test('a broken state is named, and the segments that need it are not replayed', async () => {
  const copy = bench.copy(run);
  changeTensor(copy, 8, 'model.norm.weight', (values) => {
    values[3]! += 1e-6;
  });
  const found = await auditRun(copy, { replay: 'all' });
  expect(checkOf(found, 'structure').findings).toMatchObject([
    { verdict: 'refuted', file: 'checkpoints/step-000008/state.safetensors', step: 8 },
    { verdict: 'refuted', file: 'checkpoints/step-000008/state.json', step: 8 },
  ]);
  expect(found.replayed.map((s) => s.verdict).indexOf('incomplete')).toBe(4);
  expect(found.replayed.filter((s) => s.verdict === 'holds')).toHaveLength(12);
});

test.skipIf(process.platform !== 'linux')('an audit leaves no file open', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const broken = bench.copy(run);
  changeTensor(broken, 8, 'model.norm.weight', (values) => {
    values[0]! += 1;
  });
  const all = async (): Promise<void> => {
    for (const folder of [run, broken]) await auditRun(folder, { replay: 'all' });
  };
  await all();
  const before = open();
  for (let i = 0; i < 3; i++) await all();
  expect(open()).toBe(before);
});

test('redoEvidence changes nothing that an audit of an honest run checks', async () => {
  expect(
    findingsOf(
      await auditRun(
        bench.forged(run, () => {}),
        { replay: 'all' },
      ),
    ),
  ).toEqual([]);
});

test.each([
  [{ folder: '/nowhere/at/all' }, 'run-missing'],
  [{ folder: join(import.meta.dirname) }, 'not-a-run'],
  [{ challenge: 'abc' }, 'usage'],
  [{ maker: 'XYZ' }, 'usage'],
])('a wrong call %j is %s', async (options, code) => {
  await expect(auditRun(run, options)).rejects.toMatchObject({ code });
});

test.each(['structure', 'schedule', 'motion', 'origin', 'replay'])('an abort stops it in %s', async (name) => {
  const controller = new AbortController();
  const onProgress = ({ check }: { check: string }) => check === name && controller.abort();
  const found = auditRun(run, { replay: 'all', signal: controller.signal, onProgress });
  await expect(found).rejects.toMatchObject({ code: 'interrupted' });
});
