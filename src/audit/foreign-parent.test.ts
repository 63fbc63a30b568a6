// Runs that begin with a model whose tokenizer another maker made: its ids are those of Hugging Face's library, the run holds, and a tokenizer
// that was swapped or a token around documents that was changed is refuted.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { exportModel, type MakeOptions, makeRun, parseRecipe } from '../foundry/index.ts';
import { openModel } from '../foundry/load/index.ts';
import { TINY, weightsOf, writeFolder } from '../foundry/load/testing/folders.ts';
import { foreignFiles, foreignTexts } from '../foundry/tokenizer/testing/foreign.ts';
import { digestOfFile, type Parent, parentOf } from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { bundleRun, withBundle } from './bundle.ts';
import { auditRun, commitmentOf, edit, expectRefuted, findingsOf, TestBench } from './testing/audit-run.ts';
import { redoEvidence } from './testing/run.ts';
import type { Audit } from './types.ts';

const bench = new TestBench();
const { signer: maker } = bench;
const at = (name: string): string => join(bench.folder, name);
const files = (await foreignFiles()) as Record<string, Json>;
/** Runs by their parent's tokenizer. */
const runs: Record<string, string> = {};

type Json = Record<string, unknown> & { added_tokens: { content: string; special: boolean }[] };

/** What config.json says of the tokens around a text, and what a document must have around it. */
const KINDS = {
  Qwen2: { config: { bos_token_id: null, eos_token_id: 0 }, before: 0, behind: [] },
  'Llama 3': { config: { bos_token_id: 700, eos_token_id: [703, 0] }, before: 700, behind: [703] },
  'Llama 2': { config: { bos_token_id: 1, eos_token_id: 2 }, before: 1, behind: [2] },
} as const;
type Kind = keyof typeof KINDS;
const TRAIN = { steps: 4 };
const SOURCES = [
  { files: 'mixed.jsonl', language: 'mul', licence: 'CC0-1.0' },
  { files: 'texts/b', language: 'ko', licence: 'CC0-1.0' },
];

bench.writeLines(
  'mixed.jsonl',
  foreignTexts(400).map((text) => ({ text })),
);
const SHARED = { corpus: { sources: SOURCES, validation: 0.1 }, train: TRAIN };
for (const kind of Object.keys(KINDS) as Kind[]) {
  // More rows than the tokenizer has entries, and a context longer than can be trained.
  const config = { ...TINY, maxPositionEmbeddings: 4096 };
  writeFolder(at(kind), config, weightsOf(config, 'F32'), files[kind], { config: KINDS[kind].config });
  runs[kind] = await bench.make(maker, { ...SHARED, from: { model: kind } });
}

const look = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  auditRun(folder, { replay: 'all', ...options });
const idsOf = (run: string, source: number): Uint16Array => {
  const bytes = readFileSync(join(run, `corpus/source-0${source}.train.bin`));
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
};

describe.each(Object.keys(KINDS) as Kind[])('%s', (kind) => {
  test('the ids of its documents are those of the library of Hugging Face, between the tokens that the parent names', () => {
    const { before, behind } = KINDS[kind];
    // Special tokens that are written in a text stay text: the library is not told of them.
    const plain = { ...files[kind], added_tokens: files[kind]!.added_tokens.filter(({ special }) => !special) };
    const theirs = new HuggingFace(plain, { clean_up_tokenization_spaces: false });
    for (const source of [0, 1]) {
      const texts = readFileSync(join(runs[kind]!, `corpus/source-0${source}.train.jsonl`), 'utf8').split('\n');
      const wanted = texts.filter(Boolean).flatMap((line) => {
        const { ids } = theirs.encode(JSON.parse(line).text, { add_special_tokens: false });
        return [before, ...ids, ...behind];
      });
      expect([...idsOf(runs[kind]!, source)]).toEqual(wanted);
    }
  });

  test('it holds, with and without its parent', async () => {
    const found = await look(runs[kind]!, { parents: [at(kind)], sources: bench.folder });
    expect(findingsOf(found)).toEqual([]);
    expect(found).toMatchObject({ verdict: 'holds', extent: 'all', parent: { kind: 'model', compared: true } });
    expect(found.data.standing).toBe('sources');
    const out = at(`${kind}.tar`);
    await bundleRun({ run: runs[kind]!, out, withoutData: false });
    expect(await withBundle(out, async (inside) => findingsOf(await look(inside)))).toEqual([]);
  });

  test('the model has the tokenizer of its parent, as it stands, and begins a text as it was trained', async () => {
    for (const name of ['tokenizer/tokenizer.json', 'model/tokenizer.json'])
      expect(digestOfFile(join(runs[kind]!, name))).toBe(digestOfFile(join(at(kind), 'tokenizer.json')));
    const out = at(`${kind}-exported`);
    await exportModel({ model: runs[kind]!, to: 'hf', type: 'f32', out });
    expect(digestOfFile(join(out, 'tokenizer.json'))).toBe(digestOfFile(join(at(kind), 'tokenizer.json')));
    for (const path of [runs[kind]!, out]) {
      const model = openModel(path);
      const { before, behind } = KINDS[kind];
      expect([model.config.vocabSize, model.config.maxPositionEmbeddings]).toEqual([720, 2048]);
      expect([model.tokenizer.prefixId, ...model.tokenizer.endIds]).toEqual([
        before,
        ...(behind[0] ? behind : [before]),
      ]);
      model.close();
    }
  });
});

test('from GGUF, and from a run that began so: the ids stay, rows without a token too, and each link is audited', async () => {
  await exportModel({ model: runs.Qwen2!, to: 'gguf', type: 'f32', out: at('qwen.gguf') });
  const child = await bench.make(maker, { ...SHARED, name: 'child', from: { model: 'qwen.gguf' } });
  expect(idsOf(child, 0)).toEqual(idsOf(runs.Qwen2!, 0));
  const rehearsed = { run: basename(child), rehearse: 0.5 };
  const corpus = { sources: [{ files: 'texts/a', language: 'en', licence: 'CC0-1.0' }] };
  const grandchild = await bench.make(maker, { name: 'grandchild', from: rehearsed, corpus, train: TRAIN });
  expect(idsOf(grandchild, 1)).toEqual(idsOf(runs.Qwen2!, 0));
  const found = await look(grandchild, { parents: [child, at('qwen.gguf')] });
  expect(findingsOf(found)).toEqual([]);
  expect(found).toMatchObject({ verdict: 'holds', parent: { audit: { parent: { kind: 'model', compared: true } } } });
});

test('a GGUF file that lies about its tokens', async () => {
  await exportModel({ model: runs['Llama 3']!, to: 'gguf', type: 'f32', out: at('honest.gguf') });
  const bytes = readFileSync(at('honest.gguf'));
  /** With another number behind a key whose value has 32 bits. */
  const lying = (key: string, value: number) => () => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(value, copy.indexOf(key) + key.length + 4);
    writeFileSync(at('lying.gguf'), copy);
    return bench.options({ ...SHARED, from: { model: 'lying.gguf' } });
  };
  const eos = 'tokenizer.ggml.eos_token_id';
  expect(lying(eos, 703)).not.toThrow();
  expect(lying(eos, 5000)).toThrow(
    expect.objectContaining({ code: 'gguf-broken', message: expect.stringMatching(/5000/) }),
  );
  const word = { code: 'recipe-conflict', message: expect.stringMatching(/eosToken.*not a special token/) };
  expect(lying(eos, 300)).toThrow(expect.objectContaining(word));
  expect(lying('llama.embedding_length', 24)).toThrow(JikjiError);
});

test('a run that is not finished is opened as it was trained, and goes on to the same bits without its parent', async () => {
  const copy = bench.path();
  mkdirSync(copy);
  const options = bench.options({
    ...SHARED,
    from: { model: 'Llama 3' },
    train: { steps: 8, checkpointEvery: 2 },
  });
  const stop = new AbortController();
  const onEvent: MakeOptions['onEvent'] = (event) => {
    if (event.kind === 'checkpoint' && event.step === 4) stop.abort();
  };
  const begun = { ...options, signer: maker, signal: stop.signal, onEvent };
  await expect(makeRun(begun)).rejects.toMatchObject({ code: 'interrupted' });
  const model = openModel(options.out);
  const found = [model.config.vocabSize, model.tokenizer.prefixId, [...model.tokenizer.endIds]];
  expect(found).toEqual([720, 700, [703]]);
  model.close();
  await exportModel({ model: options.out, to: 'gguf', type: 'f32', out: at('unfinished.gguf') });
  cpSync(options.out, copy, { recursive: true });
  const recipe = parseRecipe(readFileSync(join(copy, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
  const signal = new AbortController().signal;
  await makeRun({
    ...options,
    recipe,
    signer: maker,
    signal,
    recipeFolder: join(copy, 'corpus'),
    out: copy,
    resume: true,
  });
  const whole = await bench.make(maker, {}, { ...options, out: bench.path() });
  expect(readFileSync(join(copy, 'transcript.jsonl'))).toEqual(readFileSync(join(whole, 'transcript.jsonl')));
});

describe('forged', () => {
  const refuted = (run: string, file: string, text: RegExp) => expectRefuted(run, { file, text }, { replay: 'all' });
  const changed = (kind: Kind, change: (file: Json) => void): string => {
    const copy = bench.copy(runs[kind]!);
    edit(join(copy, 'tokenizer/tokenizer.json'), (text) => {
      const file = JSON.parse(text);
      change(file);
      return JSON.stringify(file);
    });
    return copy;
  };
  const swapped = (kind: Kind): string =>
    changed(kind, (file) => {
      (file.model as { merges: unknown[] }).merges.reverse();
    });

  test('another tokenizer, not signed', async () => {
    await refuted(swapped('Qwen2'), 'tokenizer/tokenizer.json', /another tokenizer than genesis names|bytes/);
  });

  test('another tokenizer, signed', async () => {
    const copy = swapped('Qwen2');
    redoEvidence(copy, maker);
    await refuted(copy, 'genesis.json', /another tokenizer than that of its parent/);
  });

  test("another tokenizer, signed as the parent's: the texts have other ids", async () => {
    const copy = swapped('Llama 3');
    const parent = parentOf(commitmentOf(copy)) as Extract<Parent, { files: unknown }>;
    for (const file of parent.files)
      if (file.name === 'tokenizer') file.sha256 = digestOfFile(join(copy, 'tokenizer/tokenizer.json'));
    redoEvidence(copy, maker, { commitment: { parent } });
    await refuted(copy, 'corpus/source-00.train.bin', /encoded differently/);
    await expect(look(copy, { parents: [at('Llama 3')] })).rejects.toMatchObject({ code: 'usage' });
  });

  test('other tokens around documents', async () => {
    const copy = bench.copy(runs['Llama 3']!);
    const path = join(copy, 'recipe.yaml');
    edit(path, (text) => text.replace('eosToken: <|end|>', 'eosToken: <|endoftext|>'));
    redoEvidence(copy, maker);
    await refuted(copy, 'corpus/source-00.train.bin', /encoded differently/);
    await refuted(copy, 'model/config.json', /not the recipe's model/);
    edit(path, (text) => text.replace('eosToken: <|endoftext|>', 'eosToken: <think>'));
    redoEvidence(copy, maker);
    await refuted(copy, 'tokenizer/tokenizer.json', /<think> is not one of its special tokens/);
  });

  test('a tokenizer with more entries than rows', async () => {
    const copy = changed('Qwen2', (file) => {
      for (let id = 704; id < 730; id++)
        file.added_tokens.push({ ...file.added_tokens[0]!, content: `<|${id}|>`, id } as never);
    });
    cpSync(join(copy, 'tokenizer/tokenizer.json'), join(copy, 'start/tokenizer.json'));
    redoEvidence(copy, maker);
    await refuted(copy, 'tokenizer/tokenizer.json', /has 730 entries, the recipe 720/);
  });
});
