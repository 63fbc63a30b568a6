// A model as a server has it open, and as an auditor opens it again: its name, its digest, and texts, chats and masks as its engine gives them.

import { JikjiError } from '../../base/index.ts';
import { digestOfFiles, sha256Hex } from '../../ledger/index.ts';
import type { ChatTemplate, Message, Tool } from '../conversation/index.ts';
import {
  type CallableTool,
  CallChooser,
  CallMask,
  CallReader,
  CallTokens,
  compileSchema,
  JsonMask,
  JsonReader,
  MaskTokens,
  TextModel,
} from '../generate/index.ts';
import { templateOf } from '../load/index.ts';
import { argumentsOf, type HeldCalls } from './tools.ts';

/** Schemas that are kept prepared, and lists of tools. */
const MAX_SCHEMAS = 8;
/** Of a text, or of a conversation: far more than a context holds. */
const MAX_BYTES = 1 << 20;

/** What is kept for a key, or made for it: those used last are kept. */
function recent<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const one = kept.get(key) ?? make();
  kept.delete(key);
  if (kept.size >= MAX_SCHEMAS) kept.delete(kept.keys().next().value!);
  kept.set(key, one);
  return one;
}

/** Nothing else is answered while a text becomes tokens, which takes up to a second for so many bytes. */
function requireShort(bytes: number, param: string): void {
  if (bytes <= MAX_BYTES) return;
  throw new JikjiError('prompt-too-long', `has ${bytes} bytes; at most ${MAX_BYTES} are taken`, param, 'shorten it');
}

/** What a schema at `place` of a request becomes. @throws JikjiError `schema-unsupported`, which names the member at fault */
function compiledAt<T>(place: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    const within = error.input.startsWith('/') ? error.input.replaceAll('/', '.') : '';
    throw error.reworded({ input: `${place}${within}` });
  }
}

const neverValid = (place: string) =>
  new JikjiError('schema-unsupported', 'no JSON is valid by it', place, 'check the schema');

export interface ServedModelOptions {
  name: string;
  /** A run folder or a Hugging Face folder. */
  folder: string;
  threads: number;
  /** Texts at a time whose whole context fits. */
  texts: number;
}

export class ServedModel {
  readonly name: string;
  readonly text: TextModel;
  /** Seconds since 1970. */
  readonly created = Math.floor(Date.now() / 1000);
  /** Config, tokenizer and weight files with their digests. */
  readonly files: readonly { name: string; digest: string }[];
  /** SHA-256 over them. */
  readonly digest: string;
  /** SHA-256 over the chat template and the texts of the tokens that begin and end a text; null without one. */
  readonly templateDigest: string | null = null;
  readonly #template: ChatTemplate | undefined;
  #maskTokens: MaskTokens | undefined;
  /** By schema. */
  readonly #readers = new Map<string, JsonReader>();
  #callTokens: CallTokens | undefined;
  /** By the rules for calls. */
  readonly #choosers = new Map<string, CallChooser>();

  /** @throws JikjiError for faults of the model */
  constructor({ name, folder, threads, texts }: ServedModelOptions) {
    this.name = name;
    this.text = TextModel.open(folder, { threads, texts });
    this.files = this.text.model.digestedFiles();
    this.digest = digestOfFiles(this.files);
    this.#template = templateOf(this.text.model, name);
    const { chatTemplate: template, bosToken, eosToken } = this.text.model;
    if (template === undefined) return;
    const bounds = { bosToken: bosToken ?? null, eosToken: eosToken ?? null };
    this.templateDigest = sha256Hex(JSON.stringify({ ...bounds, template })); // canonical: the members are in their order
  }

  /** OpenAI's name for what an answer depends on besides the request. */
  get fingerprint(): string {
    return `jikji-${this.digest.slice(0, 16)}`;
  }

  /** @throws JikjiError `not-tuned` */
  get template(): ChatTemplate {
    if (this.#template) return this.#template;
    const hint = 'let it continue a text instead: POST /v1/completions';
    throw new JikjiError('not-tuned', 'is a base model: it has no chat template', this.name, hint);
  }

  /** The ids of a text. @throws JikjiError `prompt-too-long` */
  encode(text: string, param: string): Uint32Array {
    requireShort(Buffer.byteLength(text), param);
    return this.text.model.tokenizer.encode(text);
  }

  /** The ids of a text as a prompt. A document begins after the prefix token, in training and here. @throws JikjiError `prompt-too-long` */
  promptOf(text: string): number[] {
    return [this.text.model.tokenizer.prefixId, ...this.encode(text, 'prompt')];
  }

  /** @throws JikjiError `request-shape`, which names `param`, for an id that is no token */
  requireTokens(ids: readonly number[], param: string): void {
    const { vocabSize } = this.text.model.tokenizer;
    const unknown = ids.find((id) => id >= vocabSize);
    if (unknown === undefined) return;
    const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
    throw new JikjiError('request-shape', `there is no token ${unknown}`, param, hint);
  }

  /**
   * The ids of a conversation up to the answer.
   * @throws JikjiError `not-tuned`, `prompt-too-long`, `chat-template`, `tools-unsupported`
   */
  async chatPromptOf(messages: readonly Message[], tools?: readonly Tool[]): Promise<number[]> {
    requireShort(Buffer.byteLength(JSON.stringify(messages)), 'messages');
    return this.template.encode(messages, tools);
  }

  /**
   * Masks for texts that are JSON of a schema: each call of the result makes one for another text.
   * @throws JikjiError `schema-unsupported`
   */
  masksOf({ schema, place }: { schema: unknown; place: string }, ends: ReadonlySet<number>): () => JsonMask {
    const { tokenizer } = this.text.model;
    const reader = compiledAt(place, () => this.#readerOf(schema));
    if (!Number.isFinite(reader.least)) throw neverValid(place);
    const all = this.#allEnds(ends);
    return () => new JsonMask(reader, tokenizer, all);
  }

  /**
   * Masks for answers with calls of tools: each call of the result makes one for another answer.
   * @throws JikjiError `schema-unsupported`
   */
  callMasksOf(calls: HeldCalls, ends: ReadonlySet<number>): () => CallMask {
    const chooser = this.#callsOf(calls);
    const all = this.#allEnds(ends);
    return () => new CallMask(chooser, all);
  }

  /** Reads answers with calls of tools. @throws JikjiError `schema-unsupported` */
  callReaderOf(calls: HeldCalls): CallReader {
    return this.#callsOf(calls).reader;
  }

  #allEnds(ends: ReadonlySet<number>): ReadonlySet<number> {
    return new Set([...this.text.model.tokenizer.endIds, ...ends]);
  }

  get #tokens(): MaskTokens {
    this.#maskTokens ??= new MaskTokens(this.text.model.tokenizer);
    return this.#maskTokens;
  }

  #readerOf(schema: unknown): JsonReader {
    return recent(this.#readers, JSON.stringify(schema), () => new JsonReader(compileSchema(schema), this.#tokens));
  }

  #callsOf({ rules, form }: HeldCalls): CallChooser {
    return recent(this.#choosers, JSON.stringify(rules), () => {
      this.#callTokens ??= new CallTokens(this.text.model.tokenizer, this.#tokens);
      const { choice, name, parallel: isParallel, tools } = rules;
      const callable = tools
        .map((tool, at) => this.#callable(tool, at))
        .filter((one) => one.name === (name ?? one.name));
      return new CallChooser(new CallReader(form, { choice, isParallel }, callable), this.#callTokens);
    });
  }

  /** A tool of a request. @throws JikjiError `schema-unsupported` */
  #callable(tool: Tool, at: number): CallableTool {
    const schema = argumentsOf(tool);
    const place = `tools.${at}.function.parameters`;
    if (schema.type !== 'object') {
      const hint = 'the arguments of a function are an object';
      throw new JikjiError('schema-unsupported', 'is not object', `${place}.type`, hint);
    }
    const { least } = compiledAt(place, () => new JsonReader(compileSchema(schema), this.#tokens));
    if (!Number.isFinite(least)) throw neverValid(place);
    return { name: tool.function.name, least, reader: () => this.#readerOf(schema) };
  }

  close(): void {
    this.#template?.close();
    this.text.close();
  }
}
