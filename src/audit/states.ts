// State files: their expected layout to the byte, and the first difference of two states.
// Memory: 1 MiB a state, whatever its size.

import { elementsOf } from '../engine/index.ts';
import { type DType, Safetensors, safetensorsHeader } from '../formats/index.ts';
import { type ModelConfig, parameters } from '../foundry/model/index.ts';
import { stateEntries, type TrainConfig } from '../foundry/train/index.ts';
import { STATE_LEAF_BYTES } from '../ledger/index.ts';
import { checkpointName } from '../run-folder/index.ts';
import { broken, type RunFolder } from './folder.ts';
import { type StateReader, stateInFile } from './motion/index.ts';
import { STRUCTURE } from './sentences/structure.ts';

/** The layout of a file, known to the byte except for the tensors' values; `size` and `bytes` in bytes. */
export interface FileLayout {
  header: Buffer;
  tensors: { name: string; dtype: DType; shape: number[]; bytes: number }[];
  size: number;
}

function layoutOf(list: { name: string; shape: number[] }[], metadata: Record<string, string>): FileLayout {
  const tensors = list.map(({ name, shape }) => ({ name, dtype: 'F32' as const, shape, bytes: 4 * elementsOf(shape) }));
  const header = safetensorsHeader(tensors, metadata);
  return { header, tensors, size: tensors.reduce((sum, { bytes }) => sum + bytes, header.length) };
}

const byName = <T extends { name: string }>(list: T[]): T[] => list.sort((a, b) => (a.name < b.name ? -1 : 1));

/** A checkpoint's state.safetensors: weights and moments. */
export const expectedState = (config: ModelConfig, train: Pick<TrainConfig, 'optimizer'>): FileLayout =>
  layoutOf(stateEntries(config, train), { format: 'jikji-state' });

/** The exported model.safetensors: weights alone. */
export const expectedModel = (config: ModelConfig): FileLayout =>
  layoutOf(byName(parameters(config)), { format: 'pt' });

export const stateFile = (step: number): string => `checkpoints/${checkpointName(step)}/state.safetensors`;
export const stateNote = (step: number): string => `checkpoints/${checkpointName(step)}/state.json`;

/** @throws JikjiError `evidence-missing`; `evidence-broken` if size or header differ from `expected` */
export function checkHeader(folder: RunFolder, file: string, expected: FileLayout): void {
  folder.file(file);
  const size = folder.size(file)!;
  if (size !== expected.size) throw broken(file, STRUCTURE.otherTensorBytes(size, expected.size));
  let at = 0;
  for (const piece of folder.pieces(file, 0, expected.header.length)) {
    if (Buffer.compare(piece, expected.header.subarray(at, at + piece.length)) !== 0) {
      throw broken(file, STRUCTURE.otherHeader);
    }
    at += piece.length;
  }
}

/**
 * Name of the first tensor of the layout whose bytes differ in two states; tensors that `b` lacks are not compared.
 * @throws JikjiError `safetensors-broken` where a file ends too early
 */
export async function firstDifference(
  a: StateReader,
  b: StateReader,
  layout: FileLayout,
  pause: () => Promise<void>,
): Promise<string | undefined> {
  const [bufferA, bufferB] = [bufferFor(layout), bufferFor(layout)];
  for (const { name, bytes } of layout.tensors.filter((tensor) => b.has(tensor.name, tensor.shape))) {
    for (let at = 0; at < bytes; at += STATE_LEAF_BYTES) {
      const length = Math.min(STATE_LEAF_BYTES, bytes - at);
      const [pieceA, pieceB] = [bufferA.subarray(0, length), bufferB.subarray(0, length)];
      a.read(name, pieceA, at);
      b.read(name, pieceB, at);
      if (!pieceA.equals(pieceB)) return name;
      await pause();
    }
  }
  return undefined;
}

/** Room for a leaf. Small states get a small buffer: a MiB for each would keep the garbage collector busy. */
const bufferFor = ({ tensors }: FileLayout): Buffer =>
  Buffer.allocUnsafe(Math.min(STATE_LEAF_BYTES, Math.max(...tensors.map(({ bytes }) => bytes))));

/** Opens files of tensors in the folder, calls `work` with their readers, and closes them. */
export async function withStates<T>(
  folder: RunFolder,
  files: readonly string[],
  work: (...states: StateReader[]) => T | Promise<T>,
): Promise<T> {
  const opened: Safetensors[] = [];
  try {
    for (const file of files) opened.push(Safetensors.open(folder.file(file)));
    return await work(...opened.map((file, i) => stateInFile(file, files[i]!)));
  } finally {
    for (const file of opened) file.close();
  }
}
