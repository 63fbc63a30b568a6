// Token embedding. docs/arithmetic.md, "Layers".

import type { Embedding, EmbeddingBackward } from '../../engine.ts';
import { embeddingBackwardShape, embeddingShape } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';

export function embedding(d: Device, of: Embedding): void {
  const { M, D } = embeddingShape(of);
  const { words } = d;
  const a = ARGUMENTS.embedding;
  words[a.tokens] = at(of.tokens);
  words[a.table] = at(of.table.values);
  words[a.x] = at(of.x);
  words[a.D] = D;
  d.run('embedding', M, chunkOf(d, M));
}

export function embeddingBackward(d: Device, of: EmbeddingBackward): void {
  const { M, D } = embeddingBackwardShape(of);
  const { words } = d;
  const a = ARGUMENTS.embeddingBackward;
  words[a.tokens] = at(of.tokens);
  words[a.dx] = at(of.dx);
  words[a.dTable] = at(of.dTable);
  words[a.D] = D;
  words[a.M] = M;
  const groups = Math.ceil(D / SIZES.embeddingColumns);
  d.run('embeddingBackward', groups, Math.ceil(groups / d.threads));
}
