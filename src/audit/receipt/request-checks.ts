// Holds a receipt against the client's request: prompt, parameters, seed. What was not given is not checked, and the detail says so.

import { receiptRequestOf, type ServedModel } from '../../foundry/requests/index.ts';
import { canonicalJson, digestOfTokens, type Json, type ReadReceipt, seedOfNonce } from '../../ledger/index.ts';
import type { SavedRequest } from './request-file.ts';
import type { ReceiptCheck } from './types.ts';

/** What checks look at. */
export interface Given {
  read: ReadReceipt;
  model: ServedModel;
  request: SavedRequest | undefined;
  /** Ids of the prompts as an answer names them, in the order of the receipt's prompts; with gaps where it names none. */
  promptIds: readonly (readonly number[] | undefined)[];
}

const check = (name: ReceiptCheck['name'], verdict: ReceiptCheck['verdict'], detail: string): ReceiptCheck => ({
  name,
  verdict,
  detail,
});

const NO_REQUEST = 'the request was not given';

/** What agrees with a request: that holds if it is the client's, and not only the server's word for it. */
const agrees = (name: ReceiptCheck['name'], { isServers }: SavedRequest, detail: string): ReceiptCheck =>
  isServers
    ? check(
        name,
        'not-checked',
        `${detail}, by the request that the server keeps; the client's was not given: not checked`,
      )
    : check(name, 'holds', detail);

/** The ids of a prompt of the receipt: of the request, or of an answer; undefined where none have its digest. */
export function promptOf({ read: { receipt }, request, promptIds }: Given, at: number): readonly number[] | undefined {
  const { tokens, digest } = receipt.request.prompts[at]!;
  const isIt = (ids: readonly number[] | undefined): boolean =>
    ids?.length === tokens && digestOfTokens(ids) === digest;
  return [request?.meaning.prompts[at]?.ids, promptIds[at]].find(isIt);
}

export function checkPrompt(given: Given): ReceiptCheck {
  const { read, model, request, promptIds } = given;
  const { prompts, chatTemplate } = read.receipt.request;
  if (!request) {
    if (promptIds.every((ids) => ids === undefined))
      return check('prompt', 'not-checked', 'the prompt was not given: not checked');
    if (promptIds.some((ids, at) => ids !== undefined && promptOf(given, at) === undefined))
      return check('prompt', 'refuted', "the prompt's ids beside the answer are not those of the receipt");
    return check(
      'prompt',
      'not-checked',
      `${NO_REQUEST}: the ids beside the answer are the receipt's, not checked that they are what was asked`,
    );
  }
  const asked = request.meaning.prompts;
  if (asked.length !== prompts.length)
    return check('prompt', 'refuted', `the request has ${asked.length} prompts, the receipt ${prompts.length}`);
  const other = asked.findIndex(({ ids }, at) => {
    const { tokens, digest } = prompts[at]!;
    return ids.length !== tokens || digestOfTokens(ids) !== digest;
  });
  if (chatTemplate !== request.meaning.chatTemplate) {
    const template = model.templateDigest === null ? 'the model has none' : "the model's is another one";
    return check(
      'prompt',
      'refuted',
      `chat template ${chatTemplate ?? 'none'}: ${template}, or the request is of another kind`,
    );
  }
  if (other >= 0)
    return check('prompt', 'refuted', `prompt ${other + 1} of the request gives other ids than the receipt has`);
  const tokens = asked.reduce((sum, { ids }) => sum + ids.length, 0);
  return agrees('prompt', request, `the request gives the ${tokens} ids of the receipt`);
}

/** Members of the receipt's parameters that the request does not give. */
function differing(given: Given & { request: SavedRequest }): string[] {
  const { receipt } = given.read;
  const { meaning, model } = given.request;
  const { parameters, n } = receipt.request;
  const asked = receiptRequestOf(meaning);
  const members = Object.keys(parameters) as (keyof typeof parameters)[];
  const isOther = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) !== canonicalJson(b as Json);
  return [
    ...members.filter((name) => isOther(parameters[name], asked.parameters[name])),
    ...(n === asked.n ? [] : ['n']),
    ...(receipt.model.name === model ? [] : ['model']),
    ...(receipt.nonce === (meaning.nonce ?? null) ? [] : ['nonce']),
  ];
}

export function checkParameters(given: Given): ReceiptCheck {
  const { request } = given;
  if (!request)
    return check('parameters', 'not-checked', `${NO_REQUEST}: not checked that the receipt's are its parameters`);
  const others = differing({ ...given, request });
  if (others.length > 0) return check('parameters', 'refuted', `the request asks for another ${others.join(', ')}`);
  return agrees('parameters', request, "the request's, with the defaults");
}

/** Whether answer i of each prompt has the seed of the first answer and i. */
function areInOrder({ receipt }: ReadReceipt): boolean {
  const { n } = receipt.request;
  const [first] = receipt.answers;
  return receipt.answers.every(({ seed }, at) => seed === first!.seed + (at % n));
}

export function checkSeed({ read, request }: Given): ReceiptCheck {
  const { receipt, model, request: digest } = read;
  const { answers, seedFrom, nonce } = receipt;
  const first = answers[0]?.seed;
  if (!areInOrder(read)) return check('seed', 'refuted', 'the seeds of the answers do not follow each other');
  if (request) {
    const { seed, nonce: asked } = request.meaning;
    const wanted = seed !== undefined ? 'client' : asked !== undefined ? 'nonce' : 'server';
    if (wanted !== seedFrom)
      return check(
        'seed',
        'refuted',
        `by the request it is chosen by the ${wanted}, by the receipt by the ${seedFrom}`,
      );
    if (seed !== undefined && seed !== first)
      return check('seed', 'refuted', `the request asks for ${seed}, the receipt has ${first}`);
  }
  if (seedFrom === 'nonce') {
    if (nonce === null) return check('seed', 'refuted', 'it follows from a nonce, and there is none');
    if (seedOfNonce({ model, request: digest, nonce }) !== first)
      return check('seed', 'refuted', 'it does not follow from nonce, request and model: the server has chosen it');
    return check('seed', 'holds', `${first} follows from nonce, request and model`);
  }
  if (seedFrom === 'server') {
    const detail = 'seed chosen by the server: it may have tried several';
    return request ? agrees('seed', request, detail) : check('seed', 'not-checked', detail);
  }
  if (!request) return check('seed', 'not-checked', `the client's, says the server; ${NO_REQUEST}: not checked`);
  return agrees('seed', request, `${first}, as the client asked`);
}
