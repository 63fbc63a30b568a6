import { elementsOf } from '../../../engine/index.ts';
// Opens mutated model folders, in a process of its own whose memory and time the test watches.
// usage: node testing/hostile.ts FOLDER SEED, with lines `CASES KIND` on standard input, one after another; for each of them
// `at KIND N` before a case begins, a line of JSON for each that is not as it should be, and at last a line with counts.
// FOLDER is empty, and the process may do in it what it likes.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JikjiError } from '../../../base/index.ts';
import { Random } from '../../../base/testing/mutate.ts';
import { trainTokenizer } from '../../tokenizer/index.ts';
import { foreignFiles } from '../../tokenizer/testing/foreign.ts';
import { inspectModel, openModel } from '../index.ts';
import { TINY, weightsOf, writeFolder } from './folders.ts';
import { mutateFile } from './mutate-file.ts';

const FOREIGN = ['GPT-2', 'Llama 3', 'Qwen2', 'SmolLM', 'Llama 2', 'Metaspace, first'];
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];

/** Which files a kind of case changes. */
export const KINDS = {
  index: ['model.safetensors.index.json'],
  shards: SHARDS,
  config: ['config.json', 'generation_config.json'],
  'tokenizer, ours': ['tokenizer.json'],
  'tokenizer, of others': ['tokenizer.json'],
  'tokenizer config': ['tokenizer_config.json', 'chat_template.jinja'],
} as const satisfies Record<string, readonly string[]>;
export type Kind = keyof typeof KINDS;

/** What a text is after its tokens, in every kind of tokenizer there is here. */
const TEXT = 'the 금속활자로 찍은 12 whales\n  and ships, <|endoftext|></s>';

/** Whole folders, one for each tokenizer. */
async function prepare(folder: string) {
  const own = JSON.parse(
    (await trainTokenizer([{ text: `${TEXT} `.repeat(20), weight: 1 }], { vocabSize: 300 })).toJson(),
  );
  const foreign = await foreignFiles();
  const tokenizers = [own, ...FOREIGN.map((name) => foreign[name])];
  return tokenizers.map((tokenizer, i) => {
    const path = join(folder, `${i}`);
    writeFolder(path, TINY, weightsOf(TINY, i % 2 ? 'F16' : 'BF16'), tokenizer, { shards: 2 });
    const json = (name: string, value: unknown) => writeFileSync(join(path, name), JSON.stringify(value));
    json('generation_config.json', { bos_token_id: 0, eos_token_id: [0, 1] });
    const begin = tokenizer.added_tokens[0].content;
    const templates = [{ name: 'default', template: '{% for m in messages %}{{ m.content }}{% endfor %}' }];
    const chat = i % 2 ? { chat_template: templates } : { chat_template: templates[0].template };
    json('tokenizer_config.json', { bos_token: { content: begin, lstrip: false }, eos_token: begin, ...chat });
    if (i % 3 === 0) writeFileSync(join(path, 'chat_template.jinja'), templates[0].template);
    return path;
  });
}

/** Opens a folder and does with the model what can be done; returns what is wrong with it, if anything. */
function use(folder: string) {
  const model = openModel(folder);
  try {
    const { tokenizer, config } = model;
    for (const special of [false, true]) {
      const ids = tokenizer.encode(TEXT, { special });
      if (tokenizer.decode(ids) !== TEXT)
        return `${JSON.stringify(TEXT)} became ${JSON.stringify(tokenizer.decode(ids))}`;
      if (ids.some((id) => id >= config.vocabSize)) return 'an id that the model has not';
      const stream = tokenizer.stream();
      if ((stream.push(ids) + stream.end()).trimStart() !== TEXT) return 'another text in a stream';
    }
    for (const id of [tokenizer.prefixId, ...tokenizer.endIds]) if (!(id < config.vocabSize)) return `the id ${id}`;
    if ((model.chatTemplate?.length ?? 0) > 1 << 20) return 'a chat template that is too long';
    for (const [name, { dtype, shape }] of model.tensors) {
      if (['F32', 'F16', 'BF16'].includes(dtype)) model.read(name, new Float32Array(elementsOf(shape)));
    }
    model.digest();
  } finally {
    model.close();
  }
  inspectModel(folder);
  return undefined;
}

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** So many cases of a kind; then all must be as it was. */
function allOf(kind: Kind, folders: string[], seed: number, count: number) {
  const outcomes: Record<string, number> = {};
  const mine =
    kind === 'tokenizer, ours' ? folders.slice(0, 1) : kind === 'tokenizer, of others' ? folders.slice(1) : folders;
  for (let i = 0; i < count; i++) {
    say(`at ${kind} ${i}`);
    const random = new Random(seed + i * 2654435761);
    // Not each of them has a template of its own.
    const one = random.of(mine);
    const file = random.of(
      KINDS[kind].filter((name) => name !== 'chat_template.jinja' || folders.indexOf(one) % 3 === 0),
    );
    const path = join(one, file);
    const whole = readFileSync(path);
    let outcome = 'usable';
    let wrong: string | undefined;
    try {
      mutateFile(path, whole, random);
      wrong = use(one);
    } catch (error) {
      if (error instanceof JikjiError && error.code && error.input && error.hint && error.message.length < 500) {
        outcome = error.code;
      } else wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
    } finally {
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, whole);
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (wrong !== undefined) say(JSON.stringify({ case: i, wrong: `${file}: ${wrong.slice(0, 2000)}` }));
  }
  for (const path of folders) if (use(path) !== undefined) throw new Error('a case left something behind');
  say(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024, outcomes }));
}

if (import.meta.main) {
  const [folder, seed] = process.argv.slice(2) as [string, string];
  const folders = await prepare(folder);
  for (const path of folders) if (use(path) !== undefined) throw new Error(`${path} is not whole: ${use(path)}`);
  for await (const line of createInterface(process.stdin)) {
    const [count, kind] = /^(\d+) (.+)$/.exec(line)!.slice(1) as [string, Kind];
    allOf(kind, folders, Number(seed), Number(count));
  }
}
