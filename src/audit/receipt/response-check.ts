// Holds a saved answer against what was replayed: whose it is, its texts, and the reasons that it gives for their ends.

import type { Sentence } from '../../base/index.ts';
import { type AnswerPart, callAnswerOf, joinedParts, type ServedModel } from '../../foundry/requests/index.ts';
import { digestOfTokens, type Receipt } from '../../ledger/index.ts';
import type { FoundAnswer } from './answers.ts';
import { receiptCheck } from './receipt-check.ts';
import type { SavedRequest } from './request-file.ts';
import type { SavedCall, SavedChoice, SavedResponse } from './response-file.ts';
import { ANSWERS, inRow, openAnd, RESPONSE } from './sentences/answers.ts';
import type { ReceiptCheck } from './types.ts';

/** OpenAI's words for the ends that follow from the tokens. */
const REASONS: Partial<Record<Receipt['answers'][number]['ended'], string>> = {
  end: 'stop',
  stop: 'stop',
  length: 'length',
  full: 'length',
};

interface Compared {
  response: SavedResponse | undefined;
  request: SavedRequest | undefined;
  receipt: Receipt;
  /** Undefined where it was not given. */
  model: ServedModel | undefined;
  found: readonly FoundAnswer[];
}

type Fault = { refuted: Sentence } | { open: Sentence } | undefined;

/** Faults that are written out. */
const MAX_NAMED = 5;

/** The text before an answer: its prompt, if it is echoed. */
const echoOf = ({ request, receipt }: Compared, at: number): string =>
  request?.isEchoed ? (request.meaning?.prompts[Math.floor(at / receipt.request.n)]?.text ?? '') : '';

/** What is said and called in an answer; of one without tools all of it is said. */
function partsOf({ request, model, found }: Compared, at: number): AnswerPart | undefined {
  const { replayed, answer } = found[at]!;
  if (!replayed) return undefined;
  const parts = request?.meaning && model && callAnswerOf(request.meaning, model, { at, seed: answer.seed });
  return parts ? joinedParts([parts.push(replayed.text), parts.end()]) : { content: replayed.text, calls: [] };
}

/** Whether the calls of an answer are those that were sent, or of a part the beginning of them. */
function areCalls(calls: AnswerPart['calls'], sent: ReadonlyMap<number, SavedCall>, isPart: boolean): boolean {
  if (isPart ? sent.size > calls.length : sent.size !== calls.length) return false;
  return [...sent].every(([at, call]) => {
    const { id, function: of } = calls[at] ?? { function: { arguments: '' } };
    if (call.id !== id || call.name !== of.name) return false;
    return isPart ? of.arguments.startsWith(call.arguments) : of.arguments === call.arguments;
  });
}

function textFault(of: Compared, at: number, choice: SavedChoice): Fault {
  const { replayed, isBrokenOff } = of.found[at]!;
  const isPart = isBrokenOff || of.response!.isCutOff;
  const parts = partsOf(of, at);
  if (!replayed || !parts) return { open: ANSWERS.notReplayed(at + 1) };
  if (!of.request && choice.calls.size > 0) return { open: ANSWERS.callsWithoutRequest(at + 1) };
  const text = echoOf(of, at) + parts.content;
  if (!areCalls(parts.calls, choice.calls, isPart)) return { refuted: ANSWERS.otherCalls(at + 1) };
  if (isPart ? text.startsWith(choice.text) : text === choice.text) return undefined;
  if (!of.request && choice.text.endsWith(replayed.text)) return { open: ANSWERS.moreText(at + 1) };
  return { refuted: ANSWERS.otherText(at + 1) };
}

function idsFault({ found, response }: Compared, at: number, { ids }: SavedChoice): Fault {
  const own = found[at]!.ids;
  if (!ids || !own) return undefined;
  const isPart = response!.isCutOff && ids.length < own.length;
  if ((isPart || ids.length === own.length) && ids.every((id, i) => id === own[i])) return undefined;
  return { refuted: ANSWERS.otherIds(at + 1) };
}

function choiceFaults(of: Compared, at: number): Fault[] {
  const choice = of.response!.choices.get(at);
  const { answer } = of.found[at]!;
  if (!choice) {
    if (of.response!.isCutOff) return [];
    return [{ refuted: ANSWERS.missing(at + 1) }];
  }
  const isCalling = answer.ended === 'end' && choice.calls.size > 0;
  const reason = isCalling ? 'tool_calls' : (REASONS[answer.ended] ?? null);
  const isOther = choice.finish !== reason && !(of.response!.isCutOff && choice.finish === null);
  return [
    textFault(of, at, choice),
    idsFault(of, at, choice),
    isOther ? { refuted: ANSWERS.otherReason(at + 1, choice.finish, answer.ended) } : undefined,
  ];
}

function wholeFaults({ response, receipt, found }: Compared): Fault[] {
  const { receipt: named, id, choices, models, usage } = response!;
  const prompt = receipt.request.prompts.reduce((sum, { tokens }) => sum + tokens, 0);
  const completion = receipt.answers.reduce((sum, { tokens }) => sum + tokens, 0);
  const isOtherUsage =
    usage &&
    (usage.prompt_tokens !== prompt ||
      usage.completion_tokens !== completion ||
      usage.total_tokens !== prompt + completion);
  const isOtherPrompt = ({ promptIds }: SavedChoice, at: number): boolean =>
    promptIds !== undefined &&
    digestOfTokens(promptIds) !== receipt.request.prompts[Math.floor(at / receipt.request.n)]?.digest;
  return [
    [...choices].some(([at, choice]) => at < found.length && isOtherPrompt(choice, at))
      ? { refuted: RESPONSE.otherPrompt }
      : undefined,
    [...models].some((name) => name !== receipt.model.name) ? { refuted: RESPONSE.otherModel } : undefined,
    isOtherUsage ? { refuted: RESPONSE.otherUsage } : undefined,
    named !== undefined && named !== receipt.id ? { refuted: RESPONSE.otherReceipt } : undefined,
    id !== undefined && !id.endsWith(`-${receipt.id}`) ? { refuted: RESPONSE.otherAnswer } : undefined,
    [...choices.keys()].some((index) => index >= found.length) ? { refuted: RESPONSE.more } : undefined,
  ];
}

export function checkResponse(of: Compared): ReceiptCheck {
  if (!of.response) return receiptCheck('response', 'not-checked', RESPONSE.notGiven);
  const faults = [...wholeFaults(of), ...[...of.found.keys()].flatMap((at) => choiceFaults(of, at))];
  const refuted = faults.flatMap((fault) => (fault && 'refuted' in fault ? [fault.refuted] : []));
  if (refuted.length > 0) return receiptCheck('response', 'refuted', inRow(refuted.slice(0, MAX_NAMED), MAX_NAMED));
  if (!of.model) return receiptCheck('response', 'not-checked', RESPONSE.withoutModel);
  const open = faults.flatMap((fault) => (fault && 'open' in fault ? [fault.open] : []));
  if (open.length > 0)
    return receiptCheck('response', 'not-checked', openAnd(inRow(open.slice(0, MAX_NAMED), MAX_NAMED)));
  const { isCutOff, hasLikelihoods } = of.response;
  const held = isCutOff ? RESPONSE.part : RESPONSE.whole;
  return receiptCheck('response', 'holds', inRow(hasLikelihoods ? [held, RESPONSE.noLikelihoods] : [held], 2));
}
