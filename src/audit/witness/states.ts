// A recorded state of a witnessed run: its tensors, in the files of one or several ranks, and its root. A folder from outside is untrusted.

import { z } from 'zod';
import { elementsOf } from '../../engine/index.ts';
import { isCutOff, Safetensors } from '../../formats/index.ts';
import { canonicalJson, MerkleTree, STATE_LEAF_BYTES } from '../../ledger/index.ts';
import { broken, type RunFolder } from '../folder.ts';
import { cutOff, readJsonIn } from './files.ts';
import { STATES } from './sentences/evidence.ts';

const MAX_PARTS = 4096;
const DTYPES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;
type StateDType = keyof typeof DTYPES;

const size = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const shape = z.strictObject({
  formatVersion: z.literal(1),
  parts: z.int().min(1).max(MAX_PARTS),
  stateRoot: z.string().regex(/^[0-9a-f]{64}$/),
  step: size,
  tensors: z
    .array(
      z.strictObject({
        dtype: z.enum(Object.keys(DTYPES) as [StateDType, ...StateDType[]]),
        name: z.string().min(1).max(4096),
        /** Elements of the pieces that ranks hold, in the order of the flat tensor. */
        pieces: z.array(size.min(1)).max(MAX_PARTS).optional(),
        shape: z.array(size).max(16),
      }),
    )
    .max(1_000_000),
});

export type StateTensor = z.infer<typeof shape>['tensors'][number];

/** Bytes of a tensor that lie together in one file. */
interface Piece {
  file: Safetensors;
  key: string;
  from: number;
  bytes: number;
}

export const stateFolder = (step: number): string => `states/step-${String(step).padStart(6, '0')}`;
const digits = (n: number): string => String(n).padStart(4, '0');

/** By its name in a state. */
export const isGenerator = (name: string): boolean => /^rng\.(cpu|cuda)\.\d+$/.test(name);

/** By its name: `optimizer.KEY.NAME` of a parameter in a group. A model's own tensor may begin with `optimizer.` too, and is not called so. */
export const isOptimizers = (name: string, parameters: ReadonlySet<string>): boolean =>
  parameters.has(/^optimizer\.[^.]+\.(.+)$/s.exec(name)?.[1] ?? '');

export class WitnessState {
  readonly step: number;
  /** As state.json says it; `root` computes it. */
  readonly statedRoot: string;
  readonly tensors: ReadonlyMap<string, StateTensor>;
  readonly #pieces: ReadonlyMap<string, readonly Piece[]>;
  readonly #files: readonly Safetensors[];

  private constructor(
    of: z.infer<typeof shape>,
    files: readonly Safetensors[],
    pieces: ReadonlyMap<string, readonly Piece[]>,
  ) {
    this.step = of.step;
    this.statedRoot = of.stateRoot;
    this.tensors = new Map(of.tensors.map((tensor) => [tensor.name, tensor]));
    this.#files = files;
    this.#pieces = pieces;
  }

  /** @throws JikjiError `evidence-missing`, `evidence-broken`, `safetensors-broken`, `not-a-plain-file` */
  static open(folder: RunFolder, step: number): WitnessState {
    const inside = stateFolder(step);
    const file = `${inside}/state.json`;
    const { value } = readJsonIn(folder, file, shape);
    if (value.step !== step) throw broken(file, STATES.otherStep(value.step));
    const names = Array.from(
      { length: value.parts },
      (_, rank) => `part-${digits(rank)}-of-${digits(value.parts)}.safetensors`,
    );
    const other = folder.names(inside).find((name) => name !== 'state.json' && !names.includes(name));
    if (other !== undefined) throw broken(`${inside}/${other}`, STATES.foreign);
    const files: Safetensors[] = [];
    try {
      for (const name of names) files.push(openPart(folder, `${inside}/${name}`));
      return new WitnessState(value, files, indexOf(value.tensors, files, file));
    } catch (error) {
      for (const one of files) one.close();
      throw error;
    }
  }

  /** Fills `target` with bytes of a tensor from byte `at` on. */
  read(name: string, target: Uint8Array, at = 0): void {
    let [from, done] = [at, 0];
    for (const piece of this.#pieces.get(name)!) {
      if (from >= piece.from + piece.bytes || done === target.byteLength) continue;
      const inside = from - piece.from;
      const length = Math.min(piece.bytes - inside, target.byteLength - done);
      piece.file.read(piece.key, target.subarray(done, done + length), inside);
      done += length;
      from += length;
    }
    if (done < target.byteLength) throw new Error(`no such range of ${name}`);
  }

  bytesOf(name: string): number {
    const { dtype, shape: sizes } = this.tensors.get(name)!;
    return DTYPES[dtype] * elementsOf(sizes);
  }

  /** The root, from the bytes. `pause` is called after each leaf. */
  async root(pause: () => Promise<void>): Promise<string> {
    const tree = new MerkleTree();
    const described = [...this.tensors.values()].map(({ dtype, name, pieces, shape: sizes }) =>
      pieces ? { dtype, name, pieces, shape: sizes } : { dtype, name, shape: sizes },
    );
    tree.add(Buffer.from(canonicalJson({ step: this.step, tensors: described })));
    const leaf = Buffer.allocUnsafe(STATE_LEAF_BYTES);
    for (const pieces of this.#pieces.values()) {
      for (const { file, key, bytes } of pieces) {
        for (let at = 0; at < bytes; at += STATE_LEAF_BYTES) {
          const target = leaf.subarray(0, Math.min(STATE_LEAF_BYTES, bytes - at));
          file.read(key, target, at);
          tree.add(target);
          await pause();
        }
      }
    }
    return tree.root().toString('hex');
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

/** @throws JikjiError `evidence-missing` where the file was cut off */
function openPart(folder: RunFolder, name: string): Safetensors {
  try {
    return Safetensors.open(folder.file(name));
  } catch (error) {
    throw isCutOff(error) ? cutOff(name) : error;
  }
}

/** Where each tensor's bytes are. Each stored tensor must be asked for, once. @throws JikjiError `evidence-broken` */
function indexOf(tensors: readonly StateTensor[], files: readonly Safetensors[], where: string) {
  const holders = new Map<string, Safetensors>();
  for (const file of files) {
    for (const key of file.tensors.keys()) {
      if (holders.has(key)) throw broken(where, STATES.twice(JSON.stringify(key.slice(0, 200))));
      holders.set(key, file);
    }
  }
  const found = new Map<string, Piece[]>();
  let before = '';
  for (const { name, dtype, shape: sizes, pieces } of tensors) {
    const said = JSON.stringify(name.slice(0, 200));
    if (found.size > 0 && !(name > before)) throw broken(where, STATES.order(said));
    before = name;
    const elements = elementsOf(sizes);
    if (pieces && pieces.reduce((sum, n) => sum + n, 0) !== elements) throw broken(where, STATES.pieces(said));
    let from = 0;
    const own = (pieces ?? [elements]).map((count): Piece => {
      const key = pieces ? `${name}@${from / DTYPES[dtype]}` : name;
      const file = holders.get(key);
      const info = file?.tensors.get(key);
      const wanted = pieces ? [count] : sizes;
      if (!file || !info) throw broken(where, STATES.none(JSON.stringify(key.slice(0, 200))));
      if (info.dtype !== dtype || info.shape.length !== wanted.length || info.shape.some((n, i) => n !== wanted[i]))
        throw broken(where, STATES.otherType(said));
      holders.delete(key);
      const piece = { file, key, from, bytes: info.byteLength };
      from += info.byteLength;
      return piece;
    });
    found.set(name, own);
  }
  const [extra] = holders.keys();
  if (extra !== undefined) throw broken(where, STATES.extra(JSON.stringify(extra.slice(0, 200))));
  return found;
}
