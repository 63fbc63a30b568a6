// Opens a MODEL: a run folder (its finished model, or its newest checkpoint) or a Hugging Face folder of a Llama model.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { Safetensors } from '../../formats/index.ts';
import { modelOf, runPaths } from '../make/index.ts';
import { fromHuggingFace, Generator, get, type ModelConfig, parameters } from '../model/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { Tokenizer } from '../tokenizer/index.ts';
import { checkpointSteps, momentNames } from '../train/index.ts';

interface Found {
  config: ModelConfig;
  weights: string;
  tokenizer: Tokenizer;
  /** What is to be said of it, for example that it is not finished. */
  note?: string;
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new JikjiError('file-missing', 'cannot be read', path, 'check the path of the model', { cause });
  }
};

function find(folder: string): Found {
  if (!existsSync(folder)) {
    throw new JikjiError('model-missing', 'there is no such folder', folder, 'see what was made here: jikji runs');
  }
  const run = runPaths(folder);
  if (existsSync(run.recipe) && !existsSync(run.model)) {
    const step = checkpointSteps(run.checkpoints).at(-1);
    if (step === undefined) {
      throw new JikjiError(
        'model-unfinished',
        'this run has no checkpoint yet',
        folder,
        'go on with it: jikji make RECIPE --resume',
      );
    }
    const tokenizer = Tokenizer.load(run.tokenizer);
    const recipe = parseRecipe(readText(run.recipe), { file: run.recipe });
    const name = readdirSync(run.checkpoints).find((n) => Number(n.slice(5)) === step)!;
    return {
      config: modelOf(recipe, tokenizer.vocabSize),
      weights: join(run.checkpoints, name, 'state.safetensors'),
      tokenizer,
      note: `This run is not finished: these are its weights after step ${step} of ${recipe.train.steps}.`,
    };
  }
  const model = existsSync(run.recipe) ? run.model : folder;
  const config = join(model, 'config.json');
  if (!existsSync(config)) {
    throw new JikjiError(
      'not-a-model',
      'is neither a run folder nor a Hugging Face model folder',
      folder,
      'see what was made here: jikji runs',
    );
  }
  const tokenizer = Tokenizer.load(join(model, 'tokenizer.json'));
  const found = fromHuggingFace(readText(config), config);
  if (tokenizer.vocabSize > found.vocabSize) {
    throw new JikjiError(
      'config-broken',
      `the tokenizer has ${tokenizer.vocabSize} entries, vocab_size is ${found.vocabSize}`,
      config,
      'take the folder anew from its source',
    );
  }
  return { config: found, weights: join(model, 'model.safetensors'), tokenizer };
}

/** A generator with the weights of a model, its tokenizer, and what is to be said of it. */
export function loadGenerator(
  folder: string,
  threads: number,
): { generator: Generator; tokenizer: Tokenizer; note: string | undefined } {
  const { config, weights, tokenizer, note } = find(folder);
  const file = Safetensors.open(weights);
  try {
    const list = parameters(config);
    for (const { name, shape } of list) {
      const info = file.tensors.get(name);
      if (!info)
        throw new JikjiError('weights-missing', `there is no ${name}`, weights, 'take the folder anew from its source');
      if (info.dtype !== 'F32') {
        throw new JikjiError(
          'dtype-unsupported',
          `${name} is ${info.dtype}; only F32 is read`,
          weights,
          'convert the model to float32',
        );
      }
      if (info.shape.join() !== shape.join()) {
        throw new JikjiError(
          'weights-broken',
          `${name} is [${info.shape}], config.json wants [${shape}]`,
          weights,
          'take the folder anew from its source',
        );
      }
    }
    const extra = [...file.tensors.keys()].find(
      (name) => !list.some((p) => p.name === name) && !Object.values(momentNames).some((m) => name.startsWith(m)),
    );
    if (extra !== undefined) {
      throw new JikjiError(
        'weights-broken',
        `${extra} does not belong to a model of this shape`,
        weights,
        'check config.json',
      );
    }
    const generator = new Generator(config, Math.min(config.maxPositionEmbeddings, 2048), threads);
    for (const { name } of list) file.read(name, generator.engine.bytes(get(generator.weights, name)));
    generator.prepare();
    return { generator, tokenizer, note };
  } finally {
    file.close();
  }
}
