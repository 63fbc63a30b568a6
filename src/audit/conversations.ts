// Encodes the conversations of a token file again, by the run's chat template in a process apart, and compares ids and marks. Memory: a
// few conversations.

import { closeSync, openSync, readSync } from 'node:fs';
import { JikjiError } from '../base/index.ts';
import {
  ConversationEncoder,
  type DocumentKind,
  type EncodedConversation,
  type Example,
  LEARNED,
} from '../foundry/conversation/index.ts';
import { readDocumentsSync, readExamplesSync } from '../foundry/corpus/index.ts';
import { conversationKind } from '../foundry/recipe/index.ts';
import { openTokens, type Tokens } from '../foundry/tokenizer/index.ts';
import { sha256 } from '../ledger/index.ts';
import { CHAT_TEMPLATE } from '../run-folder/index.ts';
import type { DocumentCounts } from './encoding.ts';
import { type Findings, sentenceOf } from './findings.ts';
import { type NamedText, ORIGIN, type WrongMarks } from './sentences/origin.ts';
import type { Evidence } from './structure.ts';
import type { Texts } from './texts.ts';

type TokenFile = Texts['files'][number];

/** Encodes the run's conversations; undefined for a run without them. Its process starts with the first. To be closed. */
export const openEncoder = ({ texts, tokenizer }: Evidence): ConversationEncoder | undefined =>
  texts?.template === undefined
    ? undefined
    : new ConversationEncoder({ template: texts.template, tokenizer: tokenizer!, name: CHAT_TEMPLATE });

export interface ConversationsOptions {
  encoder: ConversationEncoder | undefined;
  /** Called with the digest of each document, in order. */
  onDigest: (digest: Buffer) => void;
  findings: Findings;
  pause: () => Promise<void>;
}

/** Reads a file of conversations; where its token file, marks and template are there, encodes all of it again. */
export async function compareConversations(
  evidence: Evidence,
  file: TokenFile,
  options: ConversationsOptions,
): Promise<DocumentCounts> {
  const { folder } = evidence;
  const { encoder, findings, onDigest, pause } = options;
  const counts: DocumentCounts = { documents: 0, encoded: 0 };
  let bytes = 0;
  try {
    for (const text of readDocumentsSync(folder.file(file.text))) {
      counts.documents++;
      bytes += Buffer.byteLength(text);
      onDigest(sha256(text));
      await pause();
    }
    if (counts.documents !== file.documents || bytes !== file.bytes) {
      findings.refuted(file.text, ORIGIN.otherCounts(counts.documents, bytes, file));
    }
    if (file.there && file.marks !== undefined && encoder)
      counts.encoded = await encodeAgain(evidence, { ...file, marks: file.marks }, { ...options, encoder });
  } catch (error) {
    findings.caught(file.text, error);
  }
  return counts;
}

/** Returns the number of documents that were encoded. */
async function encodeAgain(
  { folder, texts, tokenizer, recipe }: Evidence,
  file: TokenFile & { marks: string },
  { encoder, findings, pause }: ConversationsOptions & { encoder: ConversationEncoder },
): Promise<number> {
  const stored = new StoredConversations(
    openTokens(folder.file(file.file), texts!.tokens.width, { tokens: file.tokens, vocabSize: tokenizer!.vocabSize }),
    folder.file(file.marks),
  );
  const kind: DocumentKind = conversationKind(recipe!.corpus.sources[file.source]!.read) ?? 'conversation';
  function* examples(): Generator<Example> {
    for (const { examples } of readExamplesSync(folder.file(file.text), kind)) yield* examples;
  }
  const size = kind === 'pair' ? 2 : 1;
  const placeOf = (i: number): NamedText => ({ kind, number: Math.floor(i / size) + 1, file: file.text });
  const named = (i: number): string => `${kind} ${placeOf(i).number} of ${file.text}`;
  let number = 0;
  /** Conversations with other marks, and what is wrong with the first. */
  let otherMarks = 0;
  let first: { of: NamedText; wrong: WrongMarks } | undefined;
  try {
    for await (const made of encoder.encode(examples(), named)) {
      const of = placeOf(number++);
      await pause();
      const found = stored.next(made.ids.length);
      if (!found || !sameNumbers(found.ids, made.ids)) {
        findings.refuted(file.file, ORIGIN.conversationDiffers(of));
        return Math.ceil(number / size); // where the later ones begin is not certain
      }
      if (sameNumbers(found.marks, made.marks)) continue;
      otherMarks++;
      first ??= { of, wrong: wrongMarks(found, made, kind) };
    }
    if (!stored.isAtEnd) findings.refuted(file.file, ORIGIN.moreConversations(file.text));
  } catch (error) {
    // A template that takes long here may be quick elsewhere.
    if (ConversationEncoder.isLimit(error)) findings.incomplete(CHAT_TEMPLATE, sentenceOf(error as JikjiError));
    else
      findings.caught(error instanceof JikjiError && error.code === 'chat-template' ? CHAT_TEMPLATE : file.text, error);
  } finally {
    stored.close();
  }
  if (first) findings.refuted(file.marks, ORIGIN.marks(first.of, first.wrong, otherMarks - 1));
  return number / size;
}

/** What the marks of a conversation do wrong. */
function wrongMarks(found: EncodedConversation, made: EncodedConversation, kind: DocumentKind): WrongMarks {
  const differs = (bits: (mark: number, right: number) => boolean): boolean =>
    found.marks.some((mark, i) => bits(mark, made.marks[i]!));
  if (differs((mark, right) => (mark & ~right & LEARNED) !== 0)) return 'learned';
  if (differs((mark, right) => (right & ~mark & LEARNED) !== 0)) return 'notLearned';
  if (kind === 'pair' && found.marks[0] !== made.marks[0]) return 'otherSide';
  return 'other';
}

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i]);

/** A token file and its marks, read in order. */
class StoredConversations {
  readonly #tokens: Tokens;
  readonly #fd: number;
  #at = 0;

  constructor(tokens: Tokens, marks: string) {
    this.#tokens = tokens;
    this.#fd = openSync(marks, 'r');
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** The next `count` tokens; undefined where there are fewer. */
  next(count: number): EncodedConversation | undefined {
    if (this.#at + count > this.#tokens.length) return undefined;
    const marks = new Uint8Array(count);
    readSync(this.#fd, marks, 0, count, this.#at);
    const ids = this.#tokens.read(this.#at, count);
    this.#at += count;
    return { ids, marks };
  }

  close(): void {
    this.#tokens.close();
    closeSync(this.#fd);
  }
}
