// What a request means for a model: its prompts, the parameters of its answers, and where their seeds come from. A server answers by it, and
// an auditor holds a receipt against it.

import { JikjiError } from '../../base/index.ts';
import {
  type AnswerParameters,
  digestOfRequest,
  digestOfTokens,
  type ReceiptRequest,
  seedOfNonce,
} from '../../ledger/index.ts';
import {
  type OutputConstraint,
  parametersOf,
  type StatedParameters,
  schemaOf,
  statedParametersOf,
} from './parameters.ts';
import { chatPromptOf, listOfPrompts, type Prompt, promptsOf } from './prompts.ts';
import type { ServedModel } from './served-model.ts';
import type { ChatRequest, CompletionRequest, SamplingRequest } from './shapes.ts';
import { toolRulesOf } from './tools.ts';

/** Answers to all prompts of one request. */
const MAX_TEXTS = 512;

/** OpenAI's default for a completion. */
const MAX_TOKENS = 16;

export interface Meaning {
  prompts: readonly Prompt[];
  /** Answers to each prompt. */
  n: number;
  parameters: AnswerParameters;
  /** Undefined where an answer may be any text. */
  held: OutputConstraint | undefined;
  /** Digest of the template that made the prompt; null where there is none. */
  chatTemplate: string | null;
  seed: number | undefined;
  nonce: string | undefined;
}

/** @throws JikjiError `request-shape` where the last answer's seed is no whole number that JSON has */
function seedsIn({ seed, n, nonce }: SamplingRequest): Pick<Meaning, 'seed' | 'nonce' | 'n'> {
  if (seed != null && seed > Number.MAX_SAFE_INTEGER - (n ?? 1) + 1)
    throw new JikjiError('request-shape', 'is too large for n answers', 'seed', 'give a smaller one');
  return { n: n ?? 1, seed: seed ?? undefined, nonce: nonce ?? undefined };
}

/** @throws JikjiError `prompt-too-long`, `request-shape` */
export function completionMeaning(request: CompletionRequest, model: ServedModel): Meaning {
  const { n, best_of: bestOf, max_tokens: most } = request;
  if (bestOf != null && bestOf !== (n ?? 1))
    throw new JikjiError('request-shape', 'is not supported', 'best_of', 'leave it out, or give n');
  const prompts = promptsOf(request.prompt, model);
  if (prompts.length * (n ?? 1) > MAX_TEXTS)
    throw new JikjiError('request-shape', `asks for more than ${MAX_TEXTS} texts`, 'n', 'send several requests');
  const held = schemaOf(request);
  return {
    ...seedsIn(request),
    prompts,
    parameters: parametersOf(request, model, { maxTokens: most ?? MAX_TOKENS, held }),
    held,
    chatTemplate: null,
  };
}

/** @throws JikjiError `not-tuned`, `chat-template`, `tools-unsupported`, `prompt-too-long`, `request-shape` */
export async function chatMeaning(request: ChatRequest, model: ServedModel): Promise<Meaning> {
  const rules = toolRulesOf(request);
  const held = rules ? { calls: { rules, form: await model.template.callForm() } } : schemaOf(request);
  const prompt = await chatPromptOf(request.messages, rules?.tools, model);
  const { context } = model.text;
  const asked = request.max_completion_tokens ?? request.max_tokens ?? context;
  // A call must know how much room there is for its end.
  const maxTokens = rules ? Math.min(asked, context - prompt.ids.length + 1) : asked;
  return {
    ...seedsIn(request),
    prompts: [prompt],
    parameters: parametersOf(request, model, { maxTokens, held, ends: await model.template.endIds() }),
    held,
    chatTemplate: model.templateDigest,
  };
}

/** What a request says by itself. What takes the model's tokenizer, template or context to know is not there. */
export interface StatedRequest extends Pick<Meaning, 'n' | 'seed' | 'nonce'> {
  isChat: boolean;
  /** Ids of each prompt; undefined where it is a text. */
  prompts: readonly (readonly number[] | undefined)[];
  parameters: StatedParameters & Partial<AnswerParameters>;
}

/** @throws JikjiError `request-shape` */
export function statedCompletion(request: CompletionRequest): StatedRequest {
  const parameters = statedParametersOf(request, schemaOf(request));
  return {
    ...seedsIn(request),
    isChat: false,
    prompts: listOfPrompts(request.prompt).map((one) => (typeof one === 'string' ? undefined : one)),
    parameters: { ...parameters, maxTokens: request.max_tokens ?? MAX_TOKENS },
  };
}

/** @throws JikjiError `request-shape` */
export function statedChat(request: ChatRequest): StatedRequest {
  const rules = toolRulesOf(request);
  const most = request.max_completion_tokens ?? request.max_tokens;
  const parameters = statedParametersOf(request, rules ? { calls: { rules } } : schemaOf(request));
  return {
    ...seedsIn(request),
    isChat: true,
    prompts: [undefined],
    parameters: { ...parameters, ...(most != null && !rules && { maxTokens: most }) },
  };
}

/** The part of a receipt that says what was asked for. */
export const receiptRequestOf = ({ chatTemplate, n, parameters, prompts }: Meaning): ReceiptRequest => ({
  chatTemplate,
  n,
  parameters,
  prompts: prompts.map(({ ids }) => ({ tokens: ids.length, digest: digestOfTokens(ids) })),
});

/** The seed of the first answer, if the client has chosen it or given a nonce. */
export function givenSeed(meaning: Meaning, model: ServedModel): number | undefined {
  const { seed, nonce } = meaning;
  if (seed !== undefined || nonce === undefined) return seed;
  return seedOfNonce({ model: model.digest, request: digestOfRequest(receiptRequestOf(meaning)), nonce });
}
