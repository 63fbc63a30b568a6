// How much of the engines' memory generation takes: rows of a pass, and pages for as many texts as fit beside the weights.

import { bytesOfPage, MEMORY_LIMIT } from '../../engine/index.ts';
import type { Model } from '../load/index.ts';
import { contextOf, type DecoderSize, headDim, PAGE_POSITIONS, pagesOf, weightBytes } from '../model/index.ts';

/** Rows of a pass. */
const MAX_ROWS = 256;
/** Rows of logits for one text: its next token and the guesses after it. */
const LOGITS_OF_TEXT = 9;
/** Texts at a time for each that has room for a whole context: most are shorter. */
const SHORT_TEXTS = 4;
/** Bytes of the pages of a model that no single memory holds. */
const MAX_PAGES = 2 * 1024 ** 3;

/** Room for `texts` texts at a time with a whole context each, or for fewer where memory ends before; for one at least. */
export function generationSize(model: Pick<Model, 'config' | 'q8'>, texts: number): DecoderSize {
  const { config } = model;
  const context = contextOf(config);
  const { numKeyValueHeads: keyValueHeads } = config;
  const page = bytesOfPage({ positions: PAGE_POSITIONS, keyValueHeads, headDim: headDim(config) });
  const pagesIn = (bytes: number): number => Math.floor(bytes / (config.numHiddenLayers * page));
  // In one memory, beside the weights and what a pass needs; else over several.
  const inOne = pagesIn(0.8 * (0.9 * MEMORY_LIMIT - weightBytes(config, model)));
  const fitting = inOne >= pagesOf(context) ? inOne : pagesIn(MAX_PAGES);
  const pages = Math.max(pagesOf(context), Math.min(texts * pagesOf(context), fitting));
  const logits = texts === 1 ? LOGITS_OF_TEXT : LOGITS_OF_TEXT + SHORT_TEXTS * texts;
  return { rows: Math.min(context, MAX_ROWS), context, pages, logits };
}
