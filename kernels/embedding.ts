// Embedding: looks up rows. Backward: adds rows in token order; threads split the columns.
import { EMBEDDING_COLUMNS, embedding, embeddingBackward } from './build/crossing';
import { loadPart, storePart } from './math';

/** Items: rows. Tokens are 32-bit words. */
export function embeddingItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const tokens = embedding.tokens(args);
  const table = embedding.table(args);
  const x = embedding.x(args);
  const stride = <usize>embedding.D(args) << 2;
  for (let m = first; m < last; m++) {
    const token = <usize>load<u32>(tokens + (<usize>m << 2));
    memory.copy(x + <usize>m * stride, table + token * stride, stride);
  }
}

/** Items: groups of EMBEDDING_COLUMNS columns. */
export function embeddingBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const tokens = embeddingBackward.tokens(args);
  const dx = embeddingBackward.dx(args);
  const dTable = embeddingBackward.dTable(args);
  const D = embeddingBackward.D(args);
  const M = embeddingBackward.M(args);
  const stride = <usize>D << 2;
  const from = first * EMBEDDING_COLUMNS;
  const to = min(D, last * EMBEDDING_COLUMNS);
  for (let m = 0; m < M; m++) {
    const token = <usize>load<u32>(tokens + (<usize>m << 2));
    const source = dx + <usize>m * stride;
    const target = dTable + token * stride;
    for (let j = from; j < to; j += 4) {
      const at = <usize>j << 2;
      storePart(target + at, f32x4.add(loadPart(target + at, to - j), loadPart(source + at, to - j)), to - j);
    }
  }
}
