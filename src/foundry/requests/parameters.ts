// What a request says about the choice of tokens, as the generator takes it.

import { randomInt } from 'node:crypto';
import { JikjiError } from '../base/index.ts';
import type { ContinueOptions } from '../foundry/generate/index.ts';
import type { ServedModel } from './served-model.ts';
import type { SamplingRequest } from './shapes.ts';

/** Seeds that the server chooses. */
const MAX_SEED = 2 ** 47;

/** What all texts of a request share besides. */
export interface Shared {
  client: string;
  signal: AbortSignal;
  guesses: boolean;
}

/** The schema that an answer must have; undefined where it may be any text. */
function schemaOf({ response_format: format }: SamplingRequest): unknown {
  if (!format || format.type === 'text') return undefined;
  return format.type === 'json_object' ? { type: 'object' } : format.json_schema.schema;
}

/** @throws JikjiError `request-shape` for a bias of a token that does not exist */
function biasOf(request: SamplingRequest, vocabSize: number): Map<number, number> {
  const bias = Object.entries(request.logit_bias ?? {}).map(([id, value]): [number, number] => [Number(id), value]);
  const unknown = bias.find(([id]) => id >= vocabSize);
  if (!unknown) return new Map(bias);
  const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
  throw new JikjiError('request-shape', 'there is no such token', `logit_bias.${unknown[0]}`, hint);
}

/**
 * The options of answer i of a request: with a seed of its own, and a mask of its own where it must be JSON. `ends` are the ids that end a
 * text besides the tokenizer's.
 * @throws JikjiError `request-shape`, `schema-unsupported`
 */
export function optionsOf(
  request: SamplingRequest,
  model: ServedModel,
  shared: Shared,
  ends: ReadonlySet<number> = new Set(),
): (i: number) => Omit<ContinueOptions, 'maxTokens'> {
  const { presence_penalty: presence, frequency_penalty: frequency, repetition_penalty: repetition, stop } = request;
  const seed = request.seed ?? randomInt(MAX_SEED);
  const common = {
    ...shared,
    ends,
    full: 'end' as const,
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    topK: request.top_k ?? 0,
    minP: request.min_p ?? 0,
    penalties: { presence: presence ?? 0, frequency: frequency ?? 0, repetition: repetition ?? 1 },
    logitBias: biasOf(request, model.text.model.tokenizer.vocabSize),
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
  };
  const schema = schemaOf(request);
  const newMask = schema === undefined ? undefined : model.masksOf(schema, ends);
  return (i) => ({ ...common, seed: seed + i, ...(newMask && { mask: newMask() }) });
}
