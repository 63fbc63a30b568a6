// The finished model as a Hugging Face folder: config.json, model.safetensors, tokenizer.json and a card.

import { closeSync, copyFileSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../../base/index.ts';
import { writeSafetensors } from '../../formats/index.ts';
import type { StateTensor } from '../../ledger/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import { type ModelConfig, parameterCount, toHuggingFace } from '../model/index.ts';
import type { Recipe } from '../recipe/index.ts';
import { runPaths } from './folder.ts';
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
    write('README.md', card(recipe, config, manifest, trained));
  });
}

function card(recipe: Recipe, config: ModelConfig, manifest: CorpusManifest, trained: Trained): string {
  const { train } = recipe;
  const bits = trained.validation.bitsPerByte;
  const sources = manifest.sources.map((s, i) => {
    const name = 'npm' in s.origin ? s.origin.npm : s.origin.files.join(', ');
    const own = trained.validation.bySource[i];
    const size = ((s.bytes.train + s.bytes.validation) / 1e6).toFixed(2);
    return `| ${name.replaceAll('|', '\\|')} | ${s.language} | ${s.licence} | ${size} | ${s.weight} | ${own == null ? '' : own.toFixed(3)} |`;
  });
  return `# ${recipe.name}

A base language model (Llama architecture), trained from random weights by Jikji. It continues text; it is not tuned to talk.

- ${parameterCount(config).toLocaleString('en')} parameters, context ${config.maxPositionEmbeddings}, vocabulary ${config.vocabSize}
- ${train.steps} steps of ${train.batchSize} x ${train.sequenceLength} tokens, seed ${recipe.seed}
- validation: ${Number.isFinite(bits) ? `${bits.toFixed(3)} bits per byte` : 'no text was held out'}
- state root \`${trained.stateRoot}\`, transcript head \`${trained.head}\`

| text | language | licence | MB | weight | bits per byte |
|---|---|---|---|---|---|
${sources.join('\n')}
`;
}
