// Weights in MXFP4 in safetensors, as gpt-oss has them: NAME_blocks [..., groups, 16] and NAME_scales [..., groups], both bytes, stand for NAME
// [..., 32 groups]. A byte has an element in its low half and the next one in its high half.

import { fromMxfp4, MXFP4_GROUP, type WeightFiles } from '../../../formats/index.ts';

/** Elements that are read at once. */
const PIECE = 1 << 20;

export interface Packed {
  blocks: string;
  scales: string;
  shape: readonly number[];
}

/** The packed weights by the names that they stand for. Blocks whose scales do not fit are none. */
export function packedIn({ tensors }: WeightFiles): Map<string, Packed> {
  const found = new Map<string, Packed>();
  for (const [blocks, { dtype, shape }] of tensors) {
    if (!blocks.endsWith('_blocks') || dtype !== 'U8' || shape.at(-1) !== MXFP4_GROUP / 2) continue;
    const name = blocks.slice(0, -'_blocks'.length);
    if (shape.length < 2) continue;
    const scales = tensors.get(`${name}_scales`);
    if (scales?.dtype !== 'U8' || tensors.has(name) || scales.shape.join() !== shape.slice(0, -1).join()) continue;
    const whole = [...scales.shape.slice(0, -1), scales.shape.at(-1)! * MXFP4_GROUP];
    found.set(name, { blocks, scales: `${name}_scales`, shape: whole });
  }
  return found;
}

/** Fills `target` with numbers from element `offset` on. */
export function readPacked(files: WeightFiles, packed: Packed, target: Float32Array, offset: number): void {
  for (let done = 0; done < target.length; done += PIECE) {
    const count = Math.min(PIECE, target.length - done);
    const first = Math.floor((offset + done) / MXFP4_GROUP);
    const groups = Math.ceil((offset + done + count) / MXFP4_GROUP) - first;
    const blocks = new Uint8Array((groups * MXFP4_GROUP) / 2);
    const scales = new Uint8Array(groups);
    files.readBytes(packed.blocks, blocks, (first * MXFP4_GROUP) / 2);
    files.readBytes(packed.scales, scales, first);
    const start = offset + done - first * MXFP4_GROUP;
    for (let i = 0; i < count; i++) {
      const place = start + i;
      const nibble = (blocks[place >> 1]! >> (4 * (place & 1))) & 15;
      target[done + i] = fromMxfp4(nibble, scales[Math.floor(place / MXFP4_GROUP)]!);
    }
  }
}
