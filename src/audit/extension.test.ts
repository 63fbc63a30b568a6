// Runs whose tokenizer has more entries than that of their parent: S_0 against the rule, honest chains, and what makers can forge.

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Safetensors } from '../formats/index.ts';
import { exportModel, parentShape } from '../foundry/index.ts';
import { parseRecipe, recipeToYaml } from '../foundry/recipe/index.ts';
import { extendTokenizer, Tokenizer, trainTokenizer } from '../foundry/tokenizer/index.ts';
import { type Commitment, digestOfFile, readStatement, type StateTensor, stateRoot } from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { bundleRun, withBundle } from './bundle.ts';
import {
  auditRun,
  checkOf,
  commitmentOf,
  edit,
  expectRefuted,
  findingsOf,
  fromRun,
  notesOf,
  parentOfRun,
  TestBench,
} from './testing/audit-run.ts';
import { readState } from './testing/run.ts';
import type { Audit } from './types.ts';

const bench = new TestBench();
const { signer: maker } = bench;
const TRAIN = { steps: 4 };
const EMBEDDING = 'model.embed_tokens.weight';
const TOKENIZER = 'tokenizer/tokenizer.json';
/** Fewer texts than those of the children: so there is something left to learn. */
const CORPUS = { sources: [{ files: 'texts/a', licence: 'CC0-1.0' }], validation: 0.1 };
const MORE = { tokenizer: { vocabSize: 470 } };
/** A parent with an untied head, another of its shape, a child of the first with more entries, and a child of that one with still more. */
const SHAPE = { model: { tieWordEmbeddings: false }, corpus: CORPUS, train: TRAIN };
const parent = await bench.make(maker, SHAPE);
const other = await bench.make(maker, { ...SHAPE, seed: 2 });
const child = await bench.make(maker, { name: 'child', seed: 5, ...fromRun(parent), ...MORE, train: TRAIN });
const grandchild = await bench.make(maker, {
  ...{ name: 'grandchild', ...fromRun(child), tokenizer: { vocabSize: 500 } },
  train: { steps: 4, optimizer: 'muon' },
});

const look = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  auditRun(folder, { replay: 'all', ...options });
const tokenizerOf = (run: string): Tokenizer => Tokenizer.load(join(run, TOKENIZER));
/** Refuted by an audit in full. */
const refuted = (run: string, file: string, text: RegExp, options: Partial<AuditOptions> = {}) =>
  expectRefuted(run, { file, text }, { replay: 'all', ...options });

/** The parent's ids of the bytes of an entry, by its merges one after another. */
function idsOf(old: Tokenizer, bytes: Uint8Array): number[] {
  const ids = new Map(Array.from({ length: old.vocabSize }, (_, id) => [`${old.decodeBytes([id])}`, id]));
  const spelled = new Map(old.spelledTokens().map((token, id) => [token, id]));
  return old.spelledMerges().reduce<number[]>(
    (symbols, merge) => {
      const [left, right] = merge.split(' ').map((part) => spelled.get(part)!) as [number, number];
      const made = spelled.get(merge.replace(' ', ''))!;
      const out: number[] = [];
      for (const symbol of symbols) {
        // From left to right: a pair is joined when its right half comes.
        if (symbol === right && out.at(-1) === left) out.splice(-1, 1, made);
        else out.push(symbol);
      }
      return out;
    },
    [...bytes].map((byte) => ids.get(`${byte}`)!),
  );
}

/** S_0 of a child as docs/arithmetic.md has it; only merges, no turn tokens. */
function startOf(of: string, its: string): StateTensor[] {
  const [old, whole] = [tokenizerOf(its), tokenizerOf(of)];
  const file = Safetensors.open(join(its, 'model/model.safetensors'));
  const tensors = readState(of, TRAIN.steps).map(({ name, shape }): StateTensor => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (file.tensors.has(name)) {
      const bytes = new Uint8Array(values.buffer);
      file.read(name, bytes.subarray(0, file.tensors.get(name)!.byteLength));
      const width = shape[1] ?? 0;
      for (let id = old.vocabSize; shape[0] === whole.vocabSize && id < whole.vocabSize; id++) {
        const parts = idsOf(old, whole.decodeBytes([id]));
        for (let d = 0; d < width; d++) {
          let sum = 0;
          for (const part of parts) sum = Math.fround(sum + values[part * width + d]!);
          values[id * width + d] = sum * Math.fround(1 / parts.length);
        }
      }
    }
    return { name, dtype: 'F32', shape, data: new Uint8Array(values.buffer) };
  });
  file.close();
  return tensors;
}

describe('honest', () => {
  test('the parent’s entries keep their ids, and S_0 has the mean of the rows that a new entry joins', () => {
    for (const [run, its] of [
      [child, parent],
      [grandchild, child],
    ] as const) {
      const [old, whole] = [tokenizerOf(its), tokenizerOf(run)];
      expect(whole.vocabSize).toBe(run === child ? 470 : 500);
      expect(whole.spelledTokens().slice(0, old.vocabSize)).toEqual(old.spelledTokens());
      expect(commitmentOf(run).stateRoot).toBe(stateRoot(0, startOf(run, its)));
      expect(digestOfFile(join(run, 'start/tokenizer.json'))).toBe(commitmentOf(its).tokenizer);
      expect(digestOfFile(join(run, 'start/model.safetensors'))).toBe(
        digestOfFile(join(its, 'model/model.safetensors')),
      );
    }
  });

  test('an audit holds, alone and with all that it was built on', async () => {
    const alone = await look(child);
    expect(findingsOf(alone)).toEqual([]);
    expect(alone).toMatchObject({ verdict: 'holds', extent: 'all' });
    expect(checkOf(alone, 'origin').detail).toMatch(/^S_0, tokenizer, /);
    const found = await look(grandchild, { parents: [parent, child] });
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', parent: { audit: { verdict: 'holds', parent: { audit: {} } } } });
  });

  test('from a bundle, with data and without; from a GGUF file, whose tokenizer.json is spelt otherwise', async () => {
    const file = join(bench.folder, 'child.tar');
    for (const withoutData of [false, true]) {
      await bundleRun({ run: child, out: file, withoutData });
      const found = await withBundle(file, (folder) => look(folder));
      expect(findingsOf(found).filter(({ verdict }) => verdict === 'refuted')).toEqual([]);
      expect(found.verdict).toBe(withoutData ? 'incomplete' : 'holds');
      expect(findingsOf(found).map(({ file }) => file)).not.toContain('start/tokenizer.json');
    }
    const gguf = join(bench.folder, 'parent.gguf');
    await exportModel({ model: parent, to: 'gguf', out: gguf, type: 'f32' });
    const run = await bench.make(maker, { name: 'g', from: { model: basename(gguf) }, ...MORE, train: TRAIN });
    expect(readFileSync(join(run, TOKENIZER), 'utf8')).toBe(readFileSync(join(child, TOKENIZER), 'utf8'));
    expect(digestOfFile(join(run, 'start/tokenizer.json'))).not.toBe(commitmentOf(parent).tokenizer);
    const found = await look(run, { parents: [gguf] });
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', parent: { compared: true } });
  });

  test('the parent is not needed to resume; a short text gives fewer entries, and says so', async () => {
    const said: string[] = [];
    const many = { name: 'many', ...fromRun(parent), tokenizer: { vocabSize: 100_000 }, train: TRAIN };
    const stop = new AbortController();
    const onEvent = (event: { kind: string; step?: number; text?: string }): void => {
      if (event.kind === 'note') said.push(event.text!);
      if (event.kind === 'step' && event.step === 2) stop.abort();
    };
    const out = bench.path();
    const options = { out, onEvent, signal: stop.signal };
    await expect(bench.make(maker, many, options)).rejects.toMatchObject({ code: 'interrupted' });
    const { vocabSize } = tokenizerOf(out);
    expect(vocabSize).toBeGreaterThan(500);
    expect(said.join('\n')).toContain(
      `The text is too short for 100000 entries: tokenizer and model have ${vocabSize}.`,
    );
    const recipe = parseRecipe(readFileSync(join(out, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
    await bench.make(maker, {}, { recipe, recipeFolder: join(out, 'corpus'), out, resume: true });
    expect(await look(out)).toMatchObject({ verdict: 'holds' });
  });
});

describe('forgetting', () => {
  const cardOf = (run: string) => readFileSync(join(run, 'model/README.md'), 'utf8');
  const scoresOf = (run: string): { step: number; bitsPerByte: number; bySource: number[] }[] =>
    readFileSync(join(run, 'validation.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('the scores before the first step stand in the card; those of the same tokenizer are what the parent came to', async () => {
    const again = await bench.make(maker, { name: 'again', corpus: CORPUS, ...fromRun(parent), train: TRAIN });
    const [before, after] = scoresOf(again);
    const { valBitsPerByte } = readStatement(join(parent, 'seal.json'), 'seal').predicate;
    expect([before!.step, after!.step]).toEqual([0, TRAIN.steps]);
    expect(before!.bitsPerByte).toBe(valBitsPerByte);
    expect(cardOf(again)).toContain(
      `- validation: ${after!.bitsPerByte.toFixed(3)} bits per byte, ${before!.bitsPerByte.toFixed(3)} before step 1\n`,
    );
    expect(cardOf(again)).toContain(`| 1 | ${before!.bySource[0]!.toFixed(3)} | ${after!.bySource[0]!.toFixed(3)} |\n`);
    expect(await look(again, { validation: true })).toMatchObject({ verdict: 'holds' });
    expect(cardOf(parent)).not.toContain('before');
  });

  test('a card with another figure before the first step', async () => {
    const { bitsPerByte, bySource } = scoresOf(child)[0]!;
    const forge = (text: string, from: number, to: number) => text.replace(from.toFixed(3), to.toFixed(3));
    for (const figure of [bitsPerByte, bySource[0]!]) {
      const card = forge(cardOf(child), figure, figure - 0.5);
      expect(card).not.toBe(cardOf(child));
      const copy = bench.resealed(child, (at) => writeFileSync(at('model/README.md'), card));
      await refuted(copy, 'model/README.md', /not the card that follows/, { validation: true });
    }
  });

  test('where computing costs too much the card’s own figures are compared, and said to be the maker’s word', async () => {
    const train = { steps: 1, validationTokens: 4000 };
    const run = await bench.make(maker, { name: 'short', ...fromRun(parent), ...MORE, train });
    const found = await look(run, { replay: undefined });
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', figures: 'maker' });
    expect(notesOf(found)).toMatch(/and that before step 1, is the maker's word/);
    for (const options of [{ replay: undefined, validation: true }, { replay: 'all' as const }]) {
      const computed = await look(run, options);
      expect([findingsOf(computed), computed.figures]).toEqual([[], 'computed']);
    }
  });

  test('the scores of a resumed run are those of S_0, whatever a file says', async () => {
    const stop = new AbortController();
    const onEvent = (event: { kind: string; step?: number }): void => {
      if (event.kind === 'step' && event.step === 2) stop.abort();
    };
    const out = bench.path();
    const changes = { name: 'child', seed: 5, ...fromRun(parent), ...MORE, train: TRAIN };
    await expect(bench.make(maker, changes, { out, onEvent, signal: stop.signal })).rejects.toThrow();
    writeFileSync(join(out, 'validation.jsonl'), '{"step":0,"bitsPerByte":1,"bySource":[1,1]}\n');
    await bench.make(maker, changes, { out, resume: true });
    expect(cardOf(out)).toBe(cardOf(child));
  });
});

describe('rehearsal', () => {
  const read = (more: object, from: object = { run: basename(parent), rehearse: 0.5 }) =>
    parseRecipe(JSON.stringify({ name: 'r', seed: 7, from, train: TRAIN, ...more }), {
      file: 'r.yaml',
      shapeOf: parentShape(bench.folder),
    });
  const own = { corpus: { sources: [{ files: 'texts/b', weight: 3 }] } };

  test('the parent’s sources are added with their weight; the recipe that is written states them, and an audit holds', async () => {
    const recipe = read(own);
    expect(recipe.from).toEqual({ run: basename(parent) });
    expect(recipe.corpus.validation).toBe(CORPUS.validation);
    expect(recipe.corpus.sources.map(({ files, weight, licence }) => [files, weight, licence])).toEqual([
      ['texts/b', 3, 'unknown'],
      ['texts/a', 0.5, 'CC0-1.0'],
    ]);
    const out = await bench.make(maker, {}, { recipe });
    expect(parseRecipe(readFileSync(join(out, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' })).toEqual(recipe);
    expect(await look(out, { sources: bench.folder })).toMatchObject({
      verdict: 'holds',
      data: { standing: 'sources' },
    });
    expect(readFileSync(join(out, 'model/README.md'), 'utf8')).toMatch(
      /^\| texts\/a \| und \| CC0-1.0 \| [\d.]+ \| 0.5 \| [\d.]+ \| [\d.]+ \|$/m,
    );
    // A recipe that rehearses a run that rehearsed.
    const more = read(own, { run: basename(out), rehearse: 0.1 });
    expect(more.corpus.sources.map(({ files, weight }) => [files, weight])).toEqual([
      ['texts/b', 3],
      ['texts/b', 3 * 0.1],
      ['texts/a', 0.5 * 0.1],
    ]);
  });

  test('the parent’s texts are those that it read, whatever lies beside the new recipe', () => {
    const folder = join(bench.folder, 'other');
    cpSync(join(bench.folder, 'texts/b'), join(folder, 'texts/a'), { recursive: true });
    const beside = () =>
      parseRecipe(JSON.stringify({ ...own, from: { run: `../${basename(parent)}`, rehearse: 0.5 } }), {
        file: 'r.yaml',
        shapeOf: parentShape(folder),
      }).corpus.sources.map(({ files }) => files);
    expect(beside()).toEqual(['texts/b', '../texts/a']);
    // Where neither place has what it read, nothing stands for it.
    const text = join(bench.folder, 'texts/a/more.txt');
    writeFileSync(text, 'One more text.');
    try {
      const refused = {
        code: 'rehearsed-texts',
        message: expect.stringMatching(/another text than it read|is not there|not among/),
      };
      expect(beside).toThrow(expect.objectContaining(refused));
      rmSync(join(folder, 'texts'), { recursive: true });
      cpSync(join(bench.folder, 'texts/a'), join(folder, 'texts/a'), { recursive: true });
      expect(beside).toThrow(/texts\/a\/more.txt is not among the texts that it read/);
      rmSync(join(folder, 'texts/a/more.txt'));
      expect(beside()).toEqual(['texts/b', 'texts/a']);
    } finally {
      rmSync(text);
    }
  });

  test('on the parent’s text alone; with another share of held-out text', () => {
    expect(read({}).corpus.sources).toHaveLength(1);
    expect(read({ corpus: { ...own.corpus, validation: 0.2 } }).corpus.validation).toBe(0.2);
  });

  test.each([
    ['no number', { run: 'x', rehearse: 'much' }, 'recipe-type', /from/],
    ['0', { run: 'x', rehearse: 0 }, 'recipe-', /from/],
    ['a model, whose texts nobody knows', { model: 'x.gguf', rehearse: 1 }, 'recipe-conflict', /from.run only/],
  ])('%s', (_, from, code, message) => {
    expect(() => read(own, from)).toThrow(
      expect.objectContaining({ code: expect.stringContaining(code), message: expect.stringMatching(message) }),
    );
  });

  test('a weight that is too large is named, and so is a recipe that nobody can complete', () => {
    const from = { run: basename(child), rehearse: 1000 };
    expect(() => read(own, from)).toThrow(/corpus.sources\[2\].weight/);
    const { model, tokenizer } = read(own);
    const stated = JSON.stringify({ ...own, model, tokenizer, from: { run: 'x', rehearse: 1 } });
    expect(() => parseRecipe(stated, { file: 'r.yaml' })).toThrow(/the sources that from.rehearse means are missing/);
  });
});

describe('forged', () => {
  const changed = (run: string, change: (copy: string) => void, commitment: object = {}): string =>
    bench.forged(run, (_, copy) => change(copy), { commitment: commitment as Partial<Commitment> });
  /** Exchanges the ids of two entries. */
  const swap = (copy: string, a: number, b: number): void => {
    const tokens = tokenizerOf(copy).spelledTokens();
    const [first, second] = [a, b].map((id) => `${JSON.stringify(tokens[id])}: `);
    edit(join(copy, TOKENIZER), (text) => {
      const altered = text.replace(`${first}${a},`, `${first}${b},`).replace(`${second}${b},`, `${second}${a},`);
      expect(altered).not.toBe(text);
      return altered;
    });
  };

  test('a tokenizer that reorders the parent’s entries', async () => {
    for (const id of [301, 450])
      await refuted(
        changed(child, (copy) => swap(copy, 300, id)),
        TOKENIZER,
        /does not begin with the tokenizer of the parent/,
      );
  });

  test('other new entries than the texts give', async () => {
    await refuted(
      changed(child, (copy) => swap(copy, 450, 451)),
      TOKENIZER,
      /not the tokenizer that these texts train/,
    );
    const alien = await extendTokenizer(tokenizerOf(parent), [{ text: 'zyzyzy xwxw zyxw', weight: 1 }], MORE.tokenizer);
    const copy = changed(child, (run) => writeFileSync(join(run, TOKENIZER), alien.toJson()));
    await refuted(copy, TOKENIZER, /not the tokenizer that these texts train/);
    // The parent's entries alone, where the recipe asks for more.
    const none = changed(child, (run) => cpSync(join(parent, TOKENIZER), join(run, TOKENIZER)));
    await refuted(none, TOKENIZER, /not the tokenizer that these texts train/);
  });

  test('a tokenizer that has nothing of the parent', async () => {
    const own = await trainTokenizer([{ text: 'abab cdcd abcd '.repeat(3), weight: 1 }], { vocabSize: 400 });
    const write = (run: string) => writeFileSync(join(run, TOKENIZER), own.toJson());
    await refuted(changed(child, write), TOKENIZER, /does not begin with the tokenizer of the parent/);
    const same = await bench.make(maker, { name: 'same', ...fromRun(parent), train: TRAIN });
    const swapped = changed(same, (run) => swap(run, 300, 301));
    await refuted(swapped, 'genesis.json', /names another tokenizer than that of its parent/);
  });

  test('a new row that is altered', async () => {
    const state = startOf(child, parent);
    const embedding = new Float32Array(state.find(({ name }) => name === EMBEDDING)!.data.buffer);
    embedding[embedding.length - 1]! += 0.25;
    const root = stateRoot(0, state);
    await refuted(
      changed(child, () => {}, { stateRoot: root }),
      'genesis.json',
      /S_0 is not the state/,
    );
  });

  test('rows of another parent', async () => {
    const weights = digestOfFile(join(other, 'model/model.safetensors'));
    const copy = (run: string) => cpSync(join(other, 'model/model.safetensors'), join(run, 'start/model.safetensors'));
    const { seal } = parentOfRun(child);
    await refuted(
      changed(child, copy, { parent: { seal, weights } }),
      'genesis.json',
      /other weights than those that its parent sealed/,
    );
    const whole = changed(
      child,
      (run) => {
        copy(run);
        for (const name of ['seal.json', 'genesis.json']) cpSync(join(other, name), join(run, 'start', name));
      },
      { parent: { seal: digestOfFile(join(other, 'seal.json')), weights } },
    );
    await refuted(whole, 'genesis.json', /S_0 is not the state with the weights of the parent/);
  });

  test('another tokenizer in the place of the parent’s, of its size or not; none', async () => {
    const path = (run: string) => join(run, 'start/tokenizer.json');
    const text = readFileSync(path(child), 'utf8');
    await refuted(
      changed(child, (run) => writeFileSync(path(run), text.replace('"dropout": null', '"dropout":null '))),
      'start/tokenizer.json',
      /another tokenizer than that of the parent/,
    );
    await refuted(
      changed(child, (run) => writeFileSync(path(run), `${text} `)),
      'start/tokenizer.json',
      /not as many/,
    );
    const found = await look(changed(child, (run) => rmSync(path(run))));
    expect(found.verdict).toBe('incomplete');
    expect(findingsOf(found)).toContainEqual(
      expect.objectContaining({ file: 'start/tokenizer.json', verdict: 'incomplete' }),
    );
  });

  test('weights with other rows than the parent has entries', async () => {
    // The grandparent's weights would have fewer rows, those of this run more.
    const weights = digestOfFile(join(child, 'model/model.safetensors'));
    const copy = changed(
      child,
      (run) => cpSync(join(run, 'model/model.safetensors'), join(run, 'start/model.safetensors')),
      { parent: { seal: parentOfRun(child).seal, weights } },
    );
    await refuted(copy, 'genesis.json', /other weights than those that its parent sealed/);
  });

  test('a recipe that asks for fewer entries than the tokenizer has', async () => {
    const fewer = (run: string): void =>
      edit(join(run, 'recipe.yaml'), (text) => {
        const recipe = parseRecipe(text, { file: 'recipe.yaml' });
        recipe.tokenizer.vocabSize = 400;
        return recipeToYaml(recipe);
      });
    await refuted(changed(child, fewer), TOKENIZER, /has 470 entries, the recipe 400/);
  });
});

test('bad input: fewer entries than the parent; by default as many', () => {
  const recipe = { name: 'bad', corpus: { sources: [{ files: 'texts/a' }] }, train: TRAIN, ...fromRun(child) };
  const read = (more: object) =>
    parseRecipe(JSON.stringify({ ...recipe, ...more }), { file: 'r.yaml', shapeOf: parentShape(bench.folder) });
  expect(() => read({ tokenizer: { vocabSize: 469 } })).toThrow("tokenizer.vocabSize is 469, the parent's is 470");
  expect(read({}).tokenizer).toEqual({ vocabSize: 470 });
  expect(read({ tokenizer: { vocabSize: 480 } }).tokenizer).toEqual({ vocabSize: 480 });
  expect(existsSync(join(child, 'start/tokenizer.json'))).toBe(true);
});
