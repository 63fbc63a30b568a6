// The small files of a model by their names in a Hugging Face folder: read from one, or made of a GGUF file's metadata.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from '../../formats/index.ts';

/** The limit of a config file or recipe, in bytes. */
export const MAX_CONFIG = 8 << 20;

/** The limit of tokenizer.json, in bytes. */
export const MAX_TOKENIZER = 128 << 20;

/** The limit of a chat template, in bytes; real ones have a few thousand. */
export const MAX_TEMPLATE = 1 << 20;

export interface ModelFiles {
  /** Where a file is or comes from, for errors. */
  path(name: string): string;
  /** Undefined where there is none. */
  text(name: string, maxBytes: number): string | undefined;
}

export const filesOfFolder = (folder: string): ModelFiles => ({
  path: (name) => join(folder, name),
  text: (name, maxBytes) => {
    const path = join(folder, name);
    return existsSync(path) ? readSmallFile(path, maxBytes) : undefined;
  },
});
