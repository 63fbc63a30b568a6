// What a request says about the choice of tokens: with the defaults written out, as a receipt has it; and as the generator takes it. The
// generator gets nothing that is not among the parameters: so a receipt has all that changes an answer.

import { JikjiError } from '../../base/index.ts';
import { type AnswerParameters, digestOfJson, type Json } from '../../ledger/index.ts';
import type { ContinueOptions } from '../generate/index.ts';
import type { ServedModel } from './served-model.ts';
import type { SamplingRequest } from './shapes.ts';
import type { HeldCalls } from './tools.ts';

type TokenMask = NonNullable<ContinueOptions['mask']>;

/** What the tokens of an answer are held to: JSON of a schema, or calls of tools. */
export type OutputConstraint = { schema: unknown; place: string } | { calls: HeldCalls };

/** The schema that an answer must have; undefined where it may be any text. */
export function schemaOf({ response_format: format }: SamplingRequest): OutputConstraint | undefined {
  if (!format || format.type === 'text') return undefined;
  if (format.type === 'json_schema')
    return { schema: format.json_schema.schema, place: 'response_format.json_schema.schema' };
  return { schema: format.schema ?? { type: 'object' }, place: 'response_format.schema' };
}

/**
 * What a receipt says of it: the digest of the schema, or of the rules for calls. No schema that is supported looks like such rules.
 * @throws JikjiError `request-shape` for texts in it that are not Unicode
 */
export function digestOfHeld(
  held: { schema: unknown } | { calls: Pick<HeldCalls, 'rules'> } | undefined,
): string | null {
  if (held === undefined) return null;
  const [of, place] = 'calls' in held ? [held.calls.rules, 'tools'] : [held.schema, 'response_format'];
  try {
    return digestOfJson(of as Json);
  } catch (cause) {
    const hint = 'leave lone surrogates out';
    throw new JikjiError('request-shape', 'has a text that is not Unicode', place, hint, { cause });
  }
}

function biasOf({ logit_bias: biases }: SamplingRequest): AnswerParameters['logitBias'] {
  // Of two spellings of an id (7 and 07) the last one counts.
  const byId = new Map(Object.entries(biases ?? {}).map(([id, bias]) => [Number(id), bias]));
  return [...byId].map(([id, bias]) => ({ id, bias })).sort((a, b) => a.id - b.id);
}

/** @throws JikjiError `request-shape` for a bias of a token that does not exist */
function requireBiased(request: SamplingRequest, vocabSize: number): void {
  const unknown = Object.keys(request.logit_bias ?? {}).find((id) => Number(id) >= vocabSize);
  if (unknown === undefined) return;
  const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
  throw new JikjiError('request-shape', 'there is no such token', `logit_bias.${unknown}`, hint);
}

/** The parameters that a request gives by itself: how long a text may be, and what ends it, follows from the model too. */
export type StatedParameters = Omit<AnswerParameters, 'maxTokens' | 'ends'>;

/** @throws JikjiError `request-shape` */
export function statedParametersOf(
  request: SamplingRequest,
  held: Parameters<typeof digestOfHeld>[0],
): StatedParameters {
  const { stop } = request;
  return {
    temperature: request.temperature ?? 1,
    topK: request.top_k ?? 0,
    topP: request.top_p ?? 1,
    minP: request.min_p ?? 0,
    presencePenalty: request.presence_penalty ?? 0,
    frequencyPenalty: request.frequency_penalty ?? 0,
    repetitionPenalty: request.repetition_penalty ?? 1,
    logitBias: biasOf(request),
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    schema: digestOfHeld(held),
  };
}

/**
 * The parameters of a request. `ends` are the ids that end a text besides the tokenizer's.
 * @throws JikjiError `request-shape`
 */
export function parametersOf(
  request: SamplingRequest,
  model: ServedModel,
  {
    maxTokens,
    held,
    ends = new Set(),
  }: { maxTokens: number; held: OutputConstraint | undefined; ends?: ReadonlySet<number> },
): AnswerParameters {
  const { tokenizer } = model.text.model;
  requireBiased(request, tokenizer.vocabSize);
  return {
    ...statedParametersOf(request, held),
    maxTokens,
    ends: [...new Set([...tokenizer.endIds, ...ends])].sort((a, b) => a - b),
  };
}

const masksOf = (held: OutputConstraint, model: ServedModel, ends: ReadonlySet<number>): (() => TokenMask) =>
  'calls' in held ? model.callMasksOf(held.calls, ends) : model.masksOf(held, ends);

type AnswerOptions = Omit<ContinueOptions, 'client' | 'signal' | 'guesses'>;

/**
 * The generator's options for an answer with a seed, each with a mask of its own where the answer is held to something.
 * @throws JikjiError `schema-unsupported`
 */
export function optionsOf(
  parameters: AnswerParameters,
  model: ServedModel,
  held: OutputConstraint | undefined,
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
  const newMask = held === undefined ? undefined : masksOf(held, model, ends);
  return (seed) => ({ ...common, seed, ...(newMask && { mask: newMask() }) });
}
