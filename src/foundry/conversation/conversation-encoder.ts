// Turns whole conversations into token ids to train on, with marks of what is learned, by a chat template in a child process. The same
// conversations give the same ids and marks everywhere: an auditor encodes them again.

import { JikjiError } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { RunTokenizer } from '../tokenizer/index.ts';
import { ChatTemplate } from './chat-template.ts';
import { type Conversation, conversationText } from './conversation.ts';
import type { Example } from './example.ts';
import { type EncodedConversation, FIRST, LEARNED, REJECTED } from './marks.ts';
import { LIMITS, REFUSES, TemplateProcess } from './template-process.ts';
import { TemplateTokens } from './template-tokens.ts';

export interface ConversationEncoderOptions {
  /** The template, in Hugging Face's form of Jinja. */
  template: string;
  /** Of the run. */
  tokenizer: RunTokenizer;
  /** The template's name in errors. */
  name: string;
  /** The limit of one message to the process, in seconds. */
  seconds?: number;
}

/** Conversations and characters in a message to the child. */
const MAX_BATCH = 64;
const MAX_BATCH_LENGTH = 1 << 18;

/** A part of a rendered text: of the template, or the content of a message. */
interface Part {
  text: string;
  message: number | undefined;
}

interface Marks {
  before: string;
  after: string;
}

/** The texts around the content of each message. Digits: filters of letters keep them; the digest of what is said cannot be said. */
function marksOf(conversation: Conversation): Marks[] {
  const digits = BigInt(`0x${sha256Hex(conversationText(conversation)).slice(0, 32)}`)
    .toString()
    .padStart(39, '0');
  return conversation.map((_, i) => ({
    before: `\u{f0000}${digits}${i}\u{f0000}`,
    after: `\u{f0001}${digits}${i}\u{f0001}`,
  }));
}

export class ConversationEncoder {
  readonly #tokenizer: RunTokenizer;
  readonly #process: TemplateProcess;
  readonly #tokens: TemplateTokens;
  readonly #source: { template: string; name: string; whose: string; hint: string; seconds?: number };

  constructor({ tokenizer, ...source }: ConversationEncoderOptions) {
    const hint = 'correct the template, or name another one with chat.template';
    this.#source = { ...source, whose: 'the', hint };
    this.#tokenizer = tokenizer;
    this.#process = new TemplateProcess(this.#source);
    this.#tokens = new TemplateTokens(tokenizer);
  }

  /**
   * Ids and marks of examples, in order. Learned are the tokens that begin inside an answer, and what follows it up to the special
   * token that ends it, which is white space at most.
   * @throws JikjiError `chat-template`, naming what the template does; `describe` names conversation `i`
   */
  async *encode(
    examples: AsyncIterable<Example> | Iterable<Example>,
    describe: (index: number) => string = (i) => `conversation ${i + 1}`,
  ): AsyncGenerator<EncodedConversation> {
    let first = 0;
    let batch: Example[] = [];
    let length = 0;
    /** The child renders a batch while the one before is encoded. */
    let rendering: (() => Promise<EncodedConversation[]>) | undefined;
    const begin = (): (() => Promise<EncodedConversation[]>) => {
      const [from, encoded] = [first, this.#begin(batch)];
      [first, batch, length] = [first + batch.length, [], 0];
      return () => encoded((i) => describe(from + i));
    };
    for await (const example of examples) {
      batch.push(example);
      length += example.messages.reduce((sum, { content }) => sum + content.length, 0);
      if (batch.length < MAX_BATCH && length < MAX_BATCH_LENGTH) continue;
      const before = rendering;
      rendering = begin();
      if (before) yield* await before();
    }
    if (rendering) yield* await rendering();
    if (batch.length > 0) yield* await begin()();
  }

  /** Ids and marks of one conversation. @throws JikjiError `chat-template` */
  async encodeOne(conversation: Conversation): Promise<EncodedConversation> {
    const [one] = await this.#begin([{ messages: conversation }])(() => '');
    return one;
  }

  /** Begins to render examples; the result encodes them. */
  #begin(batch: readonly Example[]): (describe: (index: number) => string) => Promise<EncodedConversation[]> {
    const marks = batch.map(({ messages }) => marksOf(messages));
    const { bosToken: bos_token, eosToken: eos_token } = this.#tokenizer; // as in the model that a run leaves
    const all = batch.map(({ messages }) => ({ messages, add_generation_prompt: false, bos_token, eos_token }));
    const rendering = this.#process.render({ all, marks });
    rendering.catch(() => {}); // reported by the one who waits for it
    return async (describe) => {
      const rendered = await rendering;
      return batch.map((example, i) => {
        const where = describe(i);
        const broken = (what: string) => this.#process.broken(where === '' ? what : `${what} (${where})`);
        const one = rendered[i];
        if (!one || !('text' in one)) throw broken(`${REFUSES} ${one?.error ?? 'gives no text'}`);
        return this.#marked(partsOf(one.text, marks[i], broken), example, broken);
      });
    };
  }

  /** @throws the error that `broken` makes */
  #marked(
    parts: readonly Part[],
    { messages, of }: Example,
    broken: (what: string) => JikjiError,
  ): EncodedConversation {
    checkParts(parts, messages, broken);
    const firstLearned = of ? messages.length - 1 : 0;
    const { ids, bytes } = this.#tokens.measured(
      parts.map(({ text, message }) => ({ text, said: message !== undefined })),
      this.#tokenizer,
    );
    if (!bytes) throw broken('writes text that the tokenizer changes (it composes characters, or marks spaces)');
    const marks = new Uint8Array(ids.length);
    let at = 0; // the token that is looked at, and its first byte in the text
    let byte = 0;
    let end = 0;
    for (const { text, message } of parts) {
      const start = end;
      end += Buffer.byteLength(text);
      const isAnswer = message !== undefined && message >= firstLearned && messages[message].role === 'assistant';
      for (; byte < end; byte += bytes[at], at++) if (isAnswer && byte >= start) marks[at] |= LEARNED;
      if (isAnswer) this.#markEnd(ids, marks, at, broken);
    }
    // Nothing stands before the first token: it is no target.
    if (ids.length > 0) marks[0] = of === 'rejected' ? FIRST | REJECTED : FIRST;
    if (byte !== end || at !== ids.length) throw new Error('ids and text of a conversation have different lengths');
    return { ids, marks };
  }

  /** Marks what ends an answer, from its first token on. */
  #markEnd(ids: Uint32Array, marks: Uint8Array, from: number, broken: (what: string) => JikjiError): void {
    let at = from;
    while (at < ids.length && !this.#tokens.isSpecial(ids[at]) && !/\S/.test(this.#tokens.text(ids[at]))) at++;
    if (at === ids.length || !this.#tokens.isSpecial(ids[at]))
      throw broken('ends an answer without a special token of the tokenizer (chat.tokens names those that it writes)');
    for (let i = from; i <= at; i++) marks[i] |= LEARNED;
  }

  /** Whether an error says that a template took too much time or memory here. */
  static isLimit(error: unknown): boolean {
    return (
      error instanceof JikjiError &&
      error.code === 'chat-template' &&
      LIMITS.some((text) => error.message.includes(text))
    );
  }

  /**
   * Ids that end a turn. Checks that a talk gives the model what it was trained on: each prompt up to an answer begins the ids of the
   * conversation with that answer.
   * @throws JikjiError `chat-template`
   */
  async check(): Promise<number[]> {
    const { bosToken, eosToken } = this.#tokenizer;
    const options = { ...this.#source, bosToken, eosToken, tokenizer: this.#tokenizer };
    const talk = new ChatTemplate(options, this.#process);
    const said = ['a', 'b', 'c', 'd'].map((content, i) => ({
      role: i % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content,
    }));
    for (const length of [1, 3]) {
      const prompt = await talk.encode(said.slice(0, length));
      const { ids, marks } = await this.encodeOne(said.slice(0, length + 1));
      const begins = prompt.every((id, i) => ids[i] === id) && marks[prompt.length] & LEARNED;
      const before = marks.subarray(0, prompt.length).lastIndexOf(LEARNED);
      if (!begins || (length === 1 && before >= 0))
        throw this.#process.broken('asks for an answer in other tokens than those before an answer');
    }
    return [...(await talk.endIds())];
  }

  close(): void {
    this.#process.close();
  }
}

/** The content of a message between its marks: the digits of the conversation, the number of the message, the content. */
const MARKED = /\u{f0000}(\d{39})(\d+)\u{f0000}([\s\S]*?)\u{f0001}\1\2\u{f0001}/gu;
const MARK = /[\u{f0000}\u{f0001}]/u;

/** A rendered text, cut at its marks. */
function partsOf(text: string, marks: readonly Marks[], broken: (what: string) => JikjiError): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const [found, digits, number, content] of text.matchAll(MARKED)) {
    const message = Number(number);
    // A part of a mark, or that of another conversation, stays in the text of the template.
    if (marks[message]?.before !== `\u{f0000}${digits}${number}\u{f0000}`) break;
    const start = text.indexOf(found, end);
    parts.push({ text: text.slice(end, start), message: undefined }, { text: content, message });
    end = start + found.length;
  }
  parts.push({ text: text.slice(end), message: undefined });
  if (parts.some(({ text, message }) => message === undefined && MARK.test(text)))
    throw broken('changes a part of a message');
  return parts.filter(({ text }) => text !== '');
}

/** Every answer must be there once, in order, and every message as it is. */
function checkParts(parts: readonly Part[], conversation: Conversation, broken: (what: string) => JikjiError): void {
  const named = (message: number) => `message ${message + 1} (${conversation[message].role})`;
  for (const { text, message } of parts)
    if (message !== undefined && text !== conversation[message].content) throw broken(`changes ${named(message)}`);
  const answers = parts
    .map(({ message }) => message)
    .filter((message) => message !== undefined && conversation[message].role === 'assistant');
  const times = new Map<number, number>();
  for (const message of answers) times.set(message!, (times.get(message!) ?? 0) + 1);
  for (const [message, { role }] of conversation.entries()) {
    const count = times.get(message) ?? 0;
    if (role === 'assistant' && count === 0) throw broken(`leaves out ${named(message)}: every answer must be learned`);
    if (count > 1) throw broken(`writes ${named(message)} twice`);
  }
  if (answers.some((message, i) => i > 0 && message! < answers[i - 1]!)) throw broken('changes the order of answers');
}
