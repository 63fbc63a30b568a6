// An answer as a client has saved it: the body of an answer, or a stream of server-sent events.

import { z } from 'zod';
import { parseJson } from '../../base/index.ts';
import { type NamedText, notOne, parseBounded } from './bounded-json.ts';
import { idsShape } from './receipt-file.ts';

export const MAX_RESPONSE_BYTES = 256 << 20;
const MAX_CHOICES = 1 << 17;
const MAX_CALLS = 1000;

/** Calls of tools: whole in an answer, with their place in a stream. */
const calls = z
  .array(
    z.object({
      index: z.int().min(0).max(MAX_CALLS).nullish(),
      id: z.string().nullish(),
      function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
    }),
  )
  .max(MAX_CALLS);

/** What else clients read as said is not the server's: a call of the older kind, a refusal. */
const said = z.object({
  role: z.literal('assistant').nullish(),
  content: z.string().nullish(),
  tool_calls: calls.nullish(),
  function_call: z.null().optional(),
  refusal: z.null().optional(),
});

const choice = z.object({
  index: z.int().min(0).max(MAX_CHOICES),
  text: z.string().nullish(),
  message: said.nullish(),
  delta: said.nullish(),
  finish_reason: z.string().nullish(),
  token_ids: idsShape.nullish(),
  prompt_token_ids: idsShape.nullish(),
  logprobs: z.unknown().optional(),
});

const part = z.object({
  id: z.string().nullish(),
  model: z.string().nullish(),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number(), total_tokens: z.number() }).nullish(),
  receipt: z.string().nullish(),
  choices: z.array(choice).max(MAX_CHOICES).nullish(),
  /** Of a conversation. */
  prompt_token_ids: idsShape.nullish(),
});

export interface SavedCall {
  id: string;
  name: string;
  arguments: string;
}

export interface SavedChoice {
  text: string;
  /** Calls of tools, by their place. */
  calls: Map<number, SavedCall>;
  finish: string | null;
  /** Undefined where the server was not asked for ids. */
  ids: number[] | undefined;
  promptIds: number[] | undefined;
}

export interface SavedResponse {
  id: string | undefined;
  /** Id of the receipt that it names. */
  receipt: string | undefined;
  /** The names of models in its parts. */
  models: Set<string>;
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | undefined;
  /** Whether it has likelihoods, which no replay compares. */
  hasLikelihoods: boolean;
  /** By index. */
  choices: Map<number, SavedChoice>;
  /** A stream that ends before its end. */
  isCutOff: boolean;
}

const DATA = /^data: ?/;

/** Members in which an answer, its pieces, or an answer to a conversation say their text: a client reads one of them. */
const PLACES = ['text', 'message', 'delta'] as const;

/** Whether a connection broke within the last event: who reads a stream passes over what is left of it. */
function endsInAnEvent(text: string, last = ''): boolean {
  if (!text.endsWith(last)) return false;
  try {
    parseJson(last);
    return false;
  } catch {
    return true;
  }
}

/** @throws JikjiError `not-a-receipt` */
export function responseOf({ path, text: marked }: NamedText): SavedResponse {
  // Some programs save a byte order mark, and who reads a stream passes over it.
  const text = marked.replace(/^\ufeff/, '');
  if (text.trimStart().startsWith('{'))
    return joined([parseBounded({ text, path })], { path, isCutOff: false, isStream: false });
  const events = text
    .split(/\r\n|\n|\r/)
    .filter((line) => DATA.test(line))
    .map((line) => line.replace(DATA, ''));
  const isWhole = events.at(-1) === '[DONE]';
  if (isWhole || endsInAnEvent(text, events.at(-1))) events.pop();
  if (events.length === 0) throw notOne(path, 'is neither an answer nor a stream of events');
  return joined(
    events.map((event) => parseBounded({ text: event, path })),
    { path, isCutOff: !isWhole, isStream: true },
  );
}

interface Saved {
  path: string;
  isCutOff: boolean;
  isStream: boolean;
}

/** All parts as one answer. */
function joined(values: unknown[], { path, isCutOff, isStream }: Saved): SavedResponse {
  const response: SavedResponse = {
    ...{ id: undefined, receipt: undefined, choices: new Map(), isCutOff },
    ...{ models: new Set<string>(), usage: undefined, hasLikelihoods: false },
  };
  let promptIds: number[] | undefined;
  const places = new Set<string>();
  const misplaced = isStream ? 'message' : 'delta';
  for (const value of values) {
    const parsed = part.safeParse(value);
    if (!parsed.success) throw notOne(path, 'does not have the shape of an answer');
    const { id, receipt, choices, prompt_token_ids: ids, model, usage } = parsed.data;
    if (model != null) response.models.add(model);
    response.usage = usage ?? response.usage;
    response.hasLikelihoods ||= choices?.some(({ logprobs }) => logprobs != null) ?? false;
    response.id ??= id ?? undefined;
    response.receipt = receipt ?? response.receipt;
    promptIds ??= ids ?? undefined;
    for (const one of choices ?? []) {
      for (const place of PLACES) if (one[place] != null) places.add(place);
      if (places.has(misplaced)) throw notOne(path, `has a text in ${misplaced}`);
      if (places.size > 1) throw notOne(path, `says its texts in several members: ${[...places].sort().join(', ')}`);
      const known = response.choices.get(one.index);
      if (known && !isStream) throw notOne(path, `has choice ${one.index} twice`);
      if (known?.finish && one.finish_reason != null) throw notOne(path, `ends choice ${one.index} twice`);
      add(response.choices, one);
    }
  }
  for (const one of response.choices.values()) one.promptIds ??= promptIds;
  if (response.choices.size === 0) throw notOne(path, 'has no choices');
  return response;
}

function add(choices: SavedResponse['choices'], one: z.output<typeof choice>): void {
  const { index, text, message, delta, finish_reason: finish, token_ids: ids, prompt_token_ids: promptIds } = one;
  const before = choices.get(index) ?? {
    ...{ text: '', calls: new Map<number, SavedCall>(), finish: null, ids: undefined, promptIds: undefined },
  };
  // Not by spreading into push: a list may be longer than a call's arguments.
  if (ids) before.ids = before.ids ? before.ids.concat(ids) : ids;
  before.text += text ?? message?.content ?? delta?.content ?? '';
  for (const [at, call] of (message?.tool_calls ?? delta?.tool_calls ?? []).entries())
    addCall(before.calls, call.index ?? at, call);
  before.finish = finish ?? before.finish;
  before.promptIds ??= promptIds ?? undefined;
  choices.set(index, before);
}

function addCall(known: SavedChoice['calls'], at: number, { id, function: of }: z.output<typeof calls>[number]): void {
  const before = known.get(at) ?? { id: '', name: '', arguments: '' };
  before.id += id ?? '';
  before.name += of?.name ?? '';
  before.arguments += of?.arguments ?? '';
  known.set(at, before);
}
