// Readers of states, by ranges of bytes: from a file or from memory. Know no layout and no digests.

import type { Safetensors } from '../../formats/index.ts';
import type { StateTensor } from '../../ledger/index.ts';

/** Elements of a tensor that are read at a time. */
export const PIECE = 1 << 16;

/** A state that can be read piece by piece. */
export interface StateReader {
  /** Its name in findings: the file's name inside the run folder. */
  readonly file: string;
  /** Names of all its tensors. */
  names(): Iterable<string>;
  /** Whether it has this tensor, as binary32 in this shape. */
  has(name: string, shape: readonly number[]): boolean;
  /** Reads `target.byteLength` bytes of one of its tensors, from byte `offset` on. */
  read(name: string, target: Uint8Array, offset: number): void;
}

/** A state in an open file; `file` is its name inside the run folder. `read` throws JikjiError `safetensors-broken`. */
export const stateInFile = (opened: Safetensors, file: string): StateReader => ({
  file,
  names: () => opened.tensors.keys(),
  has: (name, shape) => {
    const info = opened.tensors.get(name);
    return info?.dtype === 'F32' && info.shape.join() === shape.join();
  },
  read: (name, target, offset) => opened.read(name, target, offset),
});

/** A state in memory, which may change between two reads. */
export function stateInMemory(tensors: readonly StateTensor[], file: string): StateReader {
  const byName = new Map(tensors.map((t) => [t.name, t]));
  return {
    file,
    names: () => byName.keys(),
    has: (name, shape) => byName.get(name)?.shape.join() === shape.join(),
    read: (name, target, offset) => target.set(byName.get(name)!.data.subarray(offset, offset + target.byteLength)),
  };
}
