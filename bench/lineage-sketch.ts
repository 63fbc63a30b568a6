// Sketching a model as large as those of a national programme: a sparse file of Llama's shape in bfloat16, without a tokenizer, with random
// values in the rows that are drawn and zeros elsewhere, digests supplied. Prints the processor time and the peak memory of the sketch, and of
// a comparison of two sketches, each in a process of its own.
// usage: npm run bench:lineage-sketch -- [--billions 100] [--folder DIR]; exit code 1 where a limit is not kept

import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { parameterCount } from '../src/foundry/model/index.ts';
import { openStored, type View } from '../src/lineage/anatomy/index.ts';
import { compareModels, makeSketch } from '../src/lineage/index.ts';
import { openSketch, type SampledBlock } from '../src/lineage/sketch/index.ts';
import { configOf, FILE, writeModel } from './lineage-large-model.ts';

/** Of 100 billion parameters. */
const MAX_SECONDS = 60;
const MAX_BYTES = 2 ** 30;
const ROWS = 256;
/** Made up: the files are not read for it. */
const DIGEST = 'ab'.repeat(32);

/** Random values between 2^-8 and 2^-6, of either sign. */
function randomValues(columns: number): Uint16Array {
  const values = randomFillSync(new Uint16Array(columns));
  return values.map((bits) => (bits & 0x80ff) | 0x3c00);
}

/** Random values in the rows that a sketch holds; how many rows. */
function fill(folder: string, sketch: string, write: (tensor: string, element: number, values: Uint16Array) => void) {
  const [model, drawn] = [openStored(folder), openSketch(sketch)!];
  let rows = 0;
  const fillRows = ({ tensor, start, rowStride, columns }: View, { labels }: SampledBlock) => {
    for (const label of labels) write(tensor, start + label * rowStride, randomValues(columns));
    rows += labels.length;
  };
  for (const [t, { groups }] of drawn.sample.towers.entries())
    for (const { kind, blocks } of groups) {
      const all = model.anatomy.towers[t]!.groups.find((group) => group.kind === kind)!.blocks;
      for (const block of blocks) {
        const stored = all.find(({ name }) => name === block.name)!;
        fillRows(stored.rows, block);
        if (stored.signed) fillRows(stored.signed, block);
      }
    }
  drawn.close();
  model.close();
  return rows;
}

const sketch = (folder: string, out: string, like?: string) =>
  makeSketch(folder, { out, rows: ROWS, like, digests: new Map([[FILE, DIGEST]]) });

/** What a process of its own does, and prints about itself. */
function measured(work: string, paths: string[]) {
  const [first, second, third] = paths as [string, string, string];
  const result =
    work === 'sketch'
      ? sketch(first, second, third).bytes
      : compareModels(first, { against: [second], rows: ROWS, alpha: 1e-9, threads: 1 }).references[0]!.groups.map(
          ({ kind, verdict }) => `${kind} ${verdict}`,
        );
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ result, seconds: (userCPUTime + systemCPUTime) / 1e6, bytes: maxRSS * 1024 }));
}

function apart(...args: string[]): { result: unknown; seconds: number; bytes: number } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), '--measure', ...args],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function main(billions: number, parent: string) {
  const config = configOf(billions);
  const parameters = parameterCount(config);
  const folder = workFolder('lineage-sketch', parent);

  const model = join(folder, 'model');
  mkdirSync(model);
  const { write, close } = writeModel(model, config);
  const at = (name: string) => join(folder, name);
  sketch(model, at('zeros.sketch')); // for its draw
  const rows = fill(model, at('zeros.sketch'), write);
  close();
  const made = apart('sketch', model, at('one.sketch'), at('zeros.sketch'));
  const { size } = statSync(at('one.sketch'));
  console.log(
    `${(parameters / 1e9).toFixed(1)} billion parameters, ${config.numHiddenLayers} layers, ${(2e-9 * parameters).toFixed(0)} GB of bfloat16; ${rows} rows hold random values`,
  );
  const said = (what: string, { seconds, bytes }: typeof made) =>
    `${what}: ${seconds.toFixed(1)} s of processor time, ${(bytes / 1e9).toFixed(2)} GB of memory at most`;
  console.log(said(`sketch of ${(size / 1e9).toFixed(2)} GB`, made));
  apart('sketch', model, at('two.sketch'), at('zeros.sketch'));
  const compared = apart('compare', at('one.sketch'), at('two.sketch'), '');
  console.log(said(`comparison of two sketches (${(compared.result as string[]).join(', ')})`, compared));
  const isWithin = made.bytes < MAX_BYTES && compared.bytes < MAX_BYTES;
  process.exitCode = isWithin && made.seconds < (MAX_SECONDS * Math.max(20, billions)) / 100 ? 0 : 1;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    billions: { type: 'string', default: '100' },
    folder: { type: 'string', default: tmpdir() },
    measure: { type: 'boolean', default: false },
  },
});
if (values.measure) measured(positionals[0]!, positionals.slice(1));
else main(Number(values.billions), values.folder);
