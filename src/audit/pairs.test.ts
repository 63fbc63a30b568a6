// Runs that learn from pairs: honest ones hold; another reference, other pairs, another order or beta are found by name, although the maker
// trained with them and signed everything.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { type MakeEvent, makeText } from '../foundry/index.ts';
import { parseRecipe, recipeToYaml } from '../foundry/recipe/index.ts';
import {
  type Commitment,
  genesisFiles,
  genesisSubjects,
  readStatement,
  type Signer,
  signStatement,
} from '../ledger/index.ts';
import { audit } from './audit.ts';
import { bundleRun, withBundle } from './bundle.ts';
import { Bench, redoEvidence } from './testing/run.ts';

templatesRenderHere();

const bench = new Bench();
const REFERENCES = 'start/references.bin';
const TEXT = 'corpus/source-00.train.jsonl';
const MARKS = 'corpus/source-00.train.marks';
const PAIRS = { files: 'pairs.jsonl', read: 'preferences', language: 'en', licence: 'CC0-1.0' };

let signer: Signer;
/** A run with conversations, and one with pairs that begins with its weights. */
let parent: string;
let run: string;
afterAll(() => bench.remove());
beforeAll(async () => {
  signer = bench.strangersKey('maker');
  const write = (name: string, lines: object[]): void =>
    writeFileSync(join(bench.folder, name), lines.map((line) => JSON.stringify(line)).join('\n'));
  const numbers = [...Array(60).keys()];
  const talk = (i: number) => [
    { role: 'user', content: `what is ${i}?` },
    { role: 'assistant', content: `${i} is ${i}` },
  ];
  write(
    'talks.jsonl',
    numbers.map((i) => ({ messages: talk(i) })),
  );
  write(
    'pairs.jsonl',
    numbers.map((i) => ({ prompt: `what is ${i}?`, chosen: `${i} is ${i}`, rejected: `${i} is ${i % 7} or so` })),
  );
  const corpus = { sources: [{ ...PAIRS, files: 'talks.jsonl', read: 'conversations' }], validation: 0.2 };
  parent = await bench.make(signer, { corpus, train: { steps: 4, sequenceLength: 40 } });
  run = await bench.make(signer, changes());
});

const changes = (train: object = {}) => ({
  name: 'preferring',
  from: { run: basename(parent) },
  corpus: { sources: [PAIRS], validation: 0.2 },
  chat: {},
  train: { steps: 4, sequenceLength: 64, dpoBeta: 0.3, ...train },
});

const findingsOf = async (folder: string) =>
  (await audit({ folder, threads: 1, replay: 'all', validation: true })).checks.flatMap(({ name, findings }) =>
    findings.map((one) => ({ name, ...one })),
  );

/** The references of a run, with some of them changed. */
const change = (folder: string, by: (references: Float64Array) => void): void => {
  const bytes = readFileSync(join(folder, REFERENCES));
  const all = new Float64Array(Uint8Array.from(bytes).buffer);
  by(all);
  writeFileSync(join(folder, REFERENCES), new Uint8Array(all.buffer));
};

/** A copy of a run, changed and signed again. */
function forged(by: (at: (name: string) => string) => void, commitment = {}): string {
  const copy = bench.copy(run);
  by((name) => join(copy, name));
  redoEvidence(copy, signer, { commitment });
  return copy;
}

describe('honest', () => {
  test('a run holds, from its sources and as a bundle; at step 0 nothing is preferred', async () => {
    const found = await audit({ folder: run, threads: 1, sources: bench.folder, parents: [parent], validation: true });
    expect(found.checks.flatMap(({ findings }) => findings)).toEqual([]);
    expect([found.verdict, found.data.standing, found.parent]).toMatchObject(['holds', 'sources', { kind: 'run' }]);
    expect(found.checks.flatMap(({ notes }) => notes).filter((note) => note.startsWith('Not part'))).toEqual([]);
    expect(found.checks.find(({ name }) => name === 'origin')!.detail).toMatch(/references of \d+ pairs/);
    const first = JSON.parse(readFileSync(join(run, 'transcript.jsonl'), 'utf8').split('\n')[0]!);
    expect(Buffer.from(first.loss, 'hex').readDoubleBE()).toBeCloseTo(Math.LN2, 15);
    const card = readFileSync(join(run, 'model/README.md'), 'utf8');
    expect(card).toMatch(/trained on pairs of answers/);
    expect(card).toMatch(/in \d+ of \d+ held-out pairs; mean loss 0\.\d{3}, 0\.693 before step 1/);
    const out = join(bench.folder, 'run.tar');
    await bundleRun({ run, out, withoutData: false });
    expect(await withBundle(out, async (inside) => (await audit({ folder: inside, threads: 1 })).verdict)).toBe(
      'holds',
    );
  });

  test('a card whose figures are not computed again is made again too', async () => {
    // Much held-out text beside few steps.
    const long = await bench.make(signer, changes({ validationTokens: 10_000 }));
    const found = await audit({ folder: long, threads: 1 });
    const figures = found.checks.find(({ name }) => name === 'figures')!;
    expect(figures.notes.join()).toMatch(/--validation does it/);
    expect(figures.verdict).toBe('holds');
  });

  test('without held-out pairs the card says nothing of them', async () => {
    const folder = await bench.make(signer, { ...changes(), corpus: { sources: [PAIRS], validation: 0 } });
    const found = await audit({ folder, threads: 1, validation: true });
    expect(found.checks.flatMap(({ findings }) => findings)).toEqual([]);
    expect([found.verdict, found.figures]).toEqual(['holds', 'none']);
    expect(readFileSync(join(folder, 'model/README.md'), 'utf8')).not.toContain('preferences:');
  });

  test('threads and micro-batches change no bit, and the loss falls', async () => {
    const records = (folder: string) => readFileSync(join(folder, 'transcript.jsonl'), 'utf8').split('\n').slice(0, -1);
    const bare = (folder: string) => records(folder).map((line) => ({ ...JSON.parse(line), link: '' }));
    const one = bare(await bench.make(signer, changes({ steps: 40 })));
    // Two threads on busy cores wait for each other: a few steps suffice.
    const [out, stop] = [bench.path(), new AbortController()];
    const onEvent = (event: MakeEvent): void => {
      if (event.kind === 'step' && event.step === 8) stop.abort(new Error('stop'));
    };
    const more = { out, threads: 2, signal: stop.signal, onEvent };
    await expect(bench.make(signer, changes({ steps: 40, microBatchSize: 1 }), more)).rejects.toMatchObject({
      code: 'interrupted',
    });
    const two = bare(out);
    expect(two.length).toBeGreaterThanOrEqual(8);
    expect(one.slice(0, two.length)).toEqual(two);
    const last = one.at(-1) as unknown as { loss: string };
    expect(Buffer.from(last.loss, 'hex').readDoubleBE()).toBeLessThan(0.5);
  });
});

test('stopped while references are made, and while it trains: it goes on to the same bits; damaged references are made again', async () => {
  const straight = await bench.make(signer, changes());
  const out = bench.path();
  const session = async (stops: (event: MakeEvent) => boolean, threads = 1) => {
    const stop = new AbortController();
    const onEvent = (event: MakeEvent): void => {
      if (stops(event)) stop.abort(new Error('stop'));
    };
    return bench.make(signer, changes(), { out, resume: true, threads, signal: stop.signal, onEvent }).then(
      () => 'done',
      (error: { code?: string }) => error.code,
    );
  };
  const isReference = (event: MakeEvent): boolean => event.kind === 'stage' && event.detail === 'references';
  expect(await session(isReference)).toBe('interrupted');
  expect(existsSync(join(out, REFERENCES))).toBe(false);
  expect(await session(({ kind }) => kind === 'step', 2)).toBe('interrupted');
  rmSync(join(out, REFERENCES));
  expect(await session(() => false)).toBe('done');
  for (const name of ['transcript.jsonl', REFERENCES, 'model/model.safetensors'])
    expect(readFileSync(join(out, name)).equals(readFileSync(join(straight, name))), name).toBe(true);
  // Other references than genesis names are no damage that a run mends.
  rmSync(join(out, 'result.json'));
  change(out, (all) => all.set([all[0]! + 1], 0));
  expect(await session(() => false)).toBe('commitment-differs');
});

describe('a maker who trained with another reference', () => {
  test.each([
    ['of all conversations', (all: Float64Array) => all.set(all.map((nats, i) => (i % 2 ? nats : nats + 20)))],
    ['by a rounding', (all: Float64Array) => all.set(all.map(Math.fround))],
  ])('%s', async (_, by) => {
    const options = { ...bench.options(changes()), signer };
    await makeText(options);
    mkdirSync(join(options.out, 'start'), { recursive: true });
    writeFileSync(join(options.out, REFERENCES), readFileSync(join(run, REFERENCES)));
    change(options.out, by);
    const folder = await bench.make(signer, changes(), { out: options.out, resume: true });
    const found = await audit({ folder, threads: 1, replay: 'all' });
    expect(found.verdict).toBe('refuted');
    const text = expect.stringMatching(
      /nats for the (chosen|rejected) conversation of a pair; the weights of step 0 give/,
    );
    expect(found.checks.flatMap(({ name, findings }) => findings.map((one) => ({ name, ...one })))).toEqual(
      ['origin', 'figures'].map((name) => expect.objectContaining({ name, file: REFERENCES, step: 0, text })),
    );
    expect(found.checks.find(({ name }) => name === 'replay')!.verdict).toBe('holds');
  });

  test('of held-out pairs alone: found where their figures are computed again', async () => {
    const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
    const held = 2 * tokens.sources[0].train.documents;
    const copy = forged((at) => change(dirname(dirname(at(REFERENCES))), (all) => all.set([all[held]! + 1], held)));
    expect(await findingsOf(copy)).toContainEqual(
      expect.objectContaining({ name: 'figures', verdict: 'refuted', file: REFERENCES }),
    );
  });
});

describe('signed again', () => {
  test('another beta: every step has another loss', async () => {
    const copy = forged((at) => {
      const recipe = parseRecipe(readFileSync(at('recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
      writeFileSync(at('recipe.yaml'), recipeToYaml({ ...recipe, train: { ...recipe.train, dpoBeta: 0.31 } }));
    });
    expect(await findingsOf(copy)).toContainEqual(
      expect.objectContaining({
        name: 'replay',
        verdict: 'refuted',
        text: expect.stringMatching(/^the (loss|gradient)/),
      }),
    );
  });

  test('chosen and rejected exchanged: in the text, in the marks', async () => {
    const text = forged((at) => {
      const lines = readFileSync(at(TEXT), 'utf8').split('\n');
      const { text } = JSON.parse(lines[0]!);
      const pair = JSON.parse(text);
      const other = JSON.stringify({ chosen: pair.rejected, messages: pair.messages, rejected: pair.chosen });
      lines[0] = JSON.stringify({ text: other });
      writeFileSync(at(TEXT), lines.join('\n'));
    });
    expect(await findingsOf(text)).toContainEqual(
      expect.objectContaining({
        name: 'origin',
        verdict: 'refuted',
        text: expect.stringMatching(/^pair 1 of .* is encoded differently/),
      }),
    );
    const marks = forged((at) => {
      const all = readFileSync(at(MARKS));
      writeFileSync(
        at(MARKS),
        all.map((mark) => (mark & 2 ? mark ^ 4 : mark)),
      );
    });
    expect(await findingsOf(marks)).toContainEqual(
      expect.objectContaining({
        name: 'origin',
        file: MARKS,
        text: expect.stringMatching(/^pair 1 of .* is not marked as what it is, chosen or rejected/),
      }),
    );
  });

  test('pairs in another order: the batches are others', async () => {
    const copy = forged((at) => {
      // Two pairs of the same lengths change places, in texts, tokens and references.
      const lines = readFileSync(at(TEXT), 'utf8').split('\n');
      const bin = at('corpus/source-00.train.bin');
      const [ids, marks] = [readFileSync(bin), readFileSync(at(MARKS))];
      const starts = [...marks.keys()].filter((i) => (marks[i]! & 6) === 2);
      const lengths = starts.map((start, i) => (starts[i + 1] ?? marks.length) - start);
      const same = (i: number, j: number) =>
        lengths[i] === lengths[j] &&
        marks
          .subarray(starts[i]!, starts[i]! + lengths[i]!)
          .equals(marks.subarray(starts[j]!, starts[j]! + lengths[i]!));
      const [i, j] = starts.flatMap((_, i) => starts.flatMap((_, j) => (i < j && same(i, j) ? [[i, j]] : [])))[0]!;
      const width = ids.length / marks.length;
      const part = (k: number) => ids.subarray(starts[k]! * width, (starts[k]! + lengths[k]!) * width);
      const before = Buffer.from(part(i!));
      part(j!).copy(part(i!));
      before.copy(part(j!));
      [lines[i!], lines[j!]] = [lines[j!]!, lines[i!]!];
      writeFileSync(bin, ids);
      writeFileSync(at(TEXT), lines.join('\n'));
      change(dirname(dirname(at(REFERENCES))), (all) => {
        const pair = all.slice(2 * i!, 2 * i! + 2);
        all.copyWithin(2 * i!, 2 * j!, 2 * j! + 2);
        all.set(pair, 2 * j!);
      });
    });
    const findings = await findingsOf(copy);
    expect(findings).toContainEqual(
      expect.objectContaining({
        name: 'schedule',
        verdict: 'refuted',
        text: 'the batch is not the one that seed and recipe draw',
      }),
    );
  });

  test('no pair: a conversation, or a pair in another spelling', async () => {
    for (const by of [
      (text: string) => text.replace('\\"chosen\\"', '\\"choosen\\"'),
      (text: string) => text.replace('\\"chosen\\":\\"', '\\"chosen\\":\\" '),
    ])
      expect(
        await findingsOf(forged((at) => writeFileSync(at(TEXT), by(readFileSync(at(TEXT), 'utf8'))))),
      ).toContainEqual(
        expect.objectContaining({ name: 'data', file: TEXT, text: expect.stringMatching(/^.*the pair of line 1/) }),
      );
  });
});

describe('references', () => {
  test('that are not there: the losses are not known', async () => {
    const copy = bench.copy(run);
    rmSync(join(copy, REFERENCES));
    const found = await audit({ folder: copy, threads: 1, replay: 'all' });
    expect(found.verdict).toBe('incomplete');
    for (const name of ['structure', 'replay', 'figures'])
      expect(found.checks.find((check) => check.name === name)).toMatchObject({
        verdict: 'incomplete',
        findings: expect.arrayContaining([expect.objectContaining({ file: REFERENCES })]),
      });
    expect(found.checks.find(({ name }) => name === 'schedule')!.verdict).toBe('holds');
  });

  test('altered or cut, without new signatures', async () => {
    const altered = bench.copy(run);
    change(altered, (all) => all.set([all[0]! + 1], 0));
    expect(await findingsOf(altered)).toContainEqual(
      expect.objectContaining({
        name: 'structure',
        verdict: 'refuted',
        file: REFERENCES,
        text: 'has other references than genesis names',
      }),
    );
    const cut = forged((at) => writeFileSync(at(REFERENCES), readFileSync(at(REFERENCES)).subarray(8)));
    expect(await findingsOf(cut)).toContainEqual(
      expect.objectContaining({
        name: 'structure',
        verdict: 'refuted',
        file: REFERENCES,
        text: expect.stringMatching(/^has \d+ bytes, not the/),
      }),
    );
  });

  test('that genesis does not name', async () => {
    const { references: _, ...commitment } = readStatement(join(run, 'genesis.json'), 'genesis').predicate
      .commitment as Commitment & { references: string };
    const copy = bench.copy(run);
    const { circumstances, formatVersion } = readStatement(join(run, 'genesis.json'), 'genesis').predicate;
    const predicate = { formatVersion, commitment, circumstances };
    const sizes = new Map(
      Object.entries(genesisFiles(commitment)).map(([name, file]) => [name, statSync(join(run, file)).size]),
    );
    writeFileSync(
      join(copy, 'genesis.json'),
      signStatement('genesis', genesisSubjects(commitment, sizes), predicate, signer),
    );
    expect(await findingsOf(copy)).toContainEqual(
      expect.objectContaining({
        name: 'structure',
        verdict: 'refuted',
        text: 'names no references, and the run learns from pairs',
      }),
    );
  });
});
