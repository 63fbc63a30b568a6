// Forgeries by the holder of the maker's key who knows what an audit looks at: decoys, the end of the run, figures, dates, files beside the
// evidence. He computes again all that he can: hashes, links, signatures, the figure, the card.

import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bits64, readStatement } from '../ledger/index.ts';
import { chanceOfDetection } from './chance.ts';
import { draw } from './segments.ts';
import { auditRun, checkOf, edit, expectRefuted, findingsOf, notesOf, TestBench } from './testing/audit-run.ts';
import { forge, signInVersion1, writeManifestInVersion1 } from './testing/forge.ts';
import { plant } from './testing/forger.ts';
import { readState, redoEvidence, writeState } from './testing/run.ts';

const bench = new TestBench();
const { signer } = bench;
/** 25 steps, a state every 2: the last segment has one step. */
const run = await bench.make(signer);
/** 80 segments of two steps. */
const long = await bench.make(signer, { train: { steps: 160 } });
const other = await bench.make(signer, { seed: 4711 });

const hex = (i: number): string => (i * 104729 + 7).toString(16).padStart(64, '0');

/** Raises recorded losses of some steps. */
function raise(copy: string, steps: readonly number[]): void {
  redoEvidence(copy, signer, {
    records: (records) => {
      for (const step of steps) {
        const record = records[step - 1]!;
        record.loss = bits64(Buffer.from(String(record.loss), 'hex').readDoubleBE() + 0.5);
      }
    },
  });
}

describe('decoy: planted weights inside a segment, and an honest neighbour made to look strange', () => {
  test('a decoy at the step after a kept state: its probe finds it', async () => {
    const copy = bench.copy(long);
    plant(copy, signer, { segments: new Set([30]), seed: 1, careful: false });
    raise(copy, [63, 64]); // segment 32 is the decoy
    const found = await auditRun(copy, { replay: 0 });
    expect(checkOf(found, 'probe').findings).toMatchObject([
      { file: 'transcript.jsonl', step: 63, verdict: 'refuted' },
    ]);
    // Where that step is trained again, no probe is needed.
    const again = await auditRun(copy, { segments: { from: 32, to: 32 } });
    expect(checkOf(again, 'probe').verdict).toBe('holds');
    expect(checkOf(again, 'replay').findings).toMatchObject([
      { file: 'transcript.jsonl', step: 63, verdict: 'refuted' },
    ]);
  });

  test('a decoy that no probe covers, with four honest segments before it in rank: caught as often as stated', async () => {
    const copy = bench.copy(long);
    plant(copy, signer, { segments: new Set([30]), seed: 1, careful: true });
    raise(copy, [64, 66, 70, 72]); // the second steps of segments 32, 33, 35, 36
    const forged = new Set([30, 31, 32, 34, 35]);
    const all = await auditRun(copy, { replay: 'all' });
    expect(new Set(all.replayed.filter((s) => s.verdict === 'refuted').map((s) => s.index))).toEqual(forged);
    for (const name of ['structure', 'schedule', 'origin', 'policy', 'motion', 'probe', 'figures'] as const)
      expect(checkOf(all, name).verdict).toBe('holds');

    // The planted segment alone: at least 5%, for any decoys and any n.
    const { segments, candidates } = all.detection;
    const { drawn } = (await auditRun(copy, { challenge: hex(0) })).detection;
    expect({ segments, candidates, drawn }).toEqual({ segments: 80, candidates: 77, drawn: 4 });
    const stated = chanceOfDetection(candidates, 1, drawn);
    expect(stated).toBeGreaterThan(0.05);
    const seal = readStatement(join(copy, 'seal.json'), 'seal').digest;
    const others = Array.from({ length: candidates }, (_, i) => i + 1);
    let met = 0;
    const trials = 4000;
    for (let i = 0; i < trials; i++) if (draw(others, drawn, hex(i), seal).includes(30)) met++;
    expect(Math.abs(met - stated * trials)).toBeLessThan(3 * Math.sqrt(trials * stated * (1 - stated)));
    // And the audit does what the draw says.
    const hit = Array.from({ length: 400 }, (_, i) => i).find((i) => draw(others, drawn, hex(i), seal).includes(30))!;
    const found = await auditRun(copy, { challenge: hex(hit) });
    expect(found.replayed.find((s) => s.index === 30)).toMatchObject({ why: 'random', verdict: 'refuted' });
  });
});

describe('the end of the run: always caught', () => {
  const always = async (copy: string): Promise<void> => {
    for (const challenge of process.env.JIKJI_TORTURE ? [hex(1), hex(2), hex(3)] : [hex(1)]) {
      const found = await auditRun(copy, { challenge, replay: 0 });
      expect(found.verdict).toBe('refuted');
      expect(checkOf(found, 'replay').verdict).toBe('refuted');
    }
  };

  test('planted weights in the seal', async () => {
    const copy = bench.copy(run);
    plant(copy, signer, { segments: new Set([12]), seed: 3, careful: true });
    await always(copy);
  });

  test('a last segment of one step, and planted weights in the segment before it', async () => {
    const copy = bench.copy(run);
    plant(copy, signer, { segments: new Set([11]), seed: 3, careful: true });
    await always(copy);
  });

  test('last segments with other batches, and without weight decay', async () => {
    for (const deviation of [{ batches: 99n }, { train: { weightDecay: 0 } }]) {
      const copy = bench.copy(long);
      forge(copy, signer, [{ from: 158, to: 160, ...deviation }]);
      await always(copy);
    }
  });

  test('another model at the end', async () => {
    await always(bench.forged(run, (_, copy) => writeState(copy, 25, readState(other, 25))));
  });
});

describe('figures and dates', () => {
  test('a validation figure of 0.01: computed again', async () => {
    const text = /^seals 0\.01 bits per byte.*computed again it is \d\.\d+/;
    const copy = bench.forged(run, () => {}, { seal: { valBitsPerByte: 0.01 } });
    await expectRefuted(copy, { name: 'figures', file: 'seal.json', text });
  });

  test("a figure that is too expensive to compute is the maker's word, unless the auditor asks for it", async () => {
    const dear = await bench.make(signer, { train: { steps: 4, validationTokens: 1_000_000 } });
    const shy = await auditRun(dear);
    expect(shy).toMatchObject({ verdict: 'holds', figures: 'maker' });
    expect(notesOf(shy)).toMatch(/validation figure is the maker's word: computing it would cost about \d+%/);
    expect(await auditRun(dear, { validation: true })).toMatchObject({ verdict: 'holds', figures: 'computed' });
    redoEvidence(dear, signer, { seal: { valBitsPerByte: 0.01 } });
    expect((await auditRun(dear, { validation: true })).verdict).toBe('refuted');
  });

  test('no figure in seal and card, although text was held out and scoring is expensive', async () => {
    const dear = await bench.make(signer, { train: { steps: 4, validationTokens: 1_000_000 } });
    redoEvidence(dear, signer, { seal: { valBitsPerByte: null } });
    expect(checkOf(await auditRun(dear), 'figures').findings[0]).toMatchObject({
      file: 'seal.json',
      text: 'seals no figure, and text was held out',
    });
  });

  test('a seal dated before genesis', async () => {
    const copy = bench.forged(run, () => {}, { seal: { time: '2020-01-01T00:00:00.000Z' } });
    expect(checkOf(await auditRun(copy), 'structure').findings).toMatchObject([
      { file: 'seal.json', text: 'is dated before genesis', verdict: 'refuted' },
    ]);
  });

  test.each<[string, (card: string) => string]>([
    ['that says "certified by the ministry"', (card) => `${card}\nCertified by the ministry.\n`],
    [
      'that is too large to be read: not believed',
      (card) => {
        const better = card.replace(/- validation: .*/, '- validation: 0.012 bits per byte');
        return `${better}<!--${' '.repeat(17 << 20)}-->\n`;
      },
    ],
  ])('a sealed card %s', async (_, change) => {
    const copy = bench.resealed(run, (at) => edit(at('model/README.md'), change));
    expect(checkOf(await auditRun(copy), 'figures').findings).toMatchObject([
      { file: 'model/README.md', verdict: 'refuted' },
    ]);
  });

  test('held-out text too short to score: the card does not say that no text was held out', async () => {
    // One token of each source, which is context only.
    const sources = Array.from({ length: 50 }, (_, i) => ({
      files: `texts/${'ab'[i % 2]}/${i >> 1}.txt`,
      licence: 'CC0-1.0',
    }));
    const short = await bench.make(signer, {
      corpus: { sources, validation: 0.1 },
      train: { steps: 2, validationTokens: 16 },
    });
    expect(readFileSync(join(short, 'model/README.md'), 'utf8')).toContain('- validation: not measured');
    expect(await auditRun(short)).toMatchObject({ verdict: 'holds', figures: 'none' });
  });
});

test('a tokenizer.json that other readers read differently: a duplicate member, an additional one, a newline', async () => {
  const changes: ((text: string) => string)[] = [
    (text) => text.replace('"normalizer":', '"normalizer": {"type": "Lowercase"}, "normalizer":'),
    (text) => text.replace('{', '{"certified": true,'),
    (text) => `${text}\n`,
  ];
  for (const change of changes) {
    const copy = bench.forged(run, (at) => edit(at('tokenizer/tokenizer.json'), change));
    const [before, after] = [run, copy].map((of) => readFileSync(join(of, 'tokenizer/tokenizer.json'), 'utf8'));
    expect(after).not.toBe(before);
    await expectRefuted(copy, { name: 'origin', file: 'tokenizer/tokenizer.json' });
  }
});

test('files that look like evidence are named as not part of it', async () => {
  const copy = bench.copy(run);
  writeFileSync(join(copy, 'AUDIT-PASSED.html'), '<h1>All checks passed</h1>');
  writeFileSync(join(copy, 'result.json'), '{"valBitsPerByte":0.01}');
  writeFileSync(join(copy, 'corpus/LICENCE-CLEARED.txt'), '');
  const found = await auditRun(copy);
  expect(found.verdict).toBe('holds');
  expect(notesOf(found)).toContain(
    'Not part of the evidence, and read by no check: "AUDIT-PASSED.html", "corpus/LICENCE-CLEARED.txt".',
  );
  expect(notesOf(found)).toMatch(/The maker's own notes, which no check reads: .*"result.json"/);
});

test('a corpus manifest of version 1 is refused by name', async () => {
  const copy = bench.copy(run);
  writeManifestInVersion1(copy, signer);
  await expectRefuted(copy, {
    ...{ name: 'structure', file: 'corpus/manifest.json', ko: expect.stringContaining('형식 1판의 말뭉치 목록') },
    text: 'is a corpus manifest of format version 1, which no release wrote and which is not read',
  });
});

test.each(['genesis', 'seal'] as const)('a %s of version 1 is refused by name', async (kind) => {
  const copy = bench.copy(run);
  signInVersion1(copy, kind, signer);
  await expectRefuted(copy, {
    ...{ name: 'structure', file: `${kind}.json`, ko: expect.stringContaining('형식 1판') },
    text: expect.stringContaining(`a ${kind} of format version 1, which no release wrote and which is not read`),
  });
});

test('files inside a kept state are named as well', async () => {
  const copy = bench.copy(run);
  writeFileSync(join(copy, 'checkpoints/step-000004/AUDIT-PASSED.html'), '');
  expect(notesOf(await auditRun(copy))).toContain('"checkpoints/step-000004/AUDIT-PASSED.html"');
});

describe('a sparse file of 2 TB', () => {
  const grow = (path: string): void => {
    const file = openSync(path, 'r+');
    ftruncateSync(file, 2e12);
    closeSync(file);
  };
  test.each([
    'model/README.md',
    'model/model.safetensors',
    'tokenizer/tokenizer.json',
    'corpus/manifest.json',
    'corpus/tokens.json',
    'corpus/source-00.train.jsonl',
    'corpus/source-01.validation.bin',
    'recipe.yaml',
    'genesis.json',
    'checkpoints/step-000004/state.safetensors',
  ])('in place of %s: refused immediately', async (name) => {
    const copy = bench.copy(run);
    grow(join(copy, name));
    const found = await auditRun(copy);
    expect(found.verdict).not.toBe('holds');
    const finding = findingsOf(found).find(({ file }) => file === name);
    expect(finding?.text).toMatch(/2000000000000 bytes|does not have the (size|digest)|has \d+ bytes/);
  });

  test('with a size that the maker has signed: Ctrl-C ends the audit', async () => {
    const copy = bench.resealed(run, (at) => grow(at('model/README.md')), { 'model/README.md': 2e12 });
    const ending = new AbortController();
    const reason = new Error('Ctrl-C');
    // The audit reports when it works on the file: then the signal comes.
    const found = auditRun(copy, {
      signal: ending.signal,
      onProgress: ({ detail }) => {
        if (detail === 'model') ending.abort(reason);
      },
    });
    await expect(found).rejects.toMatchObject({ code: 'interrupted' });
  });
});
