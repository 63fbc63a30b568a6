// Turns a conversation into token ids by the model's Jinja template. The template runs in a child process that is killed if it does
// not end. Only the text of the template can give special tokens: the text of a message never does.

import { randomBytes } from 'node:crypto';
import { JikjiError, parseJson } from '../../base/index.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import { type CallForm, findForm, PROBE_RESULT, PROBES } from './call-form.ts';
import type { Message, Tool } from './message.ts';
import { REFUSES, TemplateProcess, type TemplateSource } from './template-process.ts';
import { type Piece, TemplateTokens } from './template-tokens.ts';

const PROBE_TOOLS: readonly Tool[] = PROBES.map(({ name, arguments: of }) => {
  const properties = Object.fromEntries(
    Object.keys(of).map((key) => [key, { type: 'integer', description: 'number' }]),
  );
  const parameters = { type: 'object', properties, required: Object.keys(of) };
  return { type: 'function', function: { name, description: 'probe', parameters } };
});

export interface ChatTemplateOptions extends TemplateSource {
  /** Texts of the special tokens that the template may use. */
  bosToken?: string | undefined;
  eosToken?: string | undefined;
  tokenizer: TextTokenizer;
}

export class ChatTemplate {
  readonly #options: ChatTemplateOptions;
  readonly #process: TemplateProcess;
  readonly #tokens: TemplateTokens;
  /** The form of calls, or why there is none that is known; once it was asked for. */
  #form: Promise<CallForm | string> | undefined;

  /** `process` is one that renders the same template. */
  constructor(options: ChatTemplateOptions, process = new TemplateProcess(options)) {
    this.#options = options;
    this.#process = process;
    this.#tokens = new TemplateTokens(options.tokenizer);
  }

  /**
   * Ids of a conversation, up to the start of the model's answer.
   * @throws JikjiError `chat-template`, `tools-unsupported` where there are tools or calls of them
   */
  async encode(messages: readonly Message[], tools?: readonly Tool[]): Promise<number[]> {
    const hasTools = tools !== undefined || messages.some(({ toolCalls }) => toolCalls);
    const takes = hasTools ? (await this.callForm()).takes : 'object';
    const pieces = await this.#pieces(messages, { answer: true, takes, tools });
    const tokens = this.#tokens;
    const control = tokens.controlsOf(pieces);
    const lost = messages.some(({ content }) => {
      const found = pieces.some(({ text, said }) => said && text === content.trim());
      return (
        !found && ([...control.values()].some((t) => content.includes(t)) || tokens.ids(content).some(tokens.isSpecial))
      );
    });
    // The text of a special token outside of the marks would be taken for the template's.
    if (lost) throw this.#process.broken('changes a message that contains the text of a special token');
    return tokens.encode(pieces, control);
  }

  /** Ids that the template puts after an answer: the model ends its answers with them. */
  async endIds(): Promise<ReadonlySet<number>> {
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const pieces = await this.#pieces(messages, { answer: false });
    const after = pieces.slice(pieces.findLastIndex(({ said }) => said) + 1).map(({ text }) => text);
    const [first] = this.#tokens.ids(after.join('').trimStart());
    return new Set(first !== undefined && this.#tokens.isControl(first) ? [first] : []);
  }

  /**
   * The form in which the model's template has calls of tools.
   * @throws JikjiError `tools-unsupported`, `chat-template`
   */
  async callForm(): Promise<CallForm> {
    this.#form ??= findForm((calls, takes) => this.#probe(calls, takes));
    // A template that took too long once is asked again.
    this.#form.catch(() => {
      this.#form = undefined;
    });
    const form = await this.#form;
    if (typeof form !== 'string') return form;
    const hint = 'ask without tools';
    throw new JikjiError('tools-unsupported', `the model's chat template ${form}`, this.#options.name, hint);
  }

  /** A conversation in which tools were called and gave results; undefined where the template refuses it. */
  async #probe(calls: number, takes: CallForm['takes']): Promise<string | undefined> {
    const made = PROBES.slice(0, calls).map((call) => ({ ...call, arguments: JSON.stringify(call.arguments) }));
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      ...(calls > 0 ? [{ role: 'assistant' as const, content: '', toolCalls: made }] : []),
      ...made.map((resultOf): Message => ({ role: 'tool', content: PROBE_RESULT, resultOf })),
    ];
    try {
      const pieces = await this.#pieces(messages, { answer: calls === 0, takes, tools: PROBE_TOOLS });
      return pieces.map(({ text }) => text).join('');
    } catch (error) {
      if (error instanceof JikjiError && error.message.includes(REFUSES)) return undefined;
      throw error;
    }
  }

  /** Texts in a value that have special tokens, between marks; the others as they are: templates compare some. */
  #marked(value: unknown, mark: (text: string) => string): unknown {
    const one = (text: string): string =>
      [...new Set(this.#tokens.ids(text))].some((id) => this.#tokens.isControl(id)) ? mark(text) : text;
    if (typeof value === 'string') return one(value);
    if (Array.isArray(value)) return value.map((item) => this.#marked(item, mark));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [one(key), this.#marked(item, mark)]));
  }

  /** A message as templates take it. */
  #variable({ role, content, toolCalls, resultOf }: Message, takes: CallForm['takes'], mark: (text: string) => string) {
    const calls = toolCalls?.map(({ id, name, arguments: text }) => {
      const given = this.#marked(takes === 'text' ? text : parseJson(text), mark);
      return { id: this.#marked(id, mark), type: 'function', function: { name, arguments: given } };
    });
    const said = content.trim();
    return {
      role,
      // Beside calls templates ask whether there is any text.
      content: said === '' && calls ? '' : mark(said),
      ...(calls && { tool_calls: calls }),
      ...(resultOf && { tool_call_id: this.#marked(resultOf.id, mark), name: resultOf.name }),
    };
  }

  /** The rendered text in pieces of the template (`said` is false) and of messages and tools (`said` is true). */
  async #pieces(
    messages: readonly Message[],
    {
      answer,
      takes = 'object',
      tools,
    }: { answer: boolean; takes?: CallForm['takes']; tools?: readonly Tool[] | undefined },
  ): Promise<Piece[]> {
    // Random marks around each message find it in the rendered text, whatever it contains.
    const mark = BigInt(`0x${randomBytes(16).toString('hex')}`).toString(); // digits: filters of letters keep them
    const [begin, end] = [`\u{f0000}${mark}\u{f0000}`, `\u{f0001}${mark}\u{f0001}`];
    const between = (said: string): string => begin + said + end;
    const text = await this.#process.one({
      messages: messages.map((message) => this.#variable(message, takes, between)),
      ...(tools && { tools: this.#marked(tools, between) }),
      add_generation_prompt: answer,
      ...(this.#options.bosToken !== undefined && { bos_token: this.#options.bosToken }),
      ...(this.#options.eosToken !== undefined && { eos_token: this.#options.eosToken }),
    });
    const pieces: Piece[] = [];
    const [first, ...rest] = text.split(begin);
    pieces.push({ text: first!, said: false });
    for (const piece of rest) {
      const [message, rest, more] = piece.split(end);
      if (rest === undefined || more !== undefined) throw this.#process.broken('splits a message');
      pieces.push({ text: message!, said: true }, { text: rest, said: false });
    }
    // A part of a mark would be another one each time.
    const hasMark = (text: string): boolean => text.includes(mark) || /[\u{f0000}\u{f0001}]/u.test(text);
    if (pieces.some((piece) => !piece.said && hasMark(piece.text))) throw this.#process.broken('splits a message');
    return pieces.filter((piece) => piece.text !== '');
  }

  close(): void {
    this.#process.close();
  }
}
