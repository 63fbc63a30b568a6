// Tools of a chat request: which may be called and how an answer is held to it, and calls and results of earlier turns.

import { JikjiError, parseJson } from '../../base/index.ts';
import { checkJsonBounds } from '../../http/index.ts';
import type { CallForm, Message, Tool } from '../conversation/index.ts';
import type { ChatRequest } from './shapes.ts';

/** Characters of all tools as JSON. */
const MAX_LENGTH = 1 << 20;

/** What a request says about calls, with the defaults written out. A receipt has its digest. */
export interface ToolRules {
  tools: readonly Tool[];
  choice: 'auto' | 'required' | 'none';
  /** The one tool that must be called; null where the model chooses. */
  name: string | null;
  parallel: boolean;
}

/** What an answer with tools is held to: the request's rules, in the form of the model's template. */
export interface HeldCalls {
  rules: ToolRules;
  form: CallForm;
}

const wrong = (message: string, place: string, hint: string) => new JikjiError('request-shape', message, place, hint);

/**
 * Tools as templates take them; undefined where there are none.
 * @throws JikjiError `request-shape` for tools of one name, or too much text
 */
export function toolsOf(tools: ChatRequest['tools']): readonly Tool[] | undefined {
  if (tools == null) return undefined;
  const given = tools.map(({ function: { name, description, parameters } }): Tool => {
    const more = { ...(description != null && { description }), ...(parameters != null && { parameters }) };
    return { type: 'function', function: { name, ...more } };
  });
  if (JSON.stringify(given).length > MAX_LENGTH)
    throw wrong(`have more than ${MAX_LENGTH} characters`, 'tools', 'describe them in fewer words');
  const names = given.map(({ function: { name } }) => name);
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) throw wrong('two tools have this name', `tools.${twice}.function.name`, 'name them apart');
  return given;
}

/** @throws JikjiError `request-shape`; undefined where the request has no tools */
export function toolRulesOf(request: ChatRequest): ToolRules | undefined {
  const { tool_choice: choice, parallel_tool_calls: parallel, response_format: format } = request;
  const tools = toolsOf(request.tools);
  if (!tools) {
    // What may be called, or how often, chooses nothing where there is nothing to call; a call that must be made has none to make.
    if (choice == null || choice === 'auto' || choice === 'none') return undefined;
    throw wrong('needs tools', 'tool_choice', 'leave it out');
  }
  if (format != null && format.type !== 'text')
    throw wrong('is not supported together with tools', 'response_format', 'leave one of both out');
  const name = typeof choice === 'object' ? (choice?.function.name ?? null) : null;
  if (name !== null && !tools.some((one) => one.function.name === name))
    throw wrong('no tool has this name', 'tool_choice.function.name', 'name one of the tools');
  return {
    tools,
    choice: name !== null ? 'required' : ((choice as ToolRules['choice'] | null | undefined) ?? 'auto'),
    name,
    // A tool that is named is called once.
    parallel: name === null && (parallel ?? true),
  };
}

/** The schema of a tool's arguments: an object; without parameters an empty one. */
export const argumentsOf = ({ function: { parameters } }: Tool): Record<string, unknown> =>
  parameters === undefined
    ? { type: 'object', properties: {}, additionalProperties: false }
    : { ...parameters, type: parameters.type ?? 'object' };

type Given = ChatRequest['messages'][number];
type GivenCalls = NonNullable<Given['tool_calls']>;

/** The calls of an assistant's message. */
function callsOf(calls: GivenCalls, at: number): NonNullable<Message['toolCalls']> {
  return calls.map(({ id, function: { name, arguments: text } }, i) => {
    const place = `messages.${at}.tool_calls.${i}`;
    if (calls.findIndex((other) => other.id === id) !== i)
      throw wrong('two calls have this id', `${place}.id`, 'give each call an id of its own');
    const parsed = parsedArguments(text, `${place}.function.arguments`);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw wrong('is not the JSON of an object', `${place}.function.arguments`, 'send the call as it was answered');
    return { id, name, arguments: text };
  });
}

function parsedArguments(text: string, place: string): unknown {
  try {
    checkJsonBounds(Buffer.from(text));
    return parseJson(text);
  } catch (error) {
    const what = error instanceof JikjiError ? error.message : 'is not JSON';
    throw new JikjiError('request-shape', what, place, 'send the call as it was answered', { cause: error });
  }
}

const said = (content: Given['content']) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('');

/** Messages on their way to a template's. */
class Turns {
  readonly messages: Message[] = [];
  /** Calls whose results follow, and those results. */
  #calls: NonNullable<Message['toolCalls']> = [];
  #results = new Map<string, Message>();

  add(message: Given, at: number): void {
    const { role, content, tool_calls: calls, tool_call_id: id } = message;
    if (role === 'tool') {
      this.#addResult(message, at);
      return;
    }
    this.#close(`messages.${at}`);
    if (id != null)
      throw wrong('only a tool gives the result of a call', `messages.${at}.tool_call_id`, 'leave it out');
    if (calls != null && role !== 'assistant')
      throw wrong('only an assistant calls tools', `messages.${at}.tool_calls`, 'leave it out');
    if (content == null && calls == null) throw wrong('is missing', `messages.${at}.content`, 'give a text');
    const toolCalls = calls != null ? callsOf(calls, at) : undefined;
    this.#calls = toolCalls ?? [];
    const own = role === 'developer' ? 'system' : role;
    this.messages.push({ role: own, content: said(content), ...(toolCalls && { toolCalls }) });
  }

  #addResult({ content, tool_calls: calls, tool_call_id: id, name }: Given, at: number): void {
    const place = `messages.${at}`;
    if (calls != null) throw wrong('only an assistant calls tools', `${place}.tool_calls`, 'leave it out');
    if (content == null) throw wrong('is missing', `${place}.content`, 'give a text');
    const call = this.#calls.find((one) => one.id === id);
    if (!call || this.#results.has(call.id)) {
      const hint = 'results follow the message with their calls, one for each';
      throw wrong(call ? 'this call has a result' : 'no call has this id', `${place}.tool_call_id`, hint);
    }
    if (name != null && name !== call.name) throw wrong('the call is of another tool', `${place}.name`, 'leave it out');
    const resultOf = { id: call.id, name: call.name };
    this.#results.set(call.id, { role: 'tool', content: said(content), resultOf });
  }

  /** Many templates show no ids: results are in the order of their calls. */
  #close(place: string): void {
    const missing = this.#calls.find(({ id }) => !this.#results.has(id));
    if (missing) throw wrong('a call before it has no result', place, 'give a message of role tool for each call');
    this.messages.push(...this.#calls.map(({ id }) => this.#results.get(id)!));
    this.#calls = [];
    this.#results = new Map();
  }

  end(): Message[] {
    this.#close('messages');
    return this.messages;
  }
}

/** A conversation in the roles that templates know. @throws JikjiError `request-shape` */
export function messagesOf(messages: ChatRequest['messages']): Message[] {
  const turns = new Turns();
  for (const [at, message] of messages.entries()) turns.add(message, at);
  return turns.end();
}
