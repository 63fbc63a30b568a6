// Token embedding. docs/arithmetic.md, "Layers".

import type { Engine } from '../engine.ts';
import type { Region } from '../layout.ts';

/** x[M, D] = rows of E[V, D]. Tokens must be below V: they are checked where they enter. */
export function embedding(e: Engine, tokens: Region, weight: Region, x: Region, M: number, D: number): void {
  e.run('embedding', M, e.chunkOf(M), [tokens.at, weight.at, x.at, D]);
}

/** dE[token[m]] += dx[m], m ascending. */
export function embeddingBackward(e: Engine, tokens: Region, dx: Region, dE: Region, M: number, D: number): void {
  e.run('embeddingBackward', Math.ceil(D / 32), Math.ceil(D / 32 / e.threads), [tokens.at, dx.at, dE.at, D, M]);
}
