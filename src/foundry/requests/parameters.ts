// What a request says about the choice of tokens: with the defaults written out, as a receipt has it; and as the generator takes it. The
// generator gets nothing that is not among the parameters: so a receipt has all that changes an answer.

import { JikjiError } from '../../base/index.ts';
import { type AnswerParameters, digestOfJson, type Json } from '../../ledger/index.ts';
import type { ContinueOptions } from '../generate/index.ts';
import type { ServedModel } from './served-model.ts';
import type { SamplingRequest } from './shapes.ts';

/** The schema that an answer must have; undefined where it may be any text. */
export function schemaOf({ response_format: format }: SamplingRequest): unknown {
  if (!format || format.type === 'text') return undefined;
  return format.type === 'json_object' ? { type: 'object' } : format.json_schema.schema;
}

/** @throws JikjiError `request-shape` for names in it that are not Unicode */
function digestOfSchema(schema: unknown): string | null {
  if (schema === undefined) return null;
  try {
    return digestOfJson(schema as Json);
  } catch (cause) {
    const hint = 'leave lone surrogates out';
    throw new JikjiError('request-shape', 'has a text that is not Unicode', 'response_format', hint, { cause });
  }
}

/** @throws JikjiError `request-shape` for a bias of a token that does not exist */
function biasOf(request: SamplingRequest, vocabSize: number): AnswerParameters['logitBias'] {
  const biases = Object.entries(request.logit_bias ?? {}).map(([id, bias]) => ({ id: Number(id), bias, name: id }));
  const unknown = biases.find(({ id }) => id >= vocabSize);
  if (unknown) {
    const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
    throw new JikjiError('request-shape', 'there is no such token', `logit_bias.${unknown.name}`, hint);
  }
  // Of two spellings of an id (7 and 07) the last one counts.
  const byId = new Map(biases.map(({ id, bias }) => [id, bias]));
  return [...byId].map(([id, bias]) => ({ id, bias })).sort((a, b) => a.id - b.id);
}

/**
 * The parameters of a request. `ends` are the ids that end a text besides the tokenizer's.
 * @throws JikjiError `request-shape`
 */
export function parametersOf(
  request: SamplingRequest,
  model: ServedModel,
  { maxTokens, ends = new Set() }: { maxTokens: number; ends?: ReadonlySet<number> },
): AnswerParameters {
  const { tokenizer } = model.text.model;
  const { stop } = request;
  return {
    maxTokens,
    temperature: request.temperature ?? 1,
    topK: request.top_k ?? 0,
    topP: request.top_p ?? 1,
    minP: request.min_p ?? 0,
    presencePenalty: request.presence_penalty ?? 0,
    frequencyPenalty: request.frequency_penalty ?? 0,
    repetitionPenalty: request.repetition_penalty ?? 1,
    logitBias: biasOf(request, tokenizer.vocabSize),
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    ends: [...new Set([...tokenizer.endIds, ...ends])].sort((a, b) => a - b),
    schema: digestOfSchema(schemaOf(request)),
  };
}

type AnswerOptions = Omit<ContinueOptions, 'client' | 'signal' | 'guesses'>;

/**
 * The generator's options for an answer with a seed, each with a mask of its own where the answer must be JSON of `schema`.
 * @throws JikjiError `schema-unsupported`
 */
export function optionsOf(
  parameters: AnswerParameters,
  model: ServedModel,
  schema: unknown,
): (seed: number) => AnswerOptions {
  const { maxTokens, temperature, topK, topP, minP, stop, logitBias } = parameters;
  const ends = new Set(parameters.ends);
  const common = {
    ...{ maxTokens, temperature, topK, topP, minP, stop, ends },
    full: 'end' as const,
    penalties: {
      presence: parameters.presencePenalty,
      frequency: parameters.frequencyPenalty,
      repetition: parameters.repetitionPenalty,
    },
    logitBias: new Map(logitBias.map(({ id, bias }) => [id, bias])),
  };
  const newMask = schema === undefined ? undefined : model.masksOf(schema, ends);
  return (seed) => ({ ...common, seed, ...(newMask && { mask: newMask() }) });
}
