// Opens mutated GGUF files and lets them answer, in a process of its own whose memory and time the test watches.
// usage: node testing/hostile-gguf.ts FOLDER SEED, with lines `CASES KIND` on standard input, as `Trials` writes them. FOLDER is empty, and
// the process may do in it what it likes.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JikjiError } from '../../../base/index.ts';
import { Random } from '../../../base/testing/mutate.ts';
import { type GgufValue, ggufPieces } from '../../../formats/index.ts';
import { exportModel } from '../../export/index.ts';
import { TextModel } from '../../generate/index.ts';
import { trainTokenizer } from '../../tokenizer/index.ts';
import { foreignFiles } from '../../tokenizer/testing/foreign.ts';
import { TINY, weightsOf, writeFolder } from './folders.ts';
import { type GgufKind, mutateGguf, readWholeFile, type WholeFile } from './gguf-mutations.ts';

/** Rows of whole blocks, so that q8_0 keeps them as bytes. */
const CONFIG = { ...TINY, hiddenSize: 32, intermediateSize: 64 };
const TEXT = 'the 12 whales\n  and ships';
const TOKENS = 3;

interface Case {
  path: string;
  file: WholeFile;
}

interface SentencePiece {
  added_tokens: { id: number; content: string }[];
  model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
}

/** Metadata of a tokenizer of kind llama in the place of the others, as llama.cpp's converter writes it. */
function withSentencePiece(metadata: WholeFile['metadata'], { added_tokens: added, model }: SentencePiece) {
  const tokens = Array.from({ length: CONFIG.vocabSize }, (_, id) => `[PAD${id}]`);
  const types = tokens.map(() => 5);
  const scores = tokens.map(() => 0);
  for (const [token, id] of Object.entries(model.vocab)) {
    tokens[id] = token;
    types[id] = /^<0x..>$/.test(token) ? 6 : 1;
  }
  for (const { id, content } of added) {
    tokens[id] = content;
    types[id] = content === '<unk>' ? 2 : 3;
  }
  for (const [i, merge] of model.merges.entries()) {
    const id = model.vocab[typeof merge === 'string' ? merge.replace(' ', '') : merge.join('')];
    if (scores[id] === 0) scores[id] = -i - 1;
  }
  const list = (of: 'string' | 'int32' | 'float32', value: (string | number)[]): GgufValue => ({
    type: 'array',
    of,
    value,
  });
  const own: [string, GgufValue][] = [
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.tokens', list('string', tokens)],
    ['tokenizer.ggml.token_type', list('int32', types)],
    ['tokenizer.ggml.scores', list('float32', scores)],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: true }],
  ];
  return [...metadata.filter(([key]) => !key.startsWith('tokenizer.')), ...own];
}

/** A file for each tokenizer that GGUF knows and each type of weights; of each one with its embedding as head. */
async function prepare(folder: string) {
  const own = await trainTokenizer([{ text: `${TEXT} `.repeat(20), weight: 1 }], { vocabSize: 300 });
  const llama = (await foreignFiles())['Llama 2'] as unknown as SentencePiece;
  const cases: Case[] = [];
  for (const [i, kind] of ['gpt2', 'llama'].entries()) {
    for (const type of ['f32', 'q8_0'] as const) {
      const config = { ...CONFIG, tieWordEmbeddings: (type === 'f32') === (i === 0) };
      const model = join(folder, `${kind}-${type}`);
      writeFolder(model, config, weightsOf(config, 'F32'), JSON.parse(own.toJson()));
      const path = `${model}.gguf`;
      await exportModel({ model, to: 'gguf', type, out: path });
      if (kind === 'llama') {
        const { metadata, tensors } = readWholeFile(path);
        writeFileSync(path, Buffer.concat([...ggufPieces(withSentencePiece(metadata, llama), tensors)]));
      }
      cases.push({ path, file: readWholeFile(path) });
    }
  }
  return cases;
}

/** Opens a file and lets it continue a text; returns what is wrong with the answer, if anything. */
async function use(path: string) {
  const model = TextModel.open(path, { threads: 1 });
  try {
    const { tokenizer } = model.model;
    const own = tokenizer.encode(TEXT);
    if (tokenizer.decode(own) !== TEXT)
      return `${JSON.stringify(TEXT)} became ${JSON.stringify(tokenizer.decode(own))}`;
    const ids = [tokenizer.prefixId, ...own].slice(0, model.context);
    for (const temperature of [0, 1]) {
      const common = {
        topK: 0,
        topP: 0.9,
        minP: 0.01,
        seed: 1,
        full: 'end' as const,
        likelihoods: 2,
        onText: () => {},
      };
      const { tokenIds } = await model.continue(ids, { ...common, temperature, maxTokens: TOKENS });
      const wrong = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= tokenizer.vocabSize);
      if (wrong !== undefined) return `the token ${wrong} of ${tokenizer.vocabSize}`;
    }
    return undefined;
  } finally {
    model.close();
  }
}

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** So many cases of a kind; then all must be as it was. */
async function allOf(kind: GgufKind, cases: readonly Case[], seed: number, count: number) {
  const outcomes: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    say(`at ${kind} ${i}`);
    const random = new Random(seed + i * 2654435761);
    const { path, file } = random.of(cases);
    let outcome = 'usable';
    let wrong: string | undefined;
    try {
      mutateGguf(kind, path, file, random);
      wrong = await use(path);
    } catch (error) {
      if (error instanceof JikjiError && error.code && error.input && error.hint && error.message.length < 500) {
        outcome = error.code;
      } else wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
    } finally {
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, file.bytes);
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (wrong !== undefined) say(JSON.stringify({ case: i, wrong: wrong.slice(0, 2000) }));
  }
  await allWhole(cases);
  say(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024, outcomes }));
}

async function allWhole(cases: readonly Case[]) {
  for (const { path } of cases) {
    const wrong = await use(path);
    if (wrong !== undefined) throw new Error(`${path} is not whole: ${wrong}`);
  }
}

if (import.meta.main) {
  const [folder, seed] = process.argv.slice(2) as [string, string];
  const cases = await prepare(folder);
  await allWhole(cases);
  for await (const line of createInterface(process.stdin)) {
    const [count, kind] = /^(\d+) (.+)$/.exec(line)!.slice(1) as [string, GgufKind];
    await allOf(kind, cases, Number(seed), Number(count));
  }
}
