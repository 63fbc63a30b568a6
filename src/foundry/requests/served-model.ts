// A model as a server has it open, and as an auditor opens it again: its name, its digest, and texts, chats and masks as its engine gives them.

import { JikjiError } from '../../base/index.ts';
import { digestOfFiles, sha256Hex } from '../../ledger/index.ts';
import {
  ChatTemplate,
  compileSchema,
  JsonMask,
  JsonReader,
  MaskTokens,
  type Message,
  TextModel,
} from '../generate/index.ts';

/** Schemas that are kept prepared. */
const MAX_SCHEMAS = 8;

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

  /** @throws JikjiError for faults of the model */
  constructor({ name, folder, threads, texts }: ServedModelOptions) {
    this.name = name;
    this.text = TextModel.open(folder, { threads, texts });
    this.files = this.text.model.digestedFiles();
    this.digest = digestOfFiles(this.files);
    const { chatTemplate: template, bosToken, eosToken, tokenizer } = this.text.model;
    if (template === undefined) return;
    this.#template = new ChatTemplate({ template, bosToken, eosToken, tokenizer, name });
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

  /** The ids of a text as a prompt. A document begins after the prefix token, in training and here. */
  promptOf(text: string): number[] {
    const { tokenizer } = this.text.model;
    return [tokenizer.prefixId, ...tokenizer.encode(text)];
  }

  /** @throws JikjiError `request-shape`, which names `param`, for an id that is no token */
  requireTokens(ids: readonly number[], param: string): void {
    const { vocabSize } = this.text.model.tokenizer;
    const unknown = ids.find((id) => id >= vocabSize);
    if (unknown === undefined) return;
    const hint = `the tokens of this model are 0 to ${vocabSize - 1}`;
    throw new JikjiError('request-shape', `there is no token ${unknown}`, param, hint);
  }

  /** The ids of a conversation up to the answer. @throws JikjiError `not-tuned`, `chat-template` */
  async chatPromptOf(messages: readonly Message[]): Promise<number[]> {
    return this.template.encode(messages);
  }

  /**
   * Masks for texts that are JSON of a schema: each call of the result makes one for another text.
   * @throws JikjiError `schema-unsupported`
   */
  masksOf(schema: unknown, ends: ReadonlySet<number>): () => JsonMask {
    const { tokenizer } = this.text.model;
    const key = JSON.stringify(schema);
    let reader = this.#readers.get(key);
    if (!reader) {
      const shape = compileSchema(schema);
      this.#maskTokens ??= new MaskTokens(tokenizer);
      reader = new JsonReader(shape, this.#maskTokens);
      if (!Number.isFinite(reader.least))
        throw new JikjiError('schema-unsupported', 'no JSON is valid by it', 'response_format', 'check the schema');
      if (this.#readers.size >= MAX_SCHEMAS) this.#readers.delete(this.#readers.keys().next().value!);
    }
    // The schemas used last are kept.
    this.#readers.delete(key);
    this.#readers.set(key, reader);
    const own = reader;
    const all = new Set([...tokenizer.endIds, ...ends]);
    return () => new JsonMask(own, tokenizer, all);
  }

  close(): void {
    this.#template?.close();
    this.text.close();
  }
}
