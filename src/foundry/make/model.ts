// Writes the finished model as a Hugging Face folder: config.json, model.safetensors, tokenizer.json and a card.

import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../../base/index.ts';
import { writeSafetensors } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import { type ModelConfig, toHuggingFace } from '../model/index.ts';
import type { RunRecipe } from '../recipe/index.ts';
import type { RunTokenizer } from '../tokenizer/index.ts';
import { runCard } from './card.ts';
import { notedParent } from './parent.ts';
import type { Trained } from './training.ts';

export interface FinishedModel {
  /** The run folder. */
  folder: string;
  recipe: RunRecipe;
  config: ModelConfig;
  tokenizer: RunTokenizer;
  manifest: CorpusManifest;
  /** Further small files by name. */
  files: Readonly<Record<string, string>>;
  /** Its trainer is still open. */
  trained: Trained;
}

/** Writes model/ into the run folder. @throws JikjiError as `writeFolderAtomic` */
export function writeModel({ folder, recipe, config, tokenizer, manifest, files, trained }: FinishedModel): void {
  const paths = runPaths(folder);
  writeFolderAtomic(paths.model, (inside) => {
    const write = (name: string, text: string) => writeFileSync(join(inside, name), text, { flush: true });
    const fd = openSync(join(inside, 'model.safetensors'), 'wx');
    try {
      writeSafetensors(fd, trained.trainer.weights(), { format: 'pt' });
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    write('config.json', `${JSON.stringify(toHuggingFace(config, tokenizer.prefixId, tokenizer.eosId), null, 2)}\n`);
    copyFileSync(paths.tokenizer, join(inside, 'tokenizer.json'));
    for (const [name, text] of Object.entries(files)) write(name, text);
    const { stateRoot, head, seed, validation, before } = trained;
    const seedOfLodging = existsSync(paths.lodging) ? seed.toString(16).padStart(16, '0') : undefined;
    const beginning = { parent: notedParent(folder, recipe), seedOfLodging };
    write('README.md', runCard({ recipe, config, manifest, ...validation, before, stateRoot, head, ...beginning }));
  });
}
