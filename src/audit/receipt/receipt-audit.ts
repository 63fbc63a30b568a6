// Audits a receipt: who signed it, whether this model gives the answers that it was signed for, and whether request and response are those
// that it names. Without the model it checks what can be checked without one.

import { JikjiError, type Sentence } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { ServedModel } from '../../foundry/requests/index.ts';
import { type ReadReceipt, readReceipt } from '../../ledger/index.ts';
import { sentenceOf } from '../findings.ts';
import { checkChain, checkEnding, checkReplay, differencesOf } from './answer-checks.ts';
import { findAnswers } from './answers.ts';
import { type NamedText, parseBounded } from './bounded-json.ts';
import { chainOf, claimOf, NOT_A_RECEIPT } from './claim.ts';
import { checkModel, checkRun } from './model-checks.ts';
import { receiptCheck } from './receipt-check.ts';
import { MAX_RECEIPT_BYTES, type ReceiptFile, receiptFileOf } from './receipt-file.ts';
import { type CheckInput, checkParameters, checkPrompt, checkSeed } from './request-checks.ts';
import { MAX_REQUEST_BYTES, requestOf } from './request-file.ts';
import { checkResponse } from './response-check.ts';
import { MAX_RESPONSE_BYTES, responseOf, type SavedResponse } from './response-file.ts';
import { WHY_NOT } from './sentences/answers.ts';
import { SIGNATURE } from './sentences/request.ts';
import type { ReceiptAudit, ReceiptCheck, ReceiptFacts } from './types.ts';

/** Texts at a time: more rows of logits in one product. */
const TEXTS = 8;

/** What is known of an answer, as texts. */
export interface ReceiptTexts {
  receipt: NamedText;
  /** The body of the request, and the answer as it was saved. */
  request?: NamedText | undefined;
  response?: NamedText | undefined;
}

interface CommonOptions {
  /** Fingerprint of the key that must have signed it. */
  key?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((text: string) => void) | undefined;
  /** The name of the command in hints. */
  jikji?: string | undefined;
}

export interface ReceiptAuditOptions extends CommonOptions {
  /** A run folder, a Hugging Face folder or a GGUF file; undefined: what can be checked without it. */
  model?: string | undefined;
  /** Files: the body of the request, and the answer as it was saved. */
  request?: string | undefined;
  response?: string | undefined;
  threads: number;
}

/**
 * Audits the receipt in a file. Faults of the receipt are in the result.
 * @throws JikjiError `file-missing`, `file-broken`, `not-a-receipt` (of any of the files), `interrupted`, and for faults of the model
 */
export async function auditReceipt(path: string, options: ReceiptAuditOptions): Promise<ReceiptAudit> {
  const { model: folder, threads, request, response } = options;
  const read = (file: string, most: number): NamedText => ({ path: file, text: readSmallFile(file, most) });
  const texts: ReceiptTexts = {
    receipt: read(path, MAX_RECEIPT_BYTES),
    request: request === undefined ? undefined : read(request, MAX_REQUEST_BYTES),
    response: response === undefined ? undefined : read(response, MAX_RESPONSE_BYTES),
  };
  let model: ServedModel | undefined;
  const open = (name: string): ServedModel => {
    options.onProgress?.('opening the model');
    model = new ServedModel({ name, folder: name, threads, texts: TEXTS });
    return model;
  };
  try {
    return await auditReceiptTexts(texts, folder === undefined ? undefined : () => open(folder), options);
  } finally {
    model?.close();
  }
}

/**
 * Audits a receipt against an open model, or without one. `modelOf` is called once the signature was verified.
 * @throws JikjiError `not-a-receipt` (of any of the texts), `interrupted`, and as `modelOf` does
 */
export async function auditReceiptTexts(
  texts: ReceiptTexts,
  modelOf: (() => ServedModel) | undefined,
  options: CommonOptions,
): Promise<ReceiptAudit> {
  const { path } = texts.receipt;
  const file = receiptFileOf(texts.receipt);
  const body = texts.request === undefined ? file.kept?.request : parseBounded(texts.request);
  const response = texts.response === undefined ? undefined : responseOf(texts.response);
  const signature = readSigned(file.statement, path, options.key);
  if (!signature.read) {
    const checks = [signature.check];
    return { verdict: 'refuted', checks, claim: NOT_A_RECEIPT, differences: [], receipt: null, chain: [] };
  }
  const model = modelOf?.();
  const source = { path: texts.request?.path ?? path, isServers: texts.request === undefined };
  const request = body === undefined ? undefined : await requestOf(body, model, source);
  const { n, prompts } = signature.read.receipt.request;
  const promptIds = prompts.map((_, at) => response?.choices.get(at * n)?.promptIds ?? file.kept?.promptIds[at]);
  const given: CheckInput = { read: signature.read, model, request, promptIds };
  return await auditGiven(given, { signature: signature.check, file, response }, options);
}

/** Reads the statement: the check `signature`. */
function readSigned(
  statement: string,
  path: string,
  key: string | undefined,
): { check: ReceiptCheck; read?: ReadReceipt } {
  let read: ReadReceipt;
  try {
    read = readReceipt(statement, path);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { check: receiptCheck('signature', 'refuted', sentenceOf(error)) };
  }
  const { keyid } = read;
  if (key === undefined) return { read, check: receiptCheck('signature', 'holds', SIGNATURE.unknown(keyid)) };
  if (key === keyid) return { read, check: receiptCheck('signature', 'holds', SIGNATURE.given(keyid)) };
  return { read, check: receiptCheck('signature', 'refuted', SIGNATURE.other(keyid, key)) };
}

interface Files {
  signature: ReceiptCheck;
  file: ReceiptFile;
  response: SavedResponse | undefined;
}

async function auditGiven(
  given: CheckInput,
  { signature, file, response }: Files,
  { key, signal = new AbortController().signal, onProgress = () => {}, jikji = 'jikji' }: CommonOptions,
): Promise<ReceiptAudit> {
  const { read, model, request } = given;
  const { receipt } = read;
  const ofModel = checkModel(read, model);
  const { check: ofRun, seal } = checkRun(read, model);
  const found = await findAnswers(given, {
    idsOf: (at) => idsOf(at, { file, response, tokens: receipt.answers[at]!.tokens }),
    why: model && whyNone(ofModel, receipt.arithmeticVersion, model.text.model.arithmeticVersion),
    signal,
    onAnswer: (at) => onProgress(`answer ${at + 1} of ${receipt.answers.length}`),
  });
  const differences = differencesOf(found, model);
  const ofReplay = checkReplay(found, differences);
  const checks = [
    signature,
    ofModel,
    ofRun,
    checkPrompt(given),
    checkParameters(given),
    checkSeed(given),
    checkChain(found),
    ofReplay,
    checkEnding(found, differences),
    checkResponse({ response, request, receipt, model, found }),
  ];
  const isRefuted = checks.some(({ verdict }) => verdict === 'refuted');
  // Without a token, and without an end that the model chose, nothing can be replayed.
  const isSomething = receipt.answers.some(({ tokens, ended }) => tokens > 0 || ended === 'end');
  const isHeld = isSomething && ofReplay.verdict === 'holds';
  const verdict = isRefuted ? 'refuted' : !model ? 'not-told' : isHeld ? 'holds' : 'incomplete';
  return {
    verdict,
    checks,
    ...(response?.isCutOff && { isCutOff: true }),
    claim: claimOf(verdict, read, { checks, isKeyKnown: key !== undefined, isCutOff: response?.isCutOff === true }),
    differences,
    receipt: factsOf(read),
    chain: verdict === 'holds' ? chainOf(read, { seal, run: model?.text.model.run, jikji }) : [],
  };
}

/** The ids that are given for an answer. Those of a stream that was cut off are not all of them. */
function idsOf(
  at: number,
  { file, response, tokens }: Pick<Files, 'file' | 'response'> & { tokens: number },
): number[][] {
  const own = response?.choices.get(at)?.ids;
  const isPart = response?.isCutOff === true && own !== undefined && own.length < tokens;
  return [isPart ? undefined : own, file.kept?.ids[at]].filter((ids) => ids !== undefined);
}

function whyNone(ofModel: ReceiptCheck, arithmetic: number, own: number): Sentence | undefined {
  if (ofModel.verdict !== 'holds') return WHY_NOT.otherModel;
  return arithmetic === own ? undefined : WHY_NOT.arithmetic(arithmetic, own);
}

/** What a receipt states. */
export const factsOf = ({ receipt, keyid, model, request, digest }: ReadReceipt): ReceiptFacts => ({
  id: receipt.id,
  digest,
  time: receipt.time,
  key: keyid,
  model: { name: receipt.model.name, digest: model },
  run: receipt.run,
  request: { digest: request, parameters: receipt.request.parameters },
  nonce: receipt.nonce,
  seedFrom: receipt.seedFrom,
  answers: receipt.answers.map(({ seed, tokens, ended }) => ({ seed, tokens, ended })),
});
