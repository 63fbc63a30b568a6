// Token embedding. docs/arithmetic.md, "Layers".

import type { Embedding, EmbeddingBackward } from '../../engine.ts';
import { embeddingBackwardShape, embeddingShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { isQ8 } from '../weight.ts';

export function embedding(d: Device, of: Embedding): void {
  const { M, D } = embeddingShape(of);
  const { tokens, x } = of;
  if (isQ8(of.table)) {
    d.run('q8Embedding', { tokens, packed: of.table.packed, group: d.q8Group, x, D }, { items: M });
  } else d.run('embedding', { tokens, table: of.table.values, x, D }, { items: M });
}

export function embeddingBackward(d: Device, of: EmbeddingBackward): void {
  const { M, D } = embeddingBackwardShape(of);
  const { tokens, dx, dTable } = of;
  const items = Math.ceil(D / SIZES.embeddingColumns);
  d.run('embeddingBackward', { tokens, dx, dTable, D, M }, { items, chunk: Math.ceil(items / d.threads) });
}
