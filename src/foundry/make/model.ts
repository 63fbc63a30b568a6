// The finished model as a Hugging Face folder: config.json, model.safetensors, tokenizer.json and a card.

import { closeSync, copyFileSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../../base/index.ts';
import { writeSafetensors } from '../../formats/index.ts';
import type { StateTensor } from '../../ledger/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import { type ModelConfig, toHuggingFace } from '../model/index.ts';
import type { Recipe } from '../recipe/index.ts';
import { runCard } from './card.ts';
import type { Trained } from './training.ts';

/** Writes model/; `weights` are the state's tensors without the moments. */
export function writeModel(
  folder: string,
  recipe: Recipe,
  config: ModelConfig,
  endOfText: number,
  manifest: CorpusManifest,
  trained: Trained,
  weights: StateTensor[],
): void {
  const paths = runPaths(folder);
  writeFolderAtomic(paths.model, (inside) => {
    const write = (name: string, text: string) => writeFileSync(join(inside, name), text, { flush: true });
    const fd = openSync(join(inside, 'model.safetensors'), 'wx');
    try {
      writeSafetensors(fd, weights, { format: 'pt' });
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    write('config.json', `${JSON.stringify(toHuggingFace(config, endOfText), null, 2)}\n`);
    copyFileSync(paths.tokenizer, join(inside, 'tokenizer.json'));
    const { stateRoot, head, validation } = trained;
    write('README.md', runCard({ recipe, config, manifest, ...validation, stateRoot, head, formatVersion: 2 }));
  });
}
