// Opens the model of a run folder or a Hugging Face folder. Weights are read on request.

import { type Model, openModel as open, readWeight as read } from '../foundry/load/index.ts';

export type { Model } from '../foundry/load/index.ts';
export type { ModelConfig } from '../foundry/model/index.ts';
export type { TextTokenizer } from '../foundry/tokenizer/index.ts';

/**
 * Opens a run folder (its finished model, or its newest checkpoint) or a Hugging Face folder of a Llama, Qwen2 or Qwen3 model, sharded
 * or not. Config, tokenizer and the headers of the weights have been checked. Call `close()` when you are done.
 *
 * @returns `config` (Hugging Face's names in camelCase), `tokenizer` (`encode` a text, `decode` ids), `tensors` (name, type and
 * shape of each weight as it is stored).
 * @throws JikjiError for faults of the folder, naming the file
 * @example
 * const model = openModel('runs/hello');
 * console.log(model.config.hiddenSize, model.tokenizer.encode('movable type'));
 * model.close();
 */
export const openModel = (folder: string): Model => open(folder);

/**
 * A weight by its name as float32, row-major: a matrix is [outputs, inputs], the embedding [vocabSize, hiddenSize].
 *
 * @throws JikjiError `tensor-unknown`
 * @example
 * const embedding = readWeight(model, 'model.embed_tokens.weight');
 */
export const readWeight = (model: Model, name: string): Float32Array => read(model, name);
