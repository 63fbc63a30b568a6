// State files: their expected layout to the byte, the root of a file, and the first difference of two files.
// Memory: 1 MiB, whatever the size of a state.

import { elementsOf } from '../engine/index.ts';
import { type DType, safetensorsHeader } from '../formats/index.ts';
import { type ModelConfig, parameters } from '../foundry/model/index.ts';
import { checkpointName, momentNames } from '../foundry/train/index.ts';
import { canonicalJson, MerkleTree, STATE_LEAF_BYTES, type StateTensor } from '../ledger/index.ts';
import { broken, type RunFolder } from './folder.ts';

/** A tensor's position in its file. */
interface TensorPosition {
  name: string;
  dtype: DType;
  shape: number[];
  /** From the start of the file, in bytes. */
  at: number;
  bytes: number;
}

/** The layout of a file, known to the byte except for the tensors' values. */
export interface FileLayout {
  header: Buffer;
  tensors: TensorPosition[];
  size: number;
}

function place(list: { name: string; shape: number[] }[], metadata: Record<string, string>): FileLayout {
  const typed = list.map(({ name, shape }) => ({ name, dtype: 'F32' as const, shape }));
  const header = safetensorsHeader(typed, metadata);
  let size = header.length;
  const tensors = typed.map((tensor) => {
    const bytes = 4 * elementsOf(tensor.shape);
    size += bytes;
    return { ...tensor, at: size - bytes, bytes };
  });
  return { header, tensors, size };
}

const byName = <T extends { name: string }>(list: T[]): T[] => list.sort((a, b) => (a.name < b.name ? -1 : 1));

/** A checkpoint's state.safetensors: weights and moments. */
export function expectedState(config: ModelConfig): FileLayout {
  const { first, second } = momentNames;
  const list = parameters(config).flatMap(({ name, shape }) =>
    [name, first + name, second + name].map((full) => ({ name: full, shape })),
  );
  return place(byName(list), { format: 'jikji-state' });
}

/** The exported model.safetensors: weights alone. */
export const expectedModel = (config: ModelConfig): FileLayout => place(byName(parameters(config)), { format: 'pt' });

export const stateFile = (step: number): string => `checkpoints/${checkpointName(step)}/state.safetensors`;
export const stateNote = (step: number): string => `checkpoints/${checkpointName(step)}/state.json`;

/** @throws JikjiError `evidence-missing`, `evidence-broken` where size or header are not those of `expected` */
export function checkHeader(folder: RunFolder, file: string, expected: FileLayout): void {
  folder.file(file);
  const size = folder.size(file)!;
  if (size !== expected.size) throw broken(file, `has ${size} bytes, not the ${expected.size} of this model's tensors`);
  let at = 0;
  for (const piece of folder.pieces(file, 0, expected.header.length)) {
    if (Buffer.compare(piece, expected.header.subarray(at, at + piece.length)) !== 0) {
      throw broken(file, "its header is not the one of this model's tensors");
    }
    at += piece.length;
  }
}

/**
 * Root of a state from its file; the header must have been checked. `pause` is called after each leaf.
 * The same as the ledger's `stateRoot`, without the state in memory.
 */
export async function rootOfFile(
  folder: RunFolder,
  step: number,
  expected: FileLayout,
  pause: () => Promise<void>,
): Promise<string> {
  const file = stateFile(step);
  const tree = new MerkleTree();
  const tensors = expected.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  tree.add(Buffer.from(canonicalJson({ step, tensors })));
  // Small states get a small buffer: a MiB for each would keep the garbage collector busy.
  const longest = Math.max(...expected.tensors.map(({ bytes }) => bytes));
  const leaf = Buffer.allocUnsafe(Math.min(STATE_LEAF_BYTES, longest));
  await folder.reading(file, async (read) => {
    for (const { at, bytes } of expected.tensors) {
      for (let done = 0; done < bytes; done += STATE_LEAF_BYTES) {
        const piece = leaf.subarray(0, Math.min(STATE_LEAF_BYTES, bytes - done));
        if (read(piece, at + done) < piece.length) throw broken(file, 'changed while it was read');
        tree.add(piece);
        await pause();
      }
    }
  });
  return tree.root().toString('hex');
}

/** Name of the first tensor of `a` that has other bytes in file `b`, where both hold tensors of one shape. */
export async function firstDifferenceOfFiles(
  folder: RunFolder,
  a: { file: string; expected: FileLayout },
  b: { file: string; expected: FileLayout },
  pause: () => Promise<void>,
): Promise<string | undefined> {
  const there = new Map(b.expected.tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, at, bytes } of a.expected.tensors) {
    const other = there.get(name);
    if (!other) continue;
    const theirs = folder.pieces(b.file, other.at, bytes);
    try {
      for (const piece of folder.pieces(a.file, at, bytes)) {
        const { value } = theirs.next();
        if (!value || Buffer.compare(piece, value) !== 0) return name;
        await pause();
      }
    } finally {
      theirs.return(undefined); // closes its file
    }
  }
  return undefined;
}

/** Name of the first tensor of a state in memory that has other bytes in the file of step `step`. */
export function firstDifference(
  folder: RunFolder,
  step: number,
  expected: FileLayout,
  state: StateTensor[],
): string | undefined {
  const here = new Map(state.map((tensor) => [tensor.name, tensor.data]));
  for (const { name, at, bytes } of expected.tensors) {
    const data = here.get(name)!;
    let done = 0;
    for (const piece of folder.pieces(stateFile(step), at, bytes)) {
      if (Buffer.compare(piece, data.subarray(done, done + piece.length)) !== 0) return name;
      done += piece.length;
    }
  }
  return undefined;
}
