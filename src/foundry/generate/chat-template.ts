// Turns a conversation into token ids by the model's Jinja template. The template runs in a child process that is killed if it does
// not end. Only the text of the template can give special tokens: the text of a message never does.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { childScript, sandboxSettings, startChild } from '../../apart/index.ts';
import { JikjiError } from '../../base/index.ts';
import type { TextTokenizer } from '../tokenizer/index.ts';
import type { Rendered, Rendering } from './chat-template.child.ts';
import { type CallForm, findForm, PROBE_RESULT, PROBES } from './tools/index.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  /** Calls of tools that an assistant has made; `arguments` is the JSON of an object. */
  toolCalls?: readonly { id: string; name: string; arguments: string }[];
  /** The call whose result a tool gives, and its tool's name. */
  resultOf?: { id: string; name: string };
}

/** A function as templates take it. */
export interface Tool {
  type: 'function';
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}

const PROBE_TOOLS: readonly Tool[] = PROBES.map(({ name, arguments: of }) => {
  const properties = Object.fromEntries(
    Object.keys(of).map((key) => [key, { type: 'integer', description: 'number' }]),
  );
  const parameters = { type: 'object', properties, required: Object.keys(of) };
  return { type: 'function', function: { name, description: 'probe', parameters } };
});

const MAX_SECONDS = 10;

export interface ChatTemplateOptions {
  /** The template, in Hugging Face's form of Jinja. */
  template: string;
  /** Texts of the special tokens that the template may use. */
  bosToken?: string | undefined;
  eosToken?: string | undefined;
  tokenizer: TextTokenizer;
  /** The name in errors. */
  name: string;
  /** The limit of one rendering, in seconds. */
  seconds?: number;
}

/** Cuts a text inside every occurrence of these words. */
function cut(text: string, words: Iterable<string>): string[] {
  let pieces = [text];
  for (const word of words) {
    const [first] = word;
    const rest = word.slice(first!.length);
    pieces = pieces.flatMap((piece) => {
      const parts = piece.split(word);
      return parts.map((part, i) => (i > 0 ? rest : '') + part + (i < parts.length - 1 ? first : ''));
    });
  }
  return pieces;
}

/** A part of a rendered text. */
interface Piece {
  text: string;
  said: boolean;
}

/** Begins what an error says of a template that raises one. */
const REFUSES = 'fails:';

export class ChatTemplate {
  readonly #options: ChatTemplateOptions;
  #child: ChildProcess | undefined;
  /** The form of calls, or why there is none that is known; once it was asked for. */
  #form: Promise<CallForm | string> | undefined;
  readonly #controls = new Map<number, boolean>();
  /** Settled when the last rendering that was asked for has ended. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: ChatTemplateOptions) {
    this.#options = options;
  }

  /**
   * Ids of a conversation, up to the start of the model's answer.
   * @throws JikjiError `chat-template`, `tools-unsupported` where there are tools or calls of them
   */
  async encode(messages: readonly Message[], tools?: readonly Tool[]): Promise<number[]> {
    const hasTools = tools !== undefined || messages.some(({ toolCalls }) => toolCalls);
    const takes = hasTools ? (await this.callForm()).takes : 'object';
    const pieces = await this.#pieces(messages, { answer: true, takes, tools });
    const { tokenizer } = this.#options;
    const templateIds = pieces.filter(({ said }) => !said).flatMap(({ text }) => [...this.#ids(text)]);
    const controlIds = [...new Set(templateIds)].filter((id) => this.#isControl(id));
    const control = new Map(controlIds.map((id) => [id, this.#text(id)]));
    const lost = messages.some(({ content }) => {
      const found = pieces.some(({ text, said }) => said && text === content.trim());
      return (
        !found && ([...control.values()].some((t) => content.includes(t)) || this.#ids(content).some(this.#isSpecial))
      );
    });
    // The text of a special token outside of the marks would be taken for the template's.
    if (lost) throw this.#broken('changes a message that contains the text of a special token');
    const separate = pieces.flatMap(({ text, said }) =>
      said ? cut(text, control.values()).flatMap((piece) => [...tokenizer.encode(piece)]) : [...this.#ids(text)],
    );
    const whole = [...this.#ids(pieces.map(({ text }) => text).join(''))];
    // The model was tuned on the ids of the whole text. If a message contains something like a special token, these ids would differ:
    // then the ids of the separate pieces are used.
    const special = (ids: number[]) => ids.filter((id) => control.has(id) || this.#isSpecial(id)).join();
    return special(whole) === special(separate) ? whole : separate;
  }

  /** Ids that the template puts after an answer: the model ends its answers with them. */
  async endIds(): Promise<ReadonlySet<number>> {
    const messages: Message[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const pieces = await this.#pieces(messages, { answer: false });
    const after = pieces.slice(pieces.findLastIndex(({ said }) => said) + 1).map(({ text }) => text);
    const [first] = this.#ids(after.join('').trimStart());
    return new Set(first !== undefined && this.#isControl(first) ? [first] : []);
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

  /** Ids of the template's text. */
  #ids(text: string): Uint32Array {
    return this.#options.tokenizer.encode(text, { special: true });
  }

  #text(id: number): string {
    return this.#options.tokenizer.decode([id]);
  }

  /** Whether ordinary text never gives this token. */
  readonly #isSpecial = (id: number): boolean => {
    const text = this.#text(id);
    const isIt = (ids: Uint32Array): boolean => ids.length === 1 && ids[0] === id;
    return isIt(this.#ids(text)) && !isIt(this.#options.tokenizer.encode(text));
  };

  /** Whether a token is special or looks like a special one: makers of models forget to mark them. */
  #isControl(id: number): boolean {
    const known = this.#controls.get(id) ?? (this.#isSpecial(id) || /^[<[|].+[>\]|]$/su.test(this.#text(id)));
    this.#controls.set(id, known);
    return known;
  }

  /** Texts in a value that have special tokens, between marks; the others as they are: templates compare some. */
  #marked(value: unknown, mark: (text: string) => string): unknown {
    const one = (text: string): string =>
      [...new Set(this.#ids(text))].some((id) => this.#isControl(id)) ? mark(text) : text;
    if (typeof value === 'string') return one(value);
    if (Array.isArray(value)) return value.map((item) => this.#marked(item, mark));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [one(key), this.#marked(item, mark)]));
  }

  /** A message as templates take it. */
  #variable({ role, content, toolCalls, resultOf }: Message, takes: CallForm['takes'], mark: (text: string) => string) {
    const calls = toolCalls?.map(({ id, name, arguments: text }) => {
      const given = this.#marked(takes === 'text' ? text : JSON.parse(text), mark);
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
    const text = await this.#render({
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
      if (rest === undefined || more !== undefined) throw this.#broken('splits a message');
      pieces.push({ text: message!, said: true }, { text: rest, said: false });
    }
    // A part of a mark would be another one each time.
    const hasMark = (text: string): boolean => text.includes(mark) || /[\u{f0000}\u{f0001}]/u.test(text);
    if (pieces.some((piece) => !piece.said && hasMark(piece.text))) throw this.#broken('splits a message');
    return pieces.filter((piece) => piece.text !== '');
  }

  /** One rendering at a time: the child says a text without saying whose it is. */
  #render(variables: Record<string, unknown>): Promise<string> {
    const rendered = this.#last.then(() => this.#renderNow(variables));
    this.#last = rendered.then(
      () => {},
      () => {},
    );
    return rendered;
  }

  #renderNow(variables: Record<string, unknown>): Promise<string> {
    const { template, seconds = MAX_SECONDS } = this.#options;
    this.#child ??= startChild(childScript(import.meta.url, 'chat-template'), sandboxSettings());
    const child = this.#child;
    child.ref();
    child.channel?.ref();
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        done();
        this.close();
        reject(this.#broken(what));
      };
      const onMessage = (rendered: Rendered): void => {
        done();
        if ('text' in rendered) resolve(rendered.text);
        else reject(this.#broken(`${REFUSES} ${rendered.error}`));
      };
      const onClose = (): void => fail('needs too much memory, or crashed');
      const onError = (error: Error): void => {
        done();
        reject(error);
      };
      const timer = setTimeout(() => fail(`did not end within ${seconds} s`), seconds * 1000);
      const done = (): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        // Between two renderings the child must not keep this process alive.
        child.unref();
        child.channel?.unref();
      };
      child.on('message', onMessage).on('close', onClose).on('error', onError);
      child.stderr?.resume();
      child.send({ template, variables } satisfies Rendering, () => {}); // `close` reports the end of the child
    });
  }

  #broken(what: string): JikjiError {
    return new JikjiError(
      'chat-template',
      `the model's chat template ${what}`,
      this.#options.name,
      'continue texts with it instead: jikji sample MODEL --prompt TEXT',
    );
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
