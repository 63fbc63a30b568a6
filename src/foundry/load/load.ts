// Opens a MODEL: a run folder (its finished model, or its newest checkpoint) or a Hugging Face folder of a Llama model.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { Safetensors } from '../../formats/index.ts';
import { digestOfFile, sha256Hex } from '../../ledger/index.ts';
import { modelOf, runPaths } from '../make/index.ts';
import { fromHuggingFace, type ModelConfig, parameters } from '../model/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { type TextTokenizer, Tokenizer } from '../tokenizer/index.ts';
import { checkpointSteps, momentNames } from '../train/index.ts';

interface Found {
  config: ModelConfig;
  weights: string;
  tokenizer: Tokenizer;
  note: string | undefined;
  run: string | undefined;
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
      run: folder,
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
  return {
    config: found,
    weights: join(model, 'model.safetensors'),
    tokenizer,
    note: undefined,
    run: model === folder ? undefined : folder,
  };
}

/** An open model. */
export interface Model {
  /** As it was named. */
  folder: string;
  /** The run's folder, where the model is a run's. */
  run: string | undefined;
  config: ModelConfig;
  tokenizer: TextTokenizer;
  /** What is to be said of it, for example that its training is not finished. */
  note: string | undefined;
  /** The weights as they are stored; a tensor's name is Hugging Face's. */
  tensors: ReadonlyMap<string, { dtype: string; shape: number[] }>;
  /** Reads a weight as float32; `target` has room for all of it. */
  read(name: string, target: Float32Array): void;
  /** SHA-256 over names and digests of config, weights and tokenizer: two folders with the same one are the same model. */
  digest(): string;
  close(): void;
}

/**
 * Opens a model; its config, tokenizer and the names and shapes of its weights have been checked.
 * @throws JikjiError for what is wrong with it
 */
export function openModel(folder: string): Model {
  const { config, weights, tokenizer, note, run } = find(folder);
  const file = Safetensors.open(weights);
  try {
    check(file, config, weights);
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    folder,
    run,
    config,
    tokenizer,
    note,
    tensors: file.tensors,
    read: (name, target) => file.read(name, new Uint8Array(target.buffer, target.byteOffset, target.byteLength)),
    digest: () =>
      sha256Hex(
        [
          ['config', sha256Hex(JSON.stringify(config))],
          ['weights', digestOfFile(weights)],
          ['tokenizer', sha256Hex(tokenizer.toJson())],
        ]
          .map(([name, digest]) => `${digest}  ${name}\n`)
          .join(''),
      ),
    close: () => file.close(),
  };
}

function check(file: Safetensors, config: ModelConfig, weights: string): void {
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
}
