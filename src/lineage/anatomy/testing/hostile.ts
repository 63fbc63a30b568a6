// Opens mutated models of many families, in a process of its own whose memory and time the test watches.
// usage: node testing/hostile.ts FOLDER SEED, with lines `CASES KIND` on standard input; src/base/testing/trials.ts says what it writes.
// FOLDER is empty, and the process may do in it what it likes.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JikjiError } from '../../../base/index.ts';
import { Random } from '../../../base/testing/mutate.ts';
import { type GgufInput, ggufPieces } from '../../../formats/index.ts';
import { mutateFile } from '../../../foundry/load/testing/mutate-file.ts';
import { foreignFiles } from '../../../foundry/tokenizer/testing/foreign.ts';
import { openStored, type StoredModel, type View } from '../index.ts';
import { DENSE_CASES } from './dense.ts';
import { SPARSE_CASES } from './sparse.ts';
import { TOWER_CASES } from './towers.ts';
import { Weights, writeFolder } from './weights.ts';

const CASES = [...DENSE_CASES, ...SPARSE_CASES, ...TOWER_CASES];

interface Whole {
  path: string;
  files: Record<string, Buffer>;
  change(kind: string, random: Random): void;
}

/** Names, shapes and numbers of tensors changed in a file whose structure is whole. */
function changeTensors(weights: Weights, random: Random) {
  const out = weights.copy();
  const names = [...out.tensors.keys()];
  for (let times = 1 + random.below(3); times > 0; times--) {
    const name = random.of(names);
    const { shape, values } = out.tensors.get(name) ?? { shape: [1], values: new Float32Array(1) };
    const other = random.of(names);
    switch (random.below(6)) {
      case 0:
        out.tensors.delete(name);
        break;
      case 1:
        out.tensors.set(
          name.replace(/\d+/, (n) => `${Number(n) + random.of([1, 2, 5000, 1e8])}`),
          { shape, values },
        );
        break;
      case 2:
        out.tensors.set(name, { shape: shape.toReversed(), values });
        break;
      case 3:
        out.tensors.set(name, { shape: [...shape, 1], values });
        break;
      case 4: {
        const sizes = random.of([[0, 12], [12, 0], [1, 1], [4, 12, 3], [], [7, 12], [12, 7], [12]]);
        out.tensors.set(name, { shape: sizes, values: new Float32Array(sizes.reduce((a, b) => a * b, 1)) });
        break;
      }
      default:
        out.tensors.set(other, { shape, values: values.fill(random.of([Number.NaN, Infinity, 0, 1e38])) });
    }
  }
  return out;
}

function ggufOf(weights: Weights): Buffer {
  const list = [...weights.tensors].flatMap(([name, { shape, values }]): GgufInput[] =>
    name.length < 60 && shape.length > 0 && shape.length <= 4
      ? [{ name: name.replace('model.layers.', 'blk.'), type: 'F32', shape, values: () => [values] }]
      : [],
  );
  return Buffer.concat([...ggufPieces([['general.architecture', { type: 'string', value: 'llama' }]], list)]);
}

async function prepare(root: string): Promise<Whole[]> {
  const tokenizers = Object.values(await foreignFiles());
  return CASES.map((one, i) => {
    const weights = Weights.random(one.shapes);
    const path = writeFolder(join(root, `${i}`), weights, one.config);
    writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(tokenizers[i % tokenizers.length]));
    writeFileSync(join(path, 'model.gguf'), ggufOf(weights));
    const names = ['model.safetensors', 'config.json', 'tokenizer.json', 'model.gguf'];
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name))]));
    const change = (kind: string, random: Random) => {
      if (kind !== 'tensors') mutateFile(join(path, kind), files[kind]!, random);
      else writeFolder(path, changeTensors(weights, random), one.config);
    };
    return { path, files, change };
  });
}

const last = ({ start, rows, columns, rowStride, columnStride }: View) =>
  start + (rows - 1) * rowStride + (columns - 1) * columnStride;

/** Reads what a comparison reads; returns what is wrong. */
function use(path: string) {
  const model: StoredModel = openStored(path);
  try {
    for (const { groups, embedding, layers } of model.anatomy.towers) {
      if (!(layers <= 4096)) return `${layers} layers`;
      for (const { blocks } of groups) {
        for (const { rows, signed, gain } of blocks) {
          if (gain && model.readVector(gain.tensor).length !== rows.columns) return 'a gain of another length';
          if (signed && (signed.rows !== rows.rows || signed.columns !== rows.columns)) return 'signs of another shape';
          for (const view of signed ? [rows, signed] : [rows]) {
            const wrong = readSome(model, view);
            if (wrong !== undefined) return wrong;
          }
        }
      }
      if (embedding) {
        const wrong = readSome(model, embedding);
        if (wrong !== undefined) return wrong;
        for (const id of model.tokens?.ids.values() ?? []) if (id >= embedding.rows) return `the token ${id}`;
      }
    }
    if (!model.tokens === (model.tokensMissing === undefined)) return 'neither tokens nor a reason';
    if (model.anatomy.untested.length > 100) return 'too much that is untested';
  } finally {
    model.close();
  }
  return undefined;
}

function readSome(model: StoredModel, view: View) {
  const elements = model.tensors.get(view.tensor)!.shape.reduce((a, b) => a * b, 1);
  if (!(view.start >= 0 && last(view) < elements)) return `rows outside ${view.tensor}`;
  model.readRows(view, [view.rows - 1, 0], new Float32Array(2 * view.columns));
  return undefined;
}

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

function allOf(kind: string, whole: readonly Whole[], seed: number, count: number) {
  const outcomes: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    say(`at ${kind} ${i}`);
    const random = new Random(seed + i * 2654435761);
    const { path, files, change } = random.of(whole);
    let outcome = 'usable';
    let wrong: string | undefined;
    try {
      change(kind, random);
      wrong = use(kind.endsWith('.gguf') ? join(path, kind) : path);
    } catch (error) {
      if (error instanceof JikjiError && error.code && error.input && error.hint && error.message.length < 500) {
        outcome = error.code;
      } else wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const name = kind === 'tensors' ? 'model.safetensors' : kind;
    rmSync(join(path, name), { recursive: true, force: true });
    writeFileSync(join(path, name), files[name]!);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (wrong !== undefined) say(JSON.stringify({ case: i, wrong: `${path}: ${wrong.slice(0, 2000)}` }));
  }
  say(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024, outcomes }));
}

if (import.meta.main) {
  const [folder, seed] = process.argv.slice(2) as [string, string];
  const whole = await prepare(folder);
  for (const { path } of whole) if (use(path) !== undefined) throw new Error(`${path} is not whole: ${use(path)}`);
  for await (const line of createInterface(process.stdin)) {
    const [count, kind] = /^(\d+) (.+)$/.exec(line)!.slice(1) as [string, string];
    allOf(kind, whole, Number(seed), Number(count));
  }
}
