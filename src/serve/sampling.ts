// What a request says about the choice of tokens, as the generator takes it.

import { randomInt } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import type { ContinueOptions } from '../foundry/generate/index.ts';
import type { SamplingRequest } from './shapes.ts';

/** Seeds that the server chooses. */
const MAX_SEED = 2 ** 47;

/** The schema that an answer must have; undefined where it may be any text. */
export function schemaOf({ response_format: format }: SamplingRequest): unknown {
  if (!format || format.type === 'text') return undefined;
  return format.type === 'json_object' ? { type: 'object' } : format.json_schema.schema;
}

/** @throws JikjiError `request-shape` for a bias of a token that does not exist */
export function samplingOf(request: SamplingRequest, vocabSize: number): Omit<ContinueOptions, 'maxTokens' | 'full'> {
  const { presence_penalty: presence, frequency_penalty: frequency, repetition_penalty: repetition, stop } = request;
  const bias = Object.entries(request.logit_bias ?? {}).map(([id, value]): [number, number] => [Number(id), value]);
  const unknown = bias.find(([id]) => id >= vocabSize);
  if (unknown) {
    const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
    throw new JikjiError('request-shape', 'there is no such token', `logit_bias.${unknown[0]}`, hint);
  }
  return {
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    topK: request.top_k ?? 0,
    minP: request.min_p ?? 0,
    seed: request.seed ?? randomInt(MAX_SEED),
    penalties: { presence: presence ?? 0, frequency: frequency ?? 0, repetition: repetition ?? 1 },
    logitBias: new Map(bias),
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  };
}
