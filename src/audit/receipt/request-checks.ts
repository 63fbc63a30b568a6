// Holds a receipt against the client's request: prompt, parameters, seed. What was not given is not checked, and the detail says so.

import type { Both } from '../../base/index.ts';
import type { ServedModel } from '../../foundry/requests/index.ts';
import { canonicalJson, digestOfTokens, type Json, type ReadReceipt, seedOfNonce } from '../../ledger/index.ts';
import { receiptCheck as check } from './receipt-check.ts';
import type { SavedRequest } from './request-file.ts';
import { REQUEST } from './sentences/request.ts';
import type { ReceiptCheck } from './types.ts';

/** What checks look at. */
export interface CheckInput {
  read: ReadReceipt;
  /** Undefined where it was not given. */
  model: ServedModel | undefined;
  request: SavedRequest | undefined;
  /** Ids of the prompts as an answer names them, in the order of the receipt's prompts; with gaps where it names none. */
  promptIds: readonly (readonly number[] | undefined)[];
}

/** What agrees with a request: that holds if it is the client's, and not only the server's word for it. */
const agrees = (name: ReceiptCheck['name'], { isServers }: SavedRequest, detail: Both): ReceiptCheck =>
  isServers ? check(name, 'not-checked', REQUEST.byServers(detail)) : check(name, 'holds', detail);

/** The ids of the prompts that a request asks for; undefined where they are not known without the model. */
const askedIds = (request: SavedRequest | undefined): readonly (readonly number[] | undefined)[] =>
  request?.meaning?.prompts.map(({ ids }) => ids) ?? request?.stated.prompts ?? [];

/** The ids of a prompt of the receipt: of the request, or of an answer; undefined where none have its digest. */
export function promptOf(
  { read: { receipt }, request, promptIds }: CheckInput,
  at: number,
): readonly number[] | undefined {
  const { tokens, digest } = receipt.request.prompts[at]!;
  const isIt = (ids: readonly number[] | undefined): boolean =>
    ids?.length === tokens && digestOfTokens(ids) === digest;
  return [askedIds(request)[at], promptIds[at]].find(isIt);
}

export function checkPrompt(given: CheckInput): ReceiptCheck {
  const { read, model, request, promptIds } = given;
  const { prompts, chatTemplate } = read.receipt.request;
  const isOtherBeside = promptIds.some((ids, at) => ids !== undefined && promptOf(given, at) === undefined);
  if (!request) {
    if (promptIds.every((ids) => ids === undefined)) return check('prompt', 'not-checked', REQUEST.noPrompt);
    if (isOtherBeside) return check('prompt', 'refuted', REQUEST.otherPromptIds);
    return check('prompt', 'not-checked', REQUEST.promptUnasked);
  }
  const asked = askedIds(request);
  if (asked.length !== prompts.length) return check('prompt', 'refuted', REQUEST.prompts(asked.length, prompts.length));
  const other = asked.findIndex((ids, at) => {
    const { tokens, digest } = prompts[at]!;
    return ids !== undefined && (ids.length !== tokens || digestOfTokens(ids) !== digest);
  });
  const isOtherKind = (chatTemplate !== null) !== request.stated.isChat;
  if (!model && isOtherKind) return check('prompt', 'refuted', REQUEST.otherKind);
  if (request.meaning && chatTemplate !== request.meaning.chatTemplate) {
    const says = model?.templateDigest == null ? REQUEST.noTemplate : REQUEST.otherTemplate;
    return check('prompt', 'refuted', says(chatTemplate));
  }
  if (other >= 0) return check('prompt', 'refuted', REQUEST.otherPrompt(other + 1));
  if (asked.includes(undefined)) {
    if (isOtherBeside) return check('prompt', 'refuted', REQUEST.otherPromptIds);
    return check('prompt', 'not-checked', REQUEST.textWithoutModel);
  }
  const tokens = asked.reduce((sum, ids) => sum + ids!.length, 0);
  return agrees('prompt', request, REQUEST.prompt(tokens));
}

/** Members of the receipt's parameters that the request does not give. */
function differing(given: CheckInput & { request: SavedRequest }): string[] {
  const { receipt } = given.read;
  const { meaning, stated, model } = given.request;
  const { parameters, n } = receipt.request;
  const asked = meaning?.parameters ?? stated.parameters;
  const members = Object.keys(asked) as (keyof typeof parameters)[];
  const isOther = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) !== canonicalJson(b as Json);
  return [
    ...members.filter((name) => isOther(parameters[name], asked[name])),
    ...(n === stated.n ? [] : ['n']),
    ...(receipt.model.name === model ? [] : ['model']),
    ...(receipt.nonce === (stated.nonce ?? null) ? [] : ['nonce']),
  ];
}

export function checkParameters(given: CheckInput): ReceiptCheck {
  const { request } = given;
  if (!request) return check('parameters', 'not-checked', REQUEST.noParameters);
  const others = differing({ ...given, request });
  if (others.length > 0) return check('parameters', 'refuted', REQUEST.otherParameters(others.join(', ')));
  if (!request.meaning) return check('parameters', 'not-checked', REQUEST.parametersWithoutModel);
  return agrees('parameters', request, REQUEST.parameters);
}

/** Whether answer i of each prompt has the seed of the first answer and i. */
function areInOrder({ receipt }: ReadReceipt): boolean {
  const { n } = receipt.request;
  const [first] = receipt.answers;
  return receipt.answers.every(({ seed }, at) => seed === first!.seed + (at % n));
}

export function checkSeed({ read, request }: CheckInput): ReceiptCheck {
  const { receipt, model, request: digest } = read;
  const { answers, seedFrom, nonce } = receipt;
  const first = answers[0]?.seed;
  if (!areInOrder(read)) return check('seed', 'refuted', REQUEST.seedOrder);
  if (request) {
    const { seed, nonce: asked } = request.stated;
    const wanted = seed !== undefined ? 'client' : asked !== undefined ? 'nonce' : 'server';
    if (wanted !== seedFrom) return check('seed', 'refuted', REQUEST.otherChooser(wanted, seedFrom));
    if (seed !== undefined && seed !== first) return check('seed', 'refuted', REQUEST.otherSeed(seed, first));
  }
  if (seedFrom === 'nonce') {
    if (nonce === null) return check('seed', 'refuted', REQUEST.noNonce);
    if (seedOfNonce({ model, request: digest, nonce }) !== first) return check('seed', 'refuted', REQUEST.chosen);
    return check('seed', 'holds', REQUEST.follows(first));
  }
  if (seedFrom === 'server') {
    return request ? agrees('seed', request, REQUEST.byServer) : check('seed', 'not-checked', REQUEST.byServer);
  }
  if (!request) return check('seed', 'not-checked', REQUEST.clientsUnasked);
  return agrees('seed', request, REQUEST.asked(first));
}
