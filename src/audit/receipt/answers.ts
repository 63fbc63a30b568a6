// Replays the answers of a receipt: one pass over each whose ids are known; the others are generated again. Judges nothing.

import { JikjiError, type Sentence } from '../../base/index.ts';
import type { ReplayedText } from '../../foundry/generate/index.ts';
import { digestOfHeld, optionsOf, type ServedModel } from '../../foundry/requests/index.ts';
import { type AnswerContext, headOf, type ReadReceipt, type Receipt, TOKEN_ENDS } from '../../ledger/index.ts';
import { sentenceOf } from '../findings.ts';
import { type CheckInput, promptOf } from './request-checks.ts';
import { WHY_NOT } from './sentences/answers.ts';

/** What is known of an answer. */
export interface FoundAnswer {
  answer: Receipt['answers'][number];
  isBrokenOff: boolean;
  /** The ids that were given for it, if any were. */
  given: readonly number[] | undefined;
  /** Ids whose chain is the receipt's. */
  ids: readonly number[] | undefined;
  /** Whether these, or else the given ones, were generated again because none were given. */
  isGenerated: boolean;
  /** Why it was not replayed. */
  why: Sentence | undefined;
  replayed: (ReplayedText & { text: string }) | undefined;
}

export interface AnswerOptions {
  /** By answer, the ids that somebody gives for it. */
  idsOf(at: number): readonly (readonly number[])[];
  /** Why no answer can be replayed. */
  why: Sentence | undefined;
  signal: AbortSignal;
  onAnswer(at: number): void;
}

/** Looks at all answers, one after another. @throws JikjiError `interrupted` */
export async function findAnswers(given: CheckInput, options: AnswerOptions): Promise<FoundAnswer[]> {
  const { receipt } = given.read;
  const found: FoundAnswer[] = [];
  for (const at of receipt.answers.keys()) {
    options.onAnswer(at);
    found.push(await findAnswer(given, options, at));
    if (options.signal.aborted)
      throw new JikjiError('interrupted', 'the audit was stopped', receipt.id, 'start it again');
  }
  return found;
}

/** Whether ids are those that answer `at` was signed for. */
function isOf({ receipt, model, request }: ReadReceipt, at: number): (ids: readonly number[]) => boolean {
  const { seed, tokens, head } = receipt.answers[at]!;
  const before: AnswerContext = { ...receipt, model, request };
  return (ids) => ids.length === tokens && headOf(before, { answer: at, seed }, ids) === head;
}

type GivenModel = CheckInput & { model: ServedModel };
const hasModel = (given: CheckInput): given is GivenModel => given.model !== undefined;

async function findAnswer(given: CheckInput, { idsOf, why, signal }: AnswerOptions, at: number): Promise<FoundAnswer> {
  const { read } = given;
  const { receipt } = read;
  const answer = receipt.answers[at]!;
  const lists = idsOf(at);
  const isBrokenOff = !TOKEN_ENDS.includes(answer.ended);
  const ids = lists.find(isOf(read, at));
  const known = { answer, isBrokenOff, given: lists[0], ids, isGenerated: false, why, replayed: undefined };
  const prompt = promptOf(given, Math.floor(at / receipt.request.n));
  if (!hasModel(given)) return { ...known, why: WHY_NOT.noModel };
  const cannot = why ?? whyNot(given, prompt, ids ?? lists[0] ?? []);
  if (cannot !== undefined || prompt === undefined) return { ...known, why: cannot };
  try {
    return { ...known, ...(await replayed(given, { at, prompt, lists, ids, signal })) };
  } catch (error) {
    // A schema and ends that leave no token, for example.
    if (!(error instanceof JikjiError)) throw error;
    return { ...known, why: sentenceOf(error) };
  }
}

interface Replaying {
  at: number;
  prompt: readonly number[];
  /** Ids that are given for the answer, and those of them that have its chain. */
  lists: readonly (readonly number[])[];
  ids: readonly number[] | undefined;
  signal: AbortSignal;
}

/** One pass over the ids of an answer; without any it is generated first. */
async function replayed(
  { read, model, request }: GivenModel,
  { at, prompt, lists, ids, signal }: Replaying,
): Promise<Pick<FoundAnswer, 'ids' | 'isGenerated' | 'replayed'>> {
  const { receipt } = read;
  const { seed, tokens, ended } = receipt.answers[at]!;
  const { parameters } = receipt.request;
  const held = parameters.schema === null ? undefined : request?.meaning?.held;
  const options = () => ({ ...optionsOf(parameters, model, held)(seed), signal });
  const { text } = model;
  const mayGoOn = !TOKEN_ENDS.includes(ended);
  const known = ids ?? lists[0];
  if (known)
    return { ids, isGenerated: false, replayed: await text.replay(prompt, { given: known, mayGoOn }, options()) };
  const made = await text.firstTokens(prompt, Math.min(tokens, text.context + 1), options());
  const isIt = isOf(read, at)(made);
  return {
    ids: isIt ? made : undefined,
    isGenerated: true,
    replayed: await text.replay(prompt, { given: made, mayGoOn }, options()),
  };
}

/** Why an answer cannot be replayed. */
function whyNot(
  { read, request, model }: GivenModel,
  prompt: readonly number[] | undefined,
  ids: readonly number[],
): Sentence | undefined {
  const { vocabSize } = model.text.model.tokenizer;
  const { schema } = read.receipt.request.parameters;
  if (prompt === undefined) return WHY_NOT.prompt;
  if (prompt.length > model.text.context) return WHY_NOT.longPrompt;
  if ([prompt, ids].some((list) => list.some((id) => id >= vocabSize))) return WHY_NOT.noTokens;
  if (read.receipt.request.parameters.logitBias.some(({ id }) => id >= vocabSize)) return WHY_NOT.bias;
  if (schema === null) return undefined;
  return digestOfHeld(request?.meaning?.held) === schema ? undefined : WHY_NOT.schema;
}
