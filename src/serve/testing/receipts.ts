// For tests of receipts: a server that gives them, what a client saves, and a server that lies and signs.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { auditReceipt, type ReceiptAudit, type ReceiptAuditOptions } from '../../audit/index.ts';
import {
  digestOfFiles,
  digestOfRequest,
  headOf,
  type Receipt,
  readReceipt,
  type Signer,
  signReceipt,
} from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { type ModelServer, type ServeModelsOptions, serveModels } from '../server.ts';
import { modelsIn, postJson, SMALL, writeModels } from './small.ts';

/** An answer as a client has it: files of request, response and receipt. */
export interface Saved {
  id: string;
  request: string;
  response: string;
  receipt: string;
  body: Record<string, unknown>;
  /** The response's text. */
  text: string;
}

let count = 0;

/** Asks, and saves all there is. */
export async function ask(folder: string, url: string, body: Record<string, unknown>): Promise<Saved> {
  const path = 'messages' in body ? '/v1/chat/completions' : '/v1/completions';
  const response = await postJson(url + path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  const id = response.headers.get('Jikji-Receipt') ?? /"receipt":"([0-9a-f]{32})"/.exec(text)?.[1] ?? '';
  return save(folder, url, { id, body, text });
}

/** Saves request, response and receipt of an answer. */
export async function save(
  folder: string,
  url: string,
  { id, body, text }: { id: string; body: Record<string, unknown>; text: string },
): Promise<Saved> {
  const receipt = await (await fetch(`${url}/receipts/${id}`)).text();
  const own = join(folder, `saved-${count++}`);
  mkdirSync(own);
  const write = (name: string, content: string) => {
    writeFileSync(join(own, name), content);
    return join(own, name);
  };
  return {
    id,
    request: write('request.json', JSON.stringify(body)),
    response: write('response.json', text),
    receipt: write('receipt.json', receipt),
    body,
    text,
  };
}

/** A file beside others. */
export function fileOf(folder: string, content: unknown): string {
  const path = join(folder, `file-${count++}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The audit of what a client has saved, with other files in place of some. */
export const audited = (
  saved: Pick<Saved, 'receipt' | 'request' | 'response'>,
  model: string,
  other: Partial<ReceiptAuditOptions & { receipt: string }> = {},
): Promise<ReceiptAudit> => {
  const { receipt = saved.receipt, ...options } = other;
  const { request, response } = saved;
  return auditReceipt(receipt, { model, request, response, threads: 1, ...options });
};

/** Names of the checks with this verdict. */
export const namesOf = ({ checks }: ReceiptAudit, verdict: string): string[] =>
  checks.filter((one) => one.verdict === verdict).map(({ name }) => name);

/** The verdict, and the checks that are refuted. */
export const outcomeOf = (found: ReceiptAudit): [string, string[]] => [found.verdict, namesOf(found, 'refuted')];

/** What a server that lies signs: another receipt, with the right chains over `ids`. */
export function forged(
  text: string,
  signer: Signer,
  { change, ids }: { change(receipt: Receipt): Receipt; ids: readonly (readonly number[])[] },
): string {
  const receipt = change(structuredClone(readReceipt(text, 'receipt').receipt));
  const before = { ...receipt, model: digestOfFiles(receipt.model.files), request: digestOfRequest(receipt.request) };
  const answers = receipt.answers.map((answer, at) => ({
    ...answer,
    tokens: ids[at]!.length,
    head: headOf(before, { answer: at, seed: answer.seed }, ids[at]!),
  }));
  return signReceipt({ ...receipt, serverKey: signer.publicKey.toString('base64'), answers }, signer);
}

/** A conversation. */
export const MESSAGES = [{ role: 'user', content: 'hello' }];

/** A server that gives receipts, with its folder. */
export class ReceiptBench {
  readonly signer = key();
  folder = '';
  server!: ModelServer;

  async begin(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'jikji-receipts-'));
    vi.stubEnv('XDG_STATE_HOME', join(this.folder, 'state'));
    writeModels(this.folder, CONTEXT);
    this.server = await serveModels(this.options());
  }

  async end(): Promise<void> {
    await this.server.close();
    vi.unstubAllEnvs();
    rmSync(this.folder, { recursive: true, force: true });
  }

  modelOf = (name: string) => join(this.folder, name);

  options = (more: Partial<ServeModelsOptions> = {}): ServeModelsOptions => ({
    models: modelsIn(this.folder),
    ...SMALL,
    receipts: { signer: this.signer, keep: 1000, keepTexts: false },
    ...more,
  });

  asked = (body: Record<string, unknown>) => ask(this.folder, this.server.url, body);
}

const CONTEXT = 200;
