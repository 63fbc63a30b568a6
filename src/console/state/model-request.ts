// A request to a model, made from the fields of the playground; and the same request as a command for `jikji serve`. Knows no page.

import { shellWord } from '../../page-kit/index.ts';
import type { ChatBody, CompletionBody } from '../types.ts';

/** The fields as texts; an empty one counts as its default. */
export const DEFAULT_SETTINGS = {
  maxTokens: '100',
  temperature: '0.8',
  topP: '0.95',
  topK: '0',
  minP: '0',
  repetition: '1',
  stop: '',
  seed: '1377',
};
export type Settings = typeof DEFAULT_SETTINGS;

export interface Message {
  role: 'user' | 'assistant';
  content: string;
}

/** A route, after /v1 of `jikji serve` and after the model's path in the API, and its body. */
export type ModelRequest =
  | { route: '/completions'; body: CompletionBody }
  | { route: '/chat/completions'; body: ChatBody };

/** Characters of a word of a command: Linux takes 131,072 bytes. */
const MAX_WORD = 30_000;
/** Where `jikji serve` listens by default. */
const SERVER = 'http://localhost:8080';

/** A line for each stop string, in which `\n` is a line break. */
const stopsOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\(n|\\)/g, (_, char: string) => (char === 'n' ? '\n' : '\\')));

/** What does not differ from what the server takes anyway is left out. */
function sampling(settings: Settings) {
  const number = (name: keyof Settings) => Number(settings[name].trim() || DEFAULT_SETTINGS[name]);
  const unless = <T>(value: T, neutral: T) => (value === neutral ? undefined : value);
  const stop = stopsOf(settings.stop);
  return {
    temperature: number('temperature'),
    top_p: unless(number('topP'), 1),
    top_k: unless(number('topK'), 0),
    min_p: unless(number('minP'), 0),
    repetition_penalty: unless(number('repetition'), 1),
    stop: stop.length > 0 ? stop : undefined,
    seed: number('seed'),
  };
}

const maxTokens = ({ maxTokens: text }: Settings): number => Number(text.trim() || DEFAULT_SETTINGS.maxTokens);

export const completionOf = (prompt: string, settings: Settings): ModelRequest => ({
  route: '/completions',
  body: { prompt, max_tokens: maxTokens(settings), ...sampling(settings) },
});

export const chatOf = (messages: Message[], settings: Settings): ModelRequest => ({
  route: '/chat/completions',
  body: { messages, max_completion_tokens: maxTokens(settings), ...sampling(settings) },
});

/** Asks for the likelihood of each token and so many alternatives, and for its id where a receipt is about ids; changes no token. */
export const withLikelihoods = ({ route, body }: ModelRequest, count: number, withIds: boolean): object => ({
  ...body,
  ...(route === '/completions' ? { logprobs: count } : { logprobs: true, top_logprobs: count }),
  ...(withIds && { return_token_ids: true }),
});

/** The command that serves a model, and the one that asks it for the same answer. */
export function commandsOf(model: { name: string; folder: string }, { route, body }: ModelRequest) {
  const name = /^[\w.:@-]+$/.test(model.name) ? model.name : 'model';
  const data = JSON.stringify({ model: name, ...body });
  // JSON is one line, so no line of it ends the text that follows a command.
  const given = data.length > MAX_WORD ? `@- <<'END'\n${data}\nEND` : shellWord(data);
  return {
    serve: `jikji serve ${shellWord(`${name}=${model.folder}`)}`,
    curl: `curl ${SERVER}/v1${route} -H 'Content-Type: application/json' -d ${given}`,
  };
}
