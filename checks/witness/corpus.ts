// A corpus file of Jikji's own engine for `run.ts`: `jikji make` writes it, and what the example in Python reads of it is decoded by the
// tokenizer.json alone and compared with the documents.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOUSE, type Programs } from './programs.ts';

const TOKENS = 'source-00.train.bin';
const WORDS = 'the people went to a river and it was cold as winter there by night'.split(' ');

const RECIPE = {
  name: 'tiny',
  seed: 7,
  corpus: { sources: [{ files: 'texts', language: 'en', licence: 'CC0-1.0' }], validation: 0.1 },
  tokenizer: { vocabSize: 300 },
  model: { hiddenSize: 8, intermediateSize: 16, numHiddenLayers: 1, numAttentionHeads: 1, numKeyValueHeads: 1 },
  train: { steps: 2, batchSize: 1, microBatchSize: 1, sequenceLength: 8, warmupSteps: 1, checkpointEvery: 2 },
};

/** What the example's own reader gives, decoded as byte-level BPE has it, document by document. */
const READS = `import json, sys
sys.path.insert(0, sys.argv[1])
import small_llama
held = json.load(open(sys.argv[2]))
ids = small_llama.tokens_of(sys.argv[3], 2).tolist()
marks = {one["id"] for one in held["added_tokens"]}
named = {i: text for text, i in held["model"]["vocab"].items()}
printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
byte_of = {chr(b): b for b in printed} | {chr(256 + n): b for n, b in enumerate(b for b in range(256) if b not in printed)}
texts, now = [], b""
for i in [*ids, *marks]:
    if i in marks:
        texts, now = texts + ([now.decode()] if now else []), b""
    else:
        now += bytes(byte_of[c] for c in named[i])
print(json.dumps({"size": max([*marks, *named]) + 1, "texts": texts}))`;

/** Makes it anew; the result is what differs in the recipe of the example. */
export async function makeCorpus(programs: Programs, work: string): Promise<object> {
  mkdirSync(join(work, 'texts'), { recursive: true });
  let random = 1;
  for (let file = 0; file < 40; file++) {
    const words = Array.from({ length: 60 }, () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return WORDS[(random >>> 16) % WORDS.length];
    });
    writeFileSync(join(work, 'texts', `${file}.txt`), words.join(' '));
  }
  const recipe = join(work, 'tiny.yaml');
  writeFileSync(recipe, JSON.stringify(RECIPE));
  const run = join(work, 'of-jikji');
  const main = join(HOUSE, 'src/cli/main.ts');
  const made = await programs.run(process.execPath, ['--no-warnings', main, 'make', recipe, '--out', run]);
  if (made.status !== 0) throw new Error(`jikji make ended with ${made.status}\n${made.text.slice(-2000)}`);
  const tokens = join(run, 'corpus', TOKENS);
  const example = dirname(join(HOUSE, 'witness/examples/small_llama.py'));
  const read = await programs.python(['-c', READS, example, join(run, 'tokenizer/tokenizer.json'), tokens]);
  if (read.status !== 0) throw new Error(`${tokens}: ${read.text.slice(-2000)}`);
  const { size, texts } = JSON.parse(read.text);
  const documents = readFileSync(join(run, 'corpus/source-00.train.jsonl'), 'utf8').trim().split('\n');
  const wanted = documents.map((line) => JSON.parse(line).text);
  if (JSON.stringify(texts) !== JSON.stringify(wanted))
    throw new Error(
      `${tokens}: the example reads other texts than the corpus has: ${JSON.stringify(texts).slice(0, 300)}`,
    );
  console.log(`     ${TOKENS}: ${texts.length} documents as Jikji has them, a vocabulary of ${size}`);
  copyFileSync(tokens, join(work, TOKENS));
  return { tokens: TOKENS, tokenBytes: 2, vocabSize: size };
}
