// Exports of finished and unfinished runs and of foreign folders: the export loads as the same model; a card repeats the signed values;
// faults are reported, and leave no files.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { skipped } from '../../base/testing/skipped.ts';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { elementsOf } from '../../engine/index.ts';
import { Gguf } from '../../formats/index.ts';
import { defaultSigner, digestOfFile, readStatement, signStatement } from '../../ledger/index.ts';
import { sampleModel } from '../generate/index.ts';
import { openModel } from '../load/index.ts';
import { writeTexts } from '../make/testing/cli.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { parameters } from '../model/index.ts';
import { Tokenizer } from '../tokenizer/index.ts';
import { modelCard } from './card.ts';
import { type ExportOptions, exportModel } from './index.ts';
import { readRunFacts } from './run-facts.ts';

const RECIPE = `
name: pipes-and-more
seed: 1377
corpus:
  sources:
    - { files: texts, language: en-GB, licence: 'CC0-1.0 | "x" <b>', weight: 2 }
    - { files: more, language: ko }
  validation: 0.1
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 32, intermediateSize: 40, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 20, batchSize: 4, sequenceLength: 32, checkpointEvery: 10, learningRate: 0.01 }
`;

const folder = temporaryHome();
const at = (name: string) => join(folder, name);

const exported = (model: string, to: 'hf' | 'gguf', out: string, options: Partial<ExportOptions> = {}) =>
  exportModel({ model: at(model), to, out: at(out), type: 'f32', ...options });

const sample = (model: string) =>
  sampleModel({
    model: at(model),
    prompt: 'teo',
    maxTokens: 25,
    temperature: 0.8,
    topK: 0,
    topP: 0.95,
    seed: 1377,
    threads: 1,
    onText: () => {},
  });

const card = (out: string) => readFileSync(join(at(out), 'README.md'), 'utf8');

beforeAll(async () => {
  writeTexts(at('texts'), 20, 30);
  writeTexts(at('more'), 10, 70);
  writeFileSync(at('recipe.yaml'), RECIPE);
  await expect(makeIn(folder, 'run', { stopAfter: 7 })).rejects.toMatchObject({ code: 'interrupted' });
  cpSync(at('run'), at('stopped'), { recursive: true });
  await makeIn(folder, 'run', { resume: true });
});

describe('a Hugging Face folder', () => {
  test('of a finished run is the sealed model, byte for byte, and writes the same text', async () => {
    const { files, notes } = await exported('run', 'hf', 'deep/hf');
    expect(notes).toEqual([]);
    const names = [
      'README.md',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ];
    expect(files.map(({ path }) => basename(path))).toEqual(names);
    expect(readdirSync(at('deep/hf')).sort()).toEqual(names);
    expect(readdirSync(at('deep'))).toEqual(['hf']);
    for (const { path, sha256 } of files) expect(digestOfFile(path)).toBe(sha256);
    const sealed = readStatement(at('run/seal.json'), 'seal').subjects;
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) {
      expect(digestOfFile(join(at('deep/hf'), name))).toBe(sealed.get(`model/${name}`));
    }
    expect(await sample('deep/hf')).toEqual(await sample('run'));
    const { bos_token_id, eos_token_id } = JSON.parse(readFileSync(at('deep/hf/generation_config.json'), 'utf8'));
    expect([bos_token_id, eos_token_id]).toEqual([0, 0]);
  });

  test('its card', async () => {
    await exported('run', 'hf', 'card');
    const text = card('card');
    const front = parse(/^---\n([\s\S]*?)\n---\n/.exec(text)![1]);
    expect(front).toMatchObject({ language: ['en', 'ko'], license: 'unknown', library_name: 'transformers' });
    expect(front.tags).toContain('jikji');
    const seal = readStatement(at('run/seal.json'), 'seal');
    const genesis = readStatement(at('run/genesis.json'), 'genesis');
    const { head, valBitsPerByte } = seal.predicate;
    for (const digest of [seal.digest, genesis.digest, genesis.keyid, head, seal.subjects.get('state')!]) {
      expect(text).toContain(digest);
    }
    expect(text).toContain(valBitsPerByte!.toFixed(4));
    expect(text).toContain('jikji audit');
    // The card calls its values the maker's word, and claims nothing that needs an audit.
    expect(text).toMatch(/By its maker's word, .* it was trained from\nrandom weights/);
    expect(text).toContain("licence is the maker's word, unless an audit compared them with their sources");
    expect(text).not.toMatch(/trained from random weights by Jikji|nothing but|The claim holds/);
    const manifest = JSON.parse(readFileSync(at('run/corpus/manifest.json'), 'utf8'));
    for (const source of manifest.sources) {
      const mb = ((source.bytes.train + source.bytes.validation) / 1e6).toFixed(2);
      expect(text).toMatch(new RegExp(`\\| ${source.language} \\|.*\\| ${mb} \\| ${source.counts.kept} \\|`));
    }
    expect(text).toContain('CC0-1.0 \\| "x" \\<b\\>'); // no new columns, no markup
    for (const row of text.split('\n').filter((line) => line.startsWith('| texts'))) {
      expect(row.replaceAll('\\|', '').split('|')).toHaveLength(10);
    }
  });

  test('sources of one package are told apart in its card', () => {
    const facts = readRunFacts(at('run'));
    const [first, second] = facts.manifest.sources;
    const { fileCount, list } = first.origin;
    const of = (path: string) => ({ npm: 'words@1.0.0', integrity: 'sha512-x', path: [path], fileCount, list });
    const sources = [
      { ...first, origin: of('main.json') },
      { ...second, origin: of('more|json') },
    ];
    const changed = { ...facts, manifest: { ...facts.manifest, sources } } as typeof facts;
    const text = modelCard(changed, [], openModel(at('run')).config, undefined);
    expect(text).toContain('| words@1.0.0 (main.json) |');
    expect(text).toContain('| words@1.0.0 (more\\|json) |');
  });

  test('the card of a run that began with another says so, and with which optimizer it went on', async () => {
    const recipe = {
      name: 'child',
      seed: 1377,
      from: { run: 'run' },
      corpus: { sources: [{ files: 'texts' }], validation: 0.1 },
      train: { steps: 2, batchSize: 4, sequenceLength: 32, optimizer: 'muon', momentum: 0.9 },
    };
    writeFileSync(at('child.yaml'), JSON.stringify(recipe));
    await makeIn(folder, 'child', { recipe: 'child.yaml' });
    await exported('child', 'hf', 'child-card');
    const text = card('child-card');
    expect(text).toContain(
      `the weights of another run (\`run\`; its seal has the SHA-256 \`${digestOfFile(at('run/seal.json'))}\`)`,
    );
    expect(text).not.toContain('random weights');
    expect(text).toContain(
      'Muon (momentum 0.9) for the matrices of the layers, AdamW (beta 0.9 and 0.95) for all other weights',
    );

    await exported('run', 'hf', 'foreign');
    writeFileSync(at('of-model.yaml'), JSON.stringify({ ...recipe, name: 'other', from: { model: 'foreign' } }));
    await makeIn(folder, 'other', { recipe: 'of-model.yaml' });
    await exported('other', 'hf', 'other-card');
    const other = card('other-card');
    expect(other).toContain('the weights of a model whose making it does not show (`foreign`; SHA-256 of ');
    expect(other).toContain(`\`model.safetensors\` \`${digestOfFile(at('foreign/model.safetensors'))}\``);
  });

  test('its card names signed evaluations of this model, and no others', async () => {
    cpSync(at('run'), at('evaluated'), { recursive: true });
    mkdirSync(at('evaluated/evaluations'));
    const model = openModel(at('evaluated'));
    const digest = model.digest();
    model.close();
    const signer = defaultSigner(() => {});
    const statement = (of: string, name: string) =>
      signStatement(
        'evaluation',
        [['model', of]],
        {
          formatVersion: 1,
          evaluatorKey: signer.publicKey.toString('base64'),
          model: of,
          task: 'cd'.repeat(32),
          name,
          results: [
            { part: null, metric: 'acc', value: 0.123456789, stderr: 0.01, n: 50 },
            { part: 'half', metric: 'acc', value: 0.777, stderr: null, n: 25 },
          ],
          n: 50,
          of: 60,
          fewshot: 2,
          arithmeticVersion: 1,
          version: '1',
          time: '2026-01-01T00:00:00.000Z',
        },
        signer,
      );
    const put = (name: string, text: string) => writeFileSync(join(at('evaluated/evaluations'), name), text);
    put('a.json', statement(digest, 'co|pa'));
    put('b.json', statement('ab'.repeat(32), 'of-another'));
    put('c.json', statement(digest, 'changed').replace('payload', 'payloaf'));
    put('d.json', '{');
    put('notes.txt', 'x');
    const { notes } = await exported('evaluated', 'hf', 'evaluated-hf');
    expect(card('evaluated-hf')).toMatch(
      /\| co\\\|pa, 2 examples \| acc \| 0\.123457 \| 0\.01 \| 50 of 60 \| `[0-9a-f]{16}` \|/,
    );
    expect(card('evaluated-hf')).not.toMatch(/of-another|changed|0\.777/);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toMatch(/b\.json: it belongs to another model/);
  });

  test('of an unfinished run says so', async () => {
    const { notes } = await exported('stopped', 'hf', 'stopped-hf');
    expect(notes).toEqual(['This run is not finished: these are its weights after step 7 of 20.']);
    expect(card('stopped-hf')).toContain(`**${notes[0]}**`);
    expect(card('stopped-hf')).toContain('not finished; nothing of its end is signed');
    expect(await sample('stopped-hf')).toEqual(await sample('stopped'));
  });

  test('of a foreign folder keeps its tokenizer files and its own description', async () => {
    cpSync(at('run/model'), at('foreign'), { recursive: true });
    const own = { 'README.md': '---\nlicense: mit\n---\n# theirs\n', 'special_tokens_map.json': '{"a":1}' };
    for (const [name, text] of Object.entries(own)) writeFileSync(join(at('foreign'), name), text);
    const { files } = await exported('foreign', 'hf', 'foreign-hf');
    for (const [name, text] of Object.entries(own)) {
      expect(readFileSync(join(at('foreign-hf'), name), 'utf8')).toBe(text);
    }
    expect(files.map(({ path }) => basename(path))).toContain('tokenizer_config.json');
    // Written again from the tensors, with the same bytes.
    expect(digestOfFile(at('foreign-hf/model.safetensors'))).toBe(digestOfFile(at('run/model/model.safetensors')));
    expect(await sample('foreign-hf')).toEqual(await sample('run'));
    rmSync(at('foreign/README.md'));
    await exported('foreign', 'hf', 'nameless-hf');
    expect(card('nameless-hf')).toContain('did not train it');
  });

  const PYTHON = '/usr/bin/python3';
  const hasPython = spawnSync(PYTHON, ['-c', 'import safetensors.torch']).status === 0;
  skipped("the format's own library", hasPython ? undefined : 'python3-safetensors is not installed');
  test.skipIf(!hasPython)("the format's own library reads its weights", async () => {
    await exported('stopped', 'hf', 'for-python');
    const script =
      'import sys; from safetensors.torch import load_file; print(*[f"{k} {v.dtype} {list(v.shape)}" for k, v in sorted(load_file(sys.argv[1]).items())], sep="\\n")';
    const { stdout } = spawnSync(PYTHON, ['-c', script, at('for-python/model.safetensors')], { encoding: 'utf8' });
    const { config, close } = openModel(at('for-python'));
    close();
    const expected = parameters(config).map(({ name, shape }) => `${name} torch.float32 [${shape.join(', ')}]`);
    expect(stdout.trim().split('\n').sort()).toEqual(expected.sort());
  });
});

describe('GGUF', () => {
  /** Values of a file's tensors, by Hugging Face's name, with the rows of queries and keys put back. */
  function values(out: string): Map<string, Float32Array> {
    const file = Gguf.open(at(out));
    const model = openModel(at('run'));
    const { config } = model;
    model.close();
    const layer = { q: 'attn_q', k: 'attn_k', v: 'attn_v', o: 'attn_output' } as Record<string, string>;
    const list = parameters(config).map(({ name, shape }): [string, Float32Array] => {
      const theirs = name
        .replace('model.embed_tokens', 'token_embd')
        .replace('model.norm', 'output_norm')
        .replace('model.layers', 'blk')
        .replace(/self_attn\.(.)_proj/, (_, part: string) => layer[part])
        .replace('input_layernorm', 'attn_norm')
        .replace('post_attention_layernorm', 'ffn_norm')
        .replace(/mlp\.(.*)_proj/, 'ffn_$1');
      expect(file.tensors.get(theirs)!.shape).toEqual(shape);
      const read = new Float32Array(elementsOf(shape));
      file.read(theirs, read);
      if (!/attn_[qk]\./.test(theirs)) return [name, read];
      const back = new Float32Array(read.length);
      for (let row = 0; row < shape[0]; row++) {
        const [head, place] = [Math.floor(row / 8), row % 8];
        const from = head * 8 + (place < 4 ? 2 * place : 2 * (place - 4) + 1);
        back.set(read.subarray(from * 32, from * 32 + 32), row * 32);
      }
      return [name, back];
    });
    file.close();
    return new Map(list);
  }

  test('in float32 has the exact weights', async () => {
    const { files } = await exported('run', 'gguf', 'f32.gguf');
    expect(files).toEqual([{ path: at('f32.gguf'), sha256: digestOfFile(at('f32.gguf')) }]);
    const model = openModel(at('run'));
    for (const [name, read] of values('f32.gguf')) {
      const own = new Float32Array(read.length);
      model.read(name, own);
      expect(read, name).toEqual(own);
    }
    model.close();
    const file = Gguf.open(at('f32.gguf'));
    const tokenizer = Tokenizer.load(at('run/tokenizer/tokenizer.json'));
    expect(file.metadata.get('general.name')!.value).toBe('pipes-and-more');
    expect(file.metadata.get('tokenizer.ggml.tokens')!.value).toEqual(tokenizer.spelledTokens());
    file.close();
  });

  test('in F16 and Q8_0 is close to them, and names the tensors that cannot be Q8_0', async () => {
    const model = openModel(at('run'));
    for (const [type, within] of [
      ['f16', 2 ** -11],
      ['q8_0', 1 / 250],
    ] as const) {
      const { notes } = await exported('run', 'gguf', `${type}.gguf`, { type });
      expect(notes).toEqual(
        type === 'f16' ? [] : ['F16, because the rows are not a multiple of 32: blk.0.ffn_down.weight and 1 more.'],
      );
      for (const [name, read] of values(`${type}.gguf`)) {
        const own = new Float32Array(read.length);
        model.read(name, own);
        const most = own.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        own.forEach((x, i) => {
          expect(Math.abs(x - read[i])).toBeLessThanOrEqual(most * within);
        });
      }
    }
    model.close();
  });

  test('of a foreign folder has its name and licence; a tokenizer of another kind is refused', async () => {
    cpSync(at('run/model'), at('licensed'), { recursive: true });
    writeFileSync(at('licensed/README.md'), '---\nlicense: apache-2.0\n---\n');
    await exported('licensed', 'gguf', 'licensed.gguf');
    const file = Gguf.open(at('licensed.gguf'));
    expect(file.metadata.get('general.name')!.value).toBe('licensed');
    expect(file.metadata.get('general.license')!.value).toBe('apache-2.0');
    file.close();

    const path = at('licensed/tokenizer.json');
    const tokenizer = JSON.parse(readFileSync(path, 'utf8'));
    tokenizer.pre_tokenizer.pretokenizers[0].pattern.Regex = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
    writeFileSync(path, JSON.stringify(tokenizer));
    await expect(exported('licensed', 'gguf', 'other.gguf')).rejects.toMatchObject({ code: 'tokenizer-unsupported' });
    expect(existsSync(at('other.gguf'))).toBe(false);
  });
});

describe('faults', () => {
  test('an output path that exists', async () => {
    mkdirSync(at('full/x'), { recursive: true });
    mkdirSync(at('empty'));
    writeFileSync(at('file'), 'mine');
    for (const [to, out] of [
      ['hf', 'full'],
      ['hf', 'file'],
      ['gguf', 'file'],
      ['gguf', 'empty'],
    ] as const) {
      await expect(exported('run', to, out)).rejects.toMatchObject({ code: 'output-exists', input: at(out) });
    }
    expect(readFileSync(at('file'), 'utf8')).toBe('mine');
    expect(readdirSync(at('full'))).toEqual(['x']);
    await expect(exported('run', 'gguf', 'file/x.gguf')).rejects.toMatchObject({ code: 'not-writable' });
    await exported('run', 'hf', 'empty');
    expect(readdirSync(at('empty'))).toHaveLength(6);
  });

  test('no model', async () => {
    mkdirSync(at('nothing'));
    await expect(exported('nothing', 'hf', 'out')).rejects.toMatchObject({ code: 'not-a-model' });
    await expect(exported('nowhere', 'gguf', 'out')).rejects.toMatchObject({ code: 'model-missing' });
    expect(existsSync(at('out'))).toBe(false);
  });

  test.each([
    ['weights', 'model/model.safetensors', 'evidence-differs'],
    ['config', 'model/config.json', 'evidence-differs'],
    ['manifest', 'corpus/manifest.json', 'evidence-differs'],
    ['seal', 'seal.json', 'statement-broken'],
  ])('a changed file of a run: %s', async (name, file, code) => {
    cpSync(at('run'), at(`changed-${name}`), { recursive: true });
    const path = join(at(`changed-${name}`), file);
    const bytes = readFileSync(path);
    if (name === 'weights') bytes[bytes.length - 2] ^= 1;
    else bytes.write(' ', bytes.length - 1);
    writeFileSync(path, bytes);
    await expect(exported(`changed-${name}`, 'hf', `out-${name}`)).rejects.toMatchObject({ code });
    expect(readdirSync(folder).filter((entry) => entry.startsWith(`out-${name}`))).toEqual([]);
  });

  test('an abort, or a weight that is not a number: no files are left', async () => {
    const controller = new AbortController();
    controller.abort();
    cpSync(at('run/model'), at('wide'), { recursive: true });
    // Large enough to be written in several pieces: more rows in the embedding.
    const config = JSON.parse(readFileSync(at('wide/config.json'), 'utf8'));
    const rows = 100_000;
    writeFileSync(at('wide/config.json'), JSON.stringify({ ...config, vocab_size: rows }));
    const weights = readFileSync(at('wide/model.safetensors'));
    const length = Number(weights.readBigUInt64LE());
    const header = JSON.parse(weights.toString('utf8', 8, 8 + length));
    const added = (rows - 400) * 32 * 4;
    for (const [name, entry] of Object.entries(header) as [string, { shape: number[]; data_offsets: number[] }][]) {
      if (name === '__metadata__') continue;
      if (name === 'model.embed_tokens.weight') {
        entry.shape[0] = rows;
        entry.data_offsets[1]! += added;
      } else entry.data_offsets = entry.data_offsets.map((n) => n + added);
    }
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const at0 = 8 + length + 400 * 32 * 4;
    const filling = Buffer.from(new Float32Array(added / 4).fill(7e4).buffer);
    writeFileSync(
      at('wide/model.safetensors'),
      Buffer.concat([size, text, weights.subarray(8 + length, at0), filling, weights.subarray(at0)]),
    );

    const signal = controller.signal;
    for (const to of ['hf', 'gguf'] as const) {
      await expect(exported('wide', to, 'wide-out', { signal })).rejects.toMatchObject({ code: 'interrupted' });
    }
    await expect(exported('wide', 'gguf', 'wide-out', { type: 'f16' })).rejects.toMatchObject({
      code: 'weights-too-large',
    });
    expect(readdirSync(folder).filter((entry) => entry.startsWith('wide-out'))).toEqual([]);
    const progress: number[] = [];
    await exported('wide', 'gguf', 'wide-out', { onProgress: (done, total) => progress.push(done / total) });
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBeLessThanOrEqual(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });
});
