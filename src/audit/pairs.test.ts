// Runs that learn from pairs: honest ones hold; another reference, other pairs, another order or beta are found by name, although the maker
// trained with them and signed everything.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { templatesRenderHere } from '../foundry/conversation/testing/templates-here.ts';
import { type MakeEvent, makeText } from '../foundry/index.ts';
import { parseRecipe, recipeToYaml } from '../foundry/recipe/index.ts';
import { type Commitment, genesisFiles, genesisSubjects, readStatement, signStatement } from '../ledger/index.ts';
import { bundleRun, withBundle } from './bundle.ts';
import {
  auditRun,
  checkOf,
  edit,
  editBytes,
  expectRefuted,
  findingsOf,
  fromRun,
  notesOf,
  TestBench,
  talk,
} from './testing/audit-run.ts';

templatesRenderHere();

const bench = new TestBench();
const { signer } = bench;
const REFERENCES = 'start/references.bin';
const TEXT = 'corpus/source-00.train.jsonl';
const MARKS = 'corpus/source-00.train.marks';
const PAIRS = { files: 'pairs.jsonl', read: 'preferences', language: 'en', licence: 'CC0-1.0' };

const questions = [...Array(60).keys()].map((i) => ({ prompt: `what is ${i}?`, chosen: `${i} is ${i}`, i }));
bench.writeLines(
  'talks.jsonl',
  questions.map(({ prompt, chosen }) => talk(prompt, chosen)),
);
bench.writeLines(
  'pairs.jsonl',
  questions.map(({ prompt, chosen, i }) => ({ prompt, chosen, rejected: `${i} is ${i % 7} or so` })),
);
const talks = { sources: [{ ...PAIRS, files: 'talks.jsonl', read: 'conversations' }], validation: 0.2 };
/** A run with conversations, and one with pairs that begins with its weights. */
const parent = await bench.make(signer, { corpus: talks, train: { steps: 4, sequenceLength: 40 } });
const changes = (train: object = {}) => ({
  name: 'preferring',
  ...fromRun(parent),
  corpus: { sources: [PAIRS], validation: 0.2 },
  chat: {},
  train: { steps: 4, sequenceLength: 64, dpoBeta: 0.3, ...train },
});
const run = await bench.make(signer, changes());

const refuted = (folder: string, finding: Parameters<typeof expectRefuted>[1]) =>
  expectRefuted(folder, finding, { replay: 'all', validation: true });

/** The references of a run, with some of them changed. */
const change = (folder: string, by: (references: Float64Array) => void): void => {
  const bytes = readFileSync(join(folder, REFERENCES));
  const all = new Float64Array(Uint8Array.from(bytes).buffer);
  by(all);
  writeFileSync(join(folder, REFERENCES), new Uint8Array(all.buffer));
};

const forged = (by: (at: (name: string) => string) => unknown): string => bench.forged(run, by);

describe('honest', () => {
  test('a run holds, from its sources and as a bundle; at step 0 nothing is preferred', async () => {
    const found = await auditRun(run, { sources: bench.folder, parents: [parent], validation: true });
    expect(findingsOf(found)).toEqual([]);
    expect([found.verdict, found.data.standing, found.parent]).toMatchObject(['holds', 'sources', { kind: 'run' }]);
    expect(notesOf(found)).not.toMatch(/^Not part/m);
    expect(checkOf(found, 'origin').detail).toMatch(/references of \d+ pairs/);
    const first = JSON.parse(readFileSync(join(run, 'transcript.jsonl'), 'utf8').split('\n')[0]!);
    expect(Buffer.from(first.loss, 'hex').readDoubleBE()).toBeCloseTo(Math.LN2, 15);
    const card = readFileSync(join(run, 'model/README.md'), 'utf8');
    expect(card).toMatch(/trained on pairs of answers/);
    expect(card).toMatch(/in \d+ of \d+ held-out pairs; mean loss 0\.\d{3}, 0\.693 before step 1/);
    const out = join(bench.folder, 'run.tar');
    await bundleRun({ run, out, withoutData: false });
    expect(await withBundle(out, async (inside) => (await auditRun(inside)).verdict)).toBe('holds');
  });

  test('a card whose figures are not computed again is made again too', async () => {
    // Much held-out text beside few steps.
    const long = await bench.make(signer, changes({ validationTokens: 10_000 }));
    const found = await auditRun(long);
    const figures = checkOf(found, 'figures');
    expect(figures.notes.join()).toMatch(/--validation does it/);
    expect(figures.verdict).toBe('holds');
  });

  test('without held-out pairs the card says nothing of them', async () => {
    const folder = await bench.make(signer, { ...changes(), corpus: { sources: [PAIRS], validation: 0 } });
    const found = await auditRun(folder, { validation: true });
    expect(findingsOf(found)).toEqual([]);
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
    const found = await auditRun(folder, { replay: 'all' });
    expect(found.verdict).toBe('refuted');
    const text = expect.stringMatching(
      /nats for the (chosen|rejected) conversation of a pair; the weights of step 0 give/,
    );
    expect(findingsOf(found)).toEqual(
      ['origin', 'figures'].map((name) => expect.objectContaining({ name, file: REFERENCES, step: 0, text })),
    );
    expect(checkOf(found, 'replay').verdict).toBe('holds');
  });

  test('of held-out pairs alone: found where their figures are computed again', async () => {
    const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
    const held = 2 * tokens.sources[0].train.documents;
    const copy = forged((at) => change(dirname(dirname(at(REFERENCES))), (all) => all.set([all[held]! + 1], held)));
    await refuted(copy, { name: 'figures', file: REFERENCES });
  });
});

describe('signed again', () => {
  test('another beta: every step has another loss', async () => {
    const copy = forged((at) => {
      edit(at('recipe.yaml'), (text) => {
        const recipe = parseRecipe(text, { file: 'recipe.yaml' });
        return recipeToYaml({ ...recipe, train: { ...recipe.train, dpoBeta: 0.31 } });
      });
    });
    await refuted(copy, {
      name: 'replay',
      text: /^the (loss|gradient)/,
    });
  });

  test('chosen and rejected exchanged: in the text, in the marks', async () => {
    const text = forged((at) =>
      edit(at(TEXT), (all) => {
        const [first, ...lines] = all.split('\n');
        const { chosen, messages, rejected } = JSON.parse(JSON.parse(first!).text);
        const other = JSON.stringify({ chosen: rejected, messages, rejected: chosen });
        return [JSON.stringify({ text: other }), ...lines].join('\n');
      }),
    );
    await refuted(text, {
      name: 'origin',
      text: /^pair 1 of .* is encoded differently/,
    });
    const marks = forged((at) =>
      editBytes(at(MARKS), (all) => all.set(all.map((mark) => (mark & 2 ? mark ^ 4 : mark)))),
    );
    await refuted(marks, {
      name: 'origin',
      file: MARKS,
      text: /^pair 1 of .* is not marked as what it is, chosen or rejected/,
    });
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
    await refuted(copy, {
      name: 'schedule',
      text: 'the batch is not the one that seed and recipe draw',
    });
  });

  test('no pair: a conversation, or a pair in another spelling', async () => {
    for (const by of [
      (text: string) => text.replace('\\"chosen\\"', '\\"choosen\\"'),
      (text: string) => text.replace('\\"chosen\\":\\"', '\\"chosen\\":\\" '),
    ])
      await refuted(
        forged((at) => edit(at(TEXT), by)),
        { name: 'data', file: TEXT, text: /the pair of line 1/ },
      );
  });
});

describe('references', () => {
  test('that are not there: the losses are not known', async () => {
    const copy = bench.copy(run);
    rmSync(join(copy, REFERENCES));
    const found = await auditRun(copy, { replay: 'all' });
    expect(found.verdict).toBe('incomplete');
    for (const name of ['structure', 'replay', 'figures'])
      expect(found.checks.find((check) => check.name === name)).toMatchObject({
        verdict: 'incomplete',
        findings: expect.arrayContaining([expect.objectContaining({ file: REFERENCES })]),
      });
    expect(checkOf(found, 'schedule').verdict).toBe('holds');
  });

  test('altered or cut, without new signatures', async () => {
    const altered = bench.copy(run);
    change(altered, (all) => all.set([all[0]! + 1], 0));
    await refuted(altered, {
      name: 'structure',
      file: REFERENCES,
      text: 'has other references than genesis names',
    });
    const cut = forged((at) => writeFileSync(at(REFERENCES), readFileSync(at(REFERENCES)).subarray(8)));
    await refuted(cut, {
      name: 'structure',
      file: REFERENCES,
      text: /^has \d+ bytes, not the/,
    });
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
    await refuted(copy, {
      name: 'structure',
      text: 'names no references, and the run learns from pairs',
    });
  });
});
