// Holds a saved answer against what was replayed: whose it is, its texts, and the reasons that it gives for their ends.

import { type AnswerPart, callAnswerOf, joinedParts, type ServedModel } from '../../foundry/requests/index.ts';
import type { Receipt } from '../../ledger/index.ts';
import type { FoundAnswer } from './answers.ts';
import type { SavedRequest } from './request-file.ts';
import type { SavedCall, SavedChoice, SavedResponse } from './response-file.ts';
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
  model: ServedModel;
  found: readonly FoundAnswer[];
}

type Fault = { refuted: string } | { open: string } | undefined;

/** The text before an answer: its prompt, if it is echoed. */
const echoOf = ({ request, receipt }: Compared, at: number): string =>
  request?.isEchoed ? (request.meaning.prompts[Math.floor(at / receipt.request.n)]?.text ?? '') : '';

/** What is said and called in an answer; of one without tools all of it is said. */
function partsOf({ request, model, found }: Compared, at: number): AnswerPart | undefined {
  const { replayed, answer } = found[at]!;
  if (!replayed) return undefined;
  const parts = request && callAnswerOf(request.meaning, model, { at, seed: answer.seed });
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
  if (!replayed || !parts) return { open: `answer ${at + 1} was not replayed` };
  if (!of.request && choice.calls.size > 0)
    return { open: `answer ${at + 1} has calls, and the request was not given` };
  const text = echoOf(of, at) + parts.content;
  if (!areCalls(parts.calls, choice.calls, isPart))
    return { refuted: `the calls of answer ${at + 1} are not those of its tokens` };
  if (isPart ? text.startsWith(choice.text) : text === choice.text) return undefined;
  if (!of.request && choice.text.endsWith(replayed.text))
    return { open: `answer ${at + 1} has more text before it, and the request was not given` };
  return { refuted: `the text of answer ${at + 1} is not that of its tokens` };
}

function idsFault({ found, response }: Compared, at: number, { ids }: SavedChoice): Fault {
  const own = found[at]!.ids;
  if (!ids || !own) return undefined;
  const isPart = response!.isCutOff && ids.length < own.length;
  if ((isPart || ids.length === own.length) && ids.every((id, i) => id === own[i])) return undefined;
  return { refuted: `answer ${at + 1} has other ids than the receipt was signed for` };
}

function choiceFaults(of: Compared, at: number): Fault[] {
  const choice = of.response!.choices.get(at);
  const { answer } = of.found[at]!;
  if (!choice) {
    if (of.response!.isCutOff) return [];
    return [{ refuted: `answer ${at + 1} is missing` }];
  }
  const isCalling = answer.ended === 'end' && choice.calls.size > 0;
  const reason = isCalling ? 'tool_calls' : (REASONS[answer.ended] ?? null);
  const isOther = choice.finish !== reason && !(of.response!.isCutOff && choice.finish === null);
  return [
    textFault(of, at, choice),
    idsFault(of, at, choice),
    isOther
      ? {
          refuted: `answer ${at + 1} gives ${choice.finish ?? 'no reason'} as the reason of its end, the receipt says ${answer.ended}`,
        }
      : undefined,
  ];
}

function wholeFaults({ response, receipt, found }: Compared): Fault[] {
  const { receipt: named, id, choices } = response!;
  return [
    named !== undefined && named !== receipt.id ? { refuted: 'it names another receipt' } : undefined,
    id !== undefined && !id.endsWith(`-${receipt.id}`)
      ? { refuted: 'it is another answer: its id is not of this receipt' }
      : undefined,
    [...choices.keys()].some((index) => index >= found.length)
      ? { refuted: 'it has more answers than the receipt' }
      : undefined,
  ];
}

export function checkResponse(of: Compared): ReceiptCheck {
  const name = 'response';
  if (!of.response)
    return {
      name,
      verdict: 'not-checked',
      detail: 'the response was not given: not checked that its text is this answer',
    };
  const faults = [...wholeFaults(of), ...[...of.found.keys()].flatMap((at) => choiceFaults(of, at))];
  const refuted = faults.flatMap((fault) => (fault && 'refuted' in fault ? [fault.refuted] : []));
  if (refuted.length > 0) return { name, verdict: 'refuted', detail: refuted.slice(0, 5).join('; ') };
  const open = faults.flatMap((fault) => (fault && 'open' in fault ? [fault.open] : []));
  if (open.length > 0) return { name, verdict: 'not-checked', detail: `${open.slice(0, 5).join('; ')}: not checked` };
  const isPart = of.response.isCutOff;
  return {
    name,
    verdict: 'holds',
    detail: isPart
      ? 'as far as it goes: the saved stream ends before its end'
      : 'texts and reasons are those of the tokens',
  };
}
