// How fast `jikji lineage sketch` reads a model whole, for its digest, its rows and whether its values are numbers: the command beside `sha256sum`
// of the same file, in turn, after it was read once (so from memory where there is enough, else from the disk).
// usage: npm run bench:lineage-reading -- [--gigabytes 10] [--pairs 5] [--folder DIR]; exit code 1 below the goal

import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { elementsOf } from '../src/engine/index.ts';
import { parameters } from '../src/foundry/model/index.ts';
import { configOf, FILE, writeModel } from './lineage-large-model.ts';
import { processor, spread } from './measuring.ts';
import { median } from './table.ts';

/** Of the speed of `sha256sum`. */
const GOAL = 0.7;

/** A model without zeros; its bytes. */
function makeModel(folder: string, gigabytes: number) {
  const config = configOf(gigabytes / 2);
  const { write, close } = writeModel(folder, config);
  // Between 2^-8 and 2^-6, of either sign. Their number is odd, so no two rows of a matrix are the same.
  const values = randomFillSync(new Uint16Array(30_000_001)).map((bits) => (bits & 0x80ff) | 0x3c00);
  for (const { name, shape } of parameters(config)) {
    const length = elementsOf(shape);
    if (shape.length === 1) continue; // ones already
    for (let at = 0; at < length; at += values.length) write(name, at, values.subarray(0, length - at));
  }
  close();
  return statSync(join(folder, FILE)).size;
}

/** Seconds of a command. */
function timed(command: string, ...args: string[]) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1000;
}

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '10' },
    pairs: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const folder = workFolder('lineage-reading', values.folder);

const model = join(folder, 'model');
mkdirSync(model);
const bytes = makeModel(model, Number(values.gigabytes));
const jikji = join(import.meta.dirname, '../bin/jikji');
let out = 0;
const ours = () => timed(jikji, 'lineage', 'sketch', model, '--out', join(folder, `${out++}.sketch`));
const theirs = () => timed('sha256sum', join(model, FILE));
theirs();
const ratios = Array.from({ length: Number(values.pairs) }, () => {
  const [a, b] = [ours(), theirs()];
  const speed = (seconds: number) => (bytes / seconds / 1e9).toFixed(2);
  console.log(`sketch ${speed(a)} GB/s, sha256sum ${speed(b)} GB/s, ratio ${(b / a).toFixed(2)}`);
  return b / a;
}).sort((a, b) => a - b);
const ratio = median(ratios);
console.log(`${processor()}, ${(bytes / 1e9).toFixed(1)} GB: ${spread(ratios)}; goal ${GOAL}`);
process.exitCode = ratio >= GOAL ? 0 : 1;
