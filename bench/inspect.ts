// Inspecting a model of 20 GB: a folder like Llama 3's with sparse shards and a tokenizer of 128,256 entries. Runs `jikji inspect` in a
// separate process and measures its time and its peak memory.
// usage: npm run bench:inspect; exit code 1 where a limit is not kept

import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workFolder } from '../checks/work-folder.ts';
import { elementsOf } from '../src/engine/index.ts';
import { safetensorsHeader } from '../src/formats/index.ts';
import { type ModelConfig, parameters, toHuggingFace } from '../src/foundry/model/index.ts';
import { kept } from './measuring.ts';

const MAX_SECONDS = 2;
const MAX_BYTES = 200e6;
const SHARDS = 5;
const RUNS = 3;

const CONFIG: ModelConfig = {
  vocabSize: 128_256,
  hiddenSize: 4096,
  intermediateSize: 14_336,
  numHiddenLayers: 42,
  numAttentionHeads: 32,
  numKeyValueHeads: 8,
  maxPositionEmbeddings: 131_072,
  ropeTheta: 500_000,
  rmsNormEps: 1e-5,
  initializerRange: 0.02,
  tieWordEmbeddings: false,
};

/** Writes the shards and their index; returns the bytes of all tensors. */
function writeShards(folder: string) {
  const tensors = parameters(CONFIG).map(({ name, shape }) => ({ name, dtype: 'BF16' as const, shape }));
  const weight_map: Record<string, string> = {};
  let total_size = 0;
  for (let i = 0; i < SHARDS; i++) {
    const list = tensors.slice((i * tensors.length) / SHARDS, ((i + 1) * tensors.length) / SHARDS);
    const name = `model-0000${i + 1}-of-0000${SHARDS}.safetensors`;
    const header = safetensorsHeader(list, { format: 'pt' });
    const size = list.reduce((sum, { shape }) => sum + 2 * elementsOf(shape), 0);
    const fd = openSync(join(folder, name), 'w');
    writeSync(fd, header);
    ftruncateSync(fd, header.length + size);
    closeSync(fd);
    for (const tensor of list) weight_map[tensor.name] = name;
    total_size += size;
  }
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: { total_size }, weight_map }));
  return total_size;
}

/** A byte-level vocabulary: bytes, pairs, and triples up to its size, each with the two merges that make it. */
function writeTokenizer(folder: string) {
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  let extra = 0x100;
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : extra++));
  const tokens = [...characters];
  const merges: string[] = [];
  for (const a of characters) {
    for (const b of characters) {
      tokens.push(a + b);
      merges.push(`${a} ${b}`);
    }
  }
  for (let i = 0; tokens.length < 128_000; i++) {
    const [a, b, c] = [characters[i >> 16]!, characters[(i >> 8) & 255]!, characters[i & 255]!];
    tokens.push(a + b + c);
    merges.push(`${a + b} ${c}`, `${a} ${b + c}`);
  }
  const special = (i: number) => ({ id: 128_000 + i, content: `<|special_${i}|>`, special: true });
  const pattern =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const json = {
    added_tokens: Array.from({ length: 256 }, (_, i) => special(i)),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', ignore_merges: true, vocab: Object.fromEntries(tokens.map((t, id) => [t, id])), merges },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json, null, 2));
}

const folder = workFolder('inspect');

const total = writeShards(folder);
writeTokenizer(folder);
const ends = { bos_token_id: 128_000, eos_token_id: 128_001 };
writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...toHuggingFace(CONFIG, 0), ...ends }));

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const told = 'process.on("exit",()=>console.error("peak",process.resourceUsage().maxRSS))';
const args = ['--no-warnings', '--import', `data:text/javascript,${told}`, main, 'inspect', folder, '--json'];
const runs = Array.from({ length: RUNS }, () => {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(stderr);
  const { files, parameters } = JSON.parse(stdout);
  if (files.length !== SHARDS || parameters * 2 !== total) throw new Error(`it found something else: ${stdout}`);
  return { seconds, bytes: Number(/peak (\d+)/.exec(stderr)![1]) * 1024 };
});
// The minimum of the times, since other programs only add to them; the maximum of the memory.
const seconds = Math.min(...runs.map((run) => run.seconds));
const bytes = Math.max(...runs.map((run) => run.bytes));
console.log(
  `inspect of ${(total / 1e9).toFixed(1)} GB in ${SHARDS} files, with a tokenizer of ${CONFIG.vocabSize} entries`,
);
console.log(
  `time    ${seconds.toFixed(2)} s, best of ${RUNS} (under ${MAX_SECONDS} s: ${kept(seconds < MAX_SECONDS)})`,
);
console.log(`memory  ${(bytes / 1e6).toFixed(0)} MB at most (under ${MAX_BYTES / 1e6} MB: ${kept(bytes < MAX_BYTES)})`);
if (seconds >= MAX_SECONDS || bytes >= MAX_BYTES) process.exitCode = 1;
