// Receipts: what a server signs about an answer. The digests, the seed that follows from a nonce, and the chain over an answer's tokens.
// docs/receipts.md defines them. Knows ids, and nothing of models.

import { createHash } from 'node:crypto';
import type { Json } from './canonical.ts';
import { digestOfJson, sha256Hex } from './digest.ts';
import type { Signer } from './keys.ts';
import { STATEMENT } from './sentences.ts';
import { type Predicate, parseStatement, signStatement, statementBroken } from './statement.ts';

export type Receipt = Predicate<'receipt'>;
export type ReceiptRequest = Receipt['request'];
export type AnswerParameters = ReceiptRequest['parameters'];
export type ReceiptEnd = Receipt['answers'][number]['ended'];

/** A receipt whose form and signature were verified. */
export interface ReadReceipt {
  receipt: Receipt;
  /** Digests of the model and of the request: the statement's subjects. */
  model: string;
  request: string;
  /** Fingerprint of the key that signed it. */
  keyid: string;
  /** SHA-256 of its text. */
  digest: string;
}

/** What stands before all tokens of an answer. */
export type AnswerContext = Pick<Receipt, 'arithmeticVersion' | 'nonce' | 'run' | 'seedFrom'> & {
  model: string;
  request: string;
};

/** Ends that follow from the tokens; the others are the server's word. */
export const TOKEN_ENDS: readonly ReceiptEnd[] = ['end', 'stop', 'length', 'full'];

/** SHA-256 of ids as 32-bit little-endian integers. */
export function digestOfTokens(ids: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(4 * ids.length);
  for (const [i, id] of ids.entries()) bytes.writeUInt32LE(id, 4 * i);
  return sha256Hex(bytes);
}

/** The digest of a model from those of its files: SHA-256 of lines `DIGEST  NAME`. */
export const digestOfFiles = (files: readonly { name: string; digest: string }[]): string =>
  sha256Hex(files.map(({ name, digest }) => `${digest}  ${name}\n`).join(''));

export const digestOfRequest = (request: ReceiptRequest): string => digestOfJson(request as unknown as Json);

/** The seed of a request's first answer where the client gave a nonce: nobody can choose it. Below 2^48. */
export function seedOfNonce({ model, request, nonce }: { model: string; request: string; nonce: string }): number {
  return Number.parseInt(digestOfJson({ model, nonce, request }).slice(0, 12), 16);
}

/** The chain over the tokens of answer `answer` of a request. */
class TokenChain {
  #link: Buffer;

  constructor(before: AnswerContext, { answer, seed }: { answer: number; seed: number }) {
    const { arithmeticVersion, model, nonce, request, run, seedFrom } = before;
    this.#link = Buffer.from(
      digestOfJson({ answer, arithmeticVersion, model, nonce, request, run, seed, seedFrom }),
      'hex',
    );
  }

  push(id: number): void {
    const token = Buffer.allocUnsafe(4);
    token.writeUInt32LE(id);
    this.#link = createHash('sha256').update(this.#link).update(token).digest();
  }

  /** In hex. */
  get head(): string {
    return this.#link.toString('hex');
  }
}

/** The head of the chain over all tokens of an answer. */
export function headOf(before: AnswerContext, at: { answer: number; seed: number }, ids: readonly number[]): string {
  const chain = new TokenChain(before, at);
  for (const id of ids) chain.push(id);
  return chain.head;
}

/** The text of a receipt. */
export function signReceipt(receipt: Receipt, signer: Signer): string {
  const subjects = [
    ['model', digestOfFiles(receipt.model.files)],
    ['request', digestOfRequest(receipt.request)],
  ] as const;
  return signStatement('receipt', subjects, receipt, signer);
}

/**
 * Reads a receipt: its form, its signature, and that its digests follow from its members.
 * @throws JikjiError `statement-broken`
 */
export function readReceipt(text: string, path: string): ReadReceipt {
  const statement = parseStatement(text, 'receipt', path);
  const { predicate: receipt, subjects, sizes, keyid, digest } = statement;
  const model = digestOfFiles(receipt.model.files);
  const request = digestOfRequest(receipt.request);
  const named = [...subjects].map(([name, digest]) => `${name} ${digest}`).join();
  if (named !== `model ${model},request ${request}` || sizes.size > 0)
    throw statementBroken(path, STATEMENT.receiptSubjects);
  if (receipt.request.prompts.length === 0) throw statementBroken(path, STATEMENT.noPrompt);
  if (receipt.answers.length !== receipt.request.prompts.length * receipt.request.n)
    throw statementBroken(path, STATEMENT.answersOfPrompts);
  return { receipt, model, request, keyid, digest };
}
