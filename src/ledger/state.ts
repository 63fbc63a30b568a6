// The state root: one digest of everything that a training step starts from. Knows only names, shapes and bytes of tensors.

import { canonicalJson } from './canonical.ts';
import { MerkleTree } from './merkle.ts';

/** A tensor of a state; `data` has its bytes as in the file: little-endian, row-major. */
export interface StateTensor {
  name: string;
  dtype: 'F32';
  shape: number[];
  data: Uint8Array;
}

/** Bytes of a leaf of the state tree: a leaf can be checked alone. */
export const STATE_LEAF_BYTES = 1 << 20;

/** A state that is read piece by piece: `read` fills `into` with the bytes of a tensor from `from` on. Tensors in the order of their names. */
export interface StoredState {
  step: number;
  tensors: readonly { name: string; dtype: string; shape: readonly number[]; bytes: number }[];
  read(name: string, into: Uint8Array, from: number): void;
}

/**
 * The same root as `stateRoot`, with one leaf of the state in memory at a time. `pause` is called after each leaf.
 * @throws what `read` throws
 */
export async function rootOfState({ step, tensors, read }: StoredState, pause: () => Promise<void>): Promise<string> {
  const tree = new MerkleTree();
  const header = tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape: [...shape] }));
  tree.add(Buffer.from(canonicalJson({ step, tensors: header })));
  // Small states get a small buffer: a MiB for each would keep the garbage collector busy.
  const leaf = Buffer.allocUnsafe(Math.min(STATE_LEAF_BYTES, Math.max(0, ...tensors.map(({ bytes }) => bytes))));
  for (const { name, bytes } of tensors) {
    for (let at = 0; at < bytes; at += STATE_LEAF_BYTES) {
      const piece = leaf.subarray(0, Math.min(STATE_LEAF_BYTES, bytes - at));
      read(name, piece, at);
      tree.add(piece);
      await pause();
    }
  }
  return tree.root().toString('hex');
}

/**
 * Root over a state, in hex. Leaf 0 is the canonical JSON of `{step, tensors: [{dtype, name, shape}]}`; then each tensor in
 * the order of names (by UTF-16 code units), cut into leaves of 1 MiB that never cross tensors.
 */
export function stateRoot(step: number, tensors: Iterable<StateTensor>): string {
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  const header = { step, tensors: sorted.map(({ name, dtype, shape }) => ({ name, dtype, shape })) };
  const tree = new MerkleTree();
  tree.add(Buffer.from(canonicalJson(header)));
  for (const { data } of sorted) {
    for (let at = 0; at < data.byteLength; at += STATE_LEAF_BYTES) {
      tree.add(data.subarray(at, Math.min(data.byteLength, at + STATE_LEAF_BYTES)));
    }
  }
  return tree.root().toString('hex');
}
