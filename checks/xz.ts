// Checks that a model has learned: on the validation text of a run it needs fewer bits per byte than `xz -9`.
// usage: node checks/xz.ts RUN

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const run = process.argv[2] ?? 'runs/hello';
const corpus = join(run, 'corpus');
const text = readdirSync(corpus)
  .filter((name) => name.endsWith('.validation.jsonl'))
  .sort()
  .flatMap((name) => readFileSync(join(corpus, name), 'utf8').split('\n').filter(Boolean))
  .map((line) => JSON.parse(line).text as string)
  .join('');
const bytes = Buffer.byteLength(text);
const packed = spawnSync('xz', ['-9', '--stdout'], { input: text, maxBuffer: 1 << 30 });
if (packed.status !== 0) throw new Error(`xz: ${packed.error?.message ?? packed.stderr}`);
const ofXz = (packed.stdout.length * 8) / bytes;
const ofModel = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8')).valBitsPerByte as number;
const better = ofModel < ofXz;
console.log(`${bytes} bytes of validation text: model ${ofModel.toFixed(3)}, xz -9 ${ofXz.toFixed(3)} bits per byte`);
console.log(better ? '1 passed, 0 failed' : '0 passed, 1 failed');
process.exitCode = better ? 0 : 1;
