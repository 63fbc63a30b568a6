// Audits a receipt: who signed it, whether this model gives the answers that it was signed for, and whether request and response are those
// that it names.

import { JikjiError } from '../../base/index.ts';
import { ServedModel } from '../../foundry/requests/index.ts';
import { type ReadReceipt, readReceipt } from '../../ledger/index.ts';
import { checkChain, checkEnding, checkReplay, differencesOf } from './answer-checks.ts';
import { findAnswers } from './answers.ts';
import { chainOf, claimOf } from './claim.ts';
import { checkModel, checkRun } from './model-checks.ts';
import { type ReceiptFile, readReceiptFile } from './receipt-file.ts';
import { checkParameters, checkPrompt, checkSeed, type Given } from './request-checks.ts';
import { readRequestFile, requestOf } from './request-file.ts';
import { checkResponse } from './response-check.ts';
import { readResponseFile, type SavedResponse } from './response-file.ts';
import type { ReceiptAudit, ReceiptCheck, ReceiptFacts } from './types.ts';

/** Texts at a time: more rows of logits in one product. */
const TEXTS = 8;

export interface ReceiptAuditOptions {
  /** A run folder, a Hugging Face folder or a GGUF file. */
  model: string;
  /** Files: the body of the request, and the answer as it was saved. */
  request?: string | undefined;
  response?: string | undefined;
  /** Fingerprint of the key that must have signed it. */
  key?: string | undefined;
  threads: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((text: string) => void) | undefined;
  /** The name of the command in hints. */
  jikji?: string | undefined;
}

/**
 * Audits the receipt in a file. Faults of the receipt are in the result.
 * @throws JikjiError `file-missing`, `file-broken`, `not-a-receipt` (of any of the files), `interrupted`, and for faults of the model
 */
export async function auditReceipt(path: string, options: ReceiptAuditOptions): Promise<ReceiptAudit> {
  const file = readReceiptFile(path);
  const body = options.request === undefined ? file.kept?.request : readRequestFile(options.request);
  const response = options.response === undefined ? undefined : readResponseFile(options.response);
  const signature = readSigned(file.statement, path, options.key);
  if (!signature.read) {
    const claim = ['The receipt is not one: its signature or its form is wrong.'];
    return { verdict: 'refuted', checks: [signature.check], claim, differences: [], receipt: null, chain: [] };
  }
  options.onProgress?.('opening the model');
  const { model: folder, threads } = options;
  const model = new ServedModel({ name: folder, folder, threads, texts: TEXTS });
  try {
    const source = { path: options.request ?? path, isServers: options.request === undefined };
    const request = body === undefined ? undefined : await requestOf(body, model, source);
    const { n, prompts } = signature.read.receipt.request;
    const promptIds = prompts.map((_, at) => response?.choices.get(at * n)?.promptIds ?? file.kept?.promptIds[at]);
    const given: Given = { read: signature.read, model, request, promptIds };
    return await auditGiven(given, { signature: signature.check, file, response }, options);
  } finally {
    model.close();
  }
}

/** Reads the statement: the check `signature`. */
function readSigned(
  statement: string,
  path: string,
  key: string | undefined,
): { check: ReceiptCheck; read?: ReadReceipt } {
  const name = 'signature';
  let read: ReadReceipt;
  try {
    read = readReceipt(statement, path);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { check: { name, verdict: 'refuted', detail: error.message } };
  }
  const by = `signed by ${read.keyid}`;
  if (key === undefined)
    return { read, check: { name, verdict: 'holds', detail: `${by}; nobody told whose key that is` } };
  if (key === read.keyid) return { read, check: { name, verdict: 'holds', detail: `${by}, the given key` } };
  return { read, check: { name, verdict: 'refuted', detail: `${by}, not by ${key}` } };
}

interface Files {
  signature: ReceiptCheck;
  file: ReceiptFile;
  response: SavedResponse | undefined;
}

async function auditGiven(
  given: Given,
  { signature, file, response }: Files,
  { key, signal = new AbortController().signal, onProgress = () => {}, jikji = 'jikji' }: ReceiptAuditOptions,
): Promise<ReceiptAudit> {
  const { read, model, request } = given;
  const { receipt } = read;
  const ofModel = checkModel(read, model);
  const { check: ofRun, seal } = checkRun(read, model);
  const found = await findAnswers(given, {
    idsOf: (at) => idsOf(at, { file, response, tokens: receipt.answers[at]!.tokens }),
    why: whyNone(ofModel, receipt.arithmeticVersion, model.text.model.arithmeticVersion),
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
  const verdict = isRefuted ? 'refuted' : ofReplay.verdict === 'holds' ? 'holds' : 'incomplete';
  return {
    verdict,
    checks,
    claim: claimOf(verdict, read, { checks, isKeyKnown: key !== undefined }),
    differences,
    receipt: factsOf(read),
    chain: verdict === 'holds' ? chainOf(read, { seal, run: model.text.model.run, jikji }) : [],
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

function whyNone(ofModel: ReceiptCheck, arithmetic: number, own: number): string | undefined {
  if (ofModel.verdict !== 'holds') return 'this is another model';
  if (arithmetic === own) return undefined;
  return `it was computed by arithmetic ${arithmetic}, this program computes this model by arithmetic ${own}`;
}

const factsOf = ({ receipt, keyid, model }: ReadReceipt): ReceiptFacts => ({
  id: receipt.id,
  time: receipt.time,
  key: keyid,
  model: { name: receipt.model.name, digest: model },
  run: receipt.run,
  nonce: receipt.nonce,
  seedFrom: receipt.seedFrom,
  answers: receipt.answers.map(({ seed, tokens, ended }) => ({ seed, tokens, ended })),
});
