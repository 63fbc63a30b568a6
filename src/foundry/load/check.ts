// Checks the weights of a folder against its config: names, shapes, types. Reads no values, except a head that the config excludes.

import { JikjiError, shownName } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { EMBEDDING, HEAD, type ModelConfig, type Parameter, parameters } from '../model/index.ts';
import type { Weights } from './weights.ts';

/** The types that can be read. */
const TYPES = ['F32', 'F16', 'BF16', 'Q8_0'];
/** Numbers that are compared at once. */
const PIECE = 1 << 18;

const AGAIN = 'get the folder again from its source';

/**
 * Checks the tensors of a model. Allows more tensors: those of `extra`, the rotary frequencies that old versions of transformers
 * wrote, and the head of a model with tied embeddings.
 * @throws JikjiError `weights-missing`, `weights-broken`, `dtype-unsupported`
 */
export function checkTensors(
  { tensors }: Weights,
  config: ModelConfig,
  path: string,
  extra: (name: string) => boolean = () => false,
): void {
  const list: Pick<Parameter, 'name' | 'shape'>[] = parameters(config);
  const names = new Set(list.map((parameter) => parameter.name));
  if (config.tieWordEmbeddings && tensors.has(HEAD)) {
    list.push({ name: HEAD, shape: [config.vocabSize, config.hiddenSize] });
    names.add(HEAD);
  }
  for (const { name, shape } of list) {
    const info = tensors.get(name);
    if (!info) throw new JikjiError('weights-missing', `there is no ${name}`, path, AGAIN);
    if (info.shape.join() !== shape.join()) {
      const what = `${name} has the shape [${info.shape}]; config.json requires [${shape}]`;
      throw new JikjiError('weights-broken', what, path, AGAIN);
    }
    if (!TYPES.includes(info.dtype)) {
      throw new JikjiError(
        'dtype-unsupported',
        `${name} is ${info.dtype}; only F32, F16, BF16 and Q8_0 can be read`,
        path,
        'convert the model to float32, float16 or bfloat16',
      );
    }
  }
  for (const name of tensors.keys()) {
    if (names.has(name) || name.endsWith('.rotary_emb.inv_freq') || extra(name)) continue;
    throw new JikjiError(
      'weights-broken',
      `${shownName(name)} does not belong to a model of this shape`,
      path,
      'check config.json',
    );
  }
}

/**
 * If a model with tied embeddings also has a head, compares the head with the embedding.
 * @throws JikjiError `weights-broken` if they differ
 */
export function checkTiedHead(weights: Weights, config: ModelConfig, path: string): void {
  if (!config.tieWordEmbeddings || !weights.tensors.has(HEAD)) return;
  const [head, embedding] = [new Float32Array(PIECE), new Float32Array(PIECE)];
  const count = elementsOf([config.vocabSize, config.hiddenSize]);
  for (let done = 0; done < count; done += PIECE) {
    const length = Math.min(PIECE, count - done);
    const parts = [head.subarray(0, length), embedding.subarray(0, length)] as const;
    weights.readFloats(HEAD, parts[0], done);
    weights.readFloats(EMBEDDING, parts[1], done);
    const [a, b] = parts.map((part) => Buffer.from(part.buffer, 0, part.byteLength));
    if (!a.equals(b)) {
      throw new JikjiError(
        'weights-broken',
        `${HEAD} is not the embedding, but config.json sets tie_word_embeddings`,
        path,
        'set tie_word_embeddings to false if the model has its own head',
      );
    }
  }
}
