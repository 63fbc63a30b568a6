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
