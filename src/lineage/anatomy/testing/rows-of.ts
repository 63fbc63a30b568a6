// All numbers of a block as a model's files give them, to be compared with those of the same model stored in another way.

import type { Block, StoredModel, View } from '../index.ts';

export function rowsOf(model: StoredModel, { rows, signed, gain }: Pick<Block, 'rows' | 'signed' | 'gain'>) {
  const read = (view: View) => {
    const target = new Float32Array(view.rows * view.columns);
    model.readRows(
      view,
      Array.from({ length: view.rows }, (_, i) => i),
      target,
    );
    return [...target];
  };
  const gains = gain && [...model.readVector(gain.tensor)].map((value) => Math.fround(value + gain.offset));
  return { rows: read(rows), signed: signed && read(signed), gains, centred: gain?.centred };
}

/** All blocks of the first tower by kind and name, with their numbers. */
export const allRowsOf = (model: StoredModel) =>
  Object.fromEntries(
    model.anatomy.towers[0]!.groups.flatMap(({ kind, blocks }) =>
      blocks.map((block) => [`${kind} ${block.name}`, rowsOf(model, block)]),
    ),
  );
