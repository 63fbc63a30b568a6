// Opens a generator with the weights of a model.

import type { Model } from '../load/index.ts';
import { contextOf, Generator, openDecoder, pagesOf } from '../model/index.ts';

/** Tokens of a prompt that are computed at once. */
const PROMPT_ROWS = 256;

/** @throws JikjiError `too-large` if the model does not fit into memory */
export function loadGenerator(model: Model, threads: number): Generator {
  const context = contextOf(model.config);
  const size = { rows: Math.min(context, PROMPT_ROWS), context, pages: pagesOf(context) };
  return new Generator(openDecoder(model.config, size, { threads }, (name, values) => model.read(name, values)));
}
