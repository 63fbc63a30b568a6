// Turns with models: a text or message of a person, and the answer of each model as it comes, side by side.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AnswerReceipt, CheckedReceipt } from '../types.ts';
import { type Failure, failureOf, get, streamAnswer } from './api.ts';
import { useStoppableAction, useThrottled } from './data.ts';
import { type Chunk, type Piece, pieceOf } from './model-answer.ts';
import { type ModelRequest, withLikelihoods } from './model-request.ts';
import { keep, kept } from './session.ts';
import { speedMeter } from './speed.ts';

export interface Answer {
  pieces: Piece[];
  /** How it ended; null while it is written. `stop`: by the model or at a stop string; `full`: of its context. */
  ended: 'stop' | 'length' | 'full' | 'stopped' | 'failed' | null;
  tokens: number;
  /** Tokens per second as it was written; null until it has ended, and where that could not be measured. */
  speed: number | null;
  request: ModelRequest;
  failure?: Failure;
  received?: Received;
  receipt?: KeptReceipt;
}

/** What a receipt is about: the answer as it came. */
export interface Received {
  /** The body that was sent. */
  body: object;
  id: string;
  promptIds: number[];
  ids: number[];
  finish: 'stop' | 'length' | null;
}

/** The receipt of an answer and what a check has found; or why there is none. */
export type KeptReceipt =
  | { receipt: AnswerReceipt; checked: CheckedReceipt | null }
  | { none: Pick<Failure, 'code' | 'message' | 'input' | 'hint'> };

export interface Turn {
  said: string;
  /** One for each model. */
  answers: Answer[];
}

/** A model of the playground. */
export interface PlaygroundModel {
  name: string;
  /** Its name on the page: of several with one name each has another label. */
  label: string;
  /** Its path in the API. */
  path: string;
  /** Its folder on this machine, whose model stays as it is; null: nobody here can serve it. */
  folder: string | null;
  /** Whether it has a chat template. */
  tuned: boolean;
  /** Whether its answers have receipts. */
  givesReceipts: boolean;
}

/** What it takes to ask one. */
export type AskedModel = Pick<PlaygroundModel, 'path' | 'givesReceipts'>;

/** Alternatives of each token. */
const ALTERNATIVES = 5;
/** Milliseconds between two pictures of an answer that is written. */
const SHOW_MS = 50;

export const textOf = ({ pieces }: Answer): string => pieces.map(({ text }) => text).join('');

/** Whether it can be part of a conversation that goes on. */
export const hasAnswers = ({ answers }: Turn): boolean => answers.every(({ ended }) => ended !== 'failed');

function endedBy(reason: 'stop' | 'length', { request, tokens }: Answer): Answer['ended'] {
  const { body } = request;
  const most = 'prompt' in body ? body.max_tokens : body.max_completion_tokens;
  return reason === 'length' && tokens < (most ?? 0) ? 'full' : reason;
}

/** Asks one model; `onChange` is called as the answer grows. Never rejects. */
async function ask(model: AskedModel, answer: Answer, signal: AbortSignal, onChange: () => void): Promise<void> {
  const { request } = answer;
  let reason: 'stop' | 'length' = 'stop';
  const speed = speedMeter();
  const body = withLikelihoods(request, ALTERNATIVES, model.givesReceipts);
  const onChunk = (chunk: Chunk): void => {
    const { choices, usage } = chunk;
    if (model.givesReceipts) receive(answer, body, chunk);
    for (const choice of choices) {
      const piece = pieceOf(choice);
      if (piece) {
        answer.pieces.push(piece);
        answer.tokens += piece.tokens.length;
        speed.came(piece.tokens.length, performance.now());
      }
      reason = choice.finish_reason ?? reason;
    }
    if (usage) answer.tokens = usage.completion_tokens;
    onChange();
  };
  try {
    await streamAnswer(`${model.path}${request.route}`, body, onChunk, signal);
    answer.ended = endedBy(reason, answer);
  } catch (error) {
    answer.ended = signal.aborted ? 'stopped' : 'failed';
    if (!signal.aborted) answer.failure = failureOf(error);
  }
  answer.speed = speed.perSecond();
  onChange();
  const receipt = answer.ended === 'failed' ? undefined : await receiptOf(model, answer);
  if (receipt) answer.receipt = receipt;
  onChange();
}

/** Notes what a chunk brings of the answer that a receipt is about. */
function receive(answer: Answer, body: object, { id, choices, prompt_token_ids: ofChat }: Chunk): void {
  answer.received ??= { body, id: id ?? '', promptIds: [], ids: [], finish: null };
  const { received } = answer;
  if (ofChat) received.promptIds = ofChat;
  for (const { token_ids: ids, prompt_token_ids: ofText, finish_reason: finish } of choices) {
    if (ids) received.ids.push(...ids);
    if (ofText) received.promptIds = ofText;
    received.finish = finish ?? received.finish;
  }
}

/** The receipt of an answer that has ended or was stopped; undefined for one of which nothing came. Never rejects. */
async function receiptOf({ path }: AskedModel, { received }: Answer): Promise<KeptReceipt | undefined> {
  if (!received || received.ids.length + (received.finish === null ? 0 : 1) === 0) return undefined;
  try {
    const id = received.id.replace(/^.*-/, '');
    return { receipt: await get<AnswerReceipt>(`${path}/receipts/${encodeURIComponent(id)}`), checked: null };
  } catch (error) {
    const { code, message, input, hint } = failureOf(error);
    return { none: { code, message, input, hint } };
  }
}

const isTurn = (value: unknown): value is Turn =>
  typeof value === 'object' && value !== null && Array.isArray((value as Turn).answers);

/** The name under which turns are kept: of a user with these models. */
export const turnsName = (user: string | null, paths: readonly string[], mode: 'chat' | 'continue'): string =>
  `playground ${user} ${paths.join(' ')} ${mode}`;

/** Turns as they were kept: those that had ended. */
export function keptTurns(name: string, count: number): Turn[] {
  const value = kept(name);
  return Array.isArray(value) ? value.filter((one) => isTurn(one) && one.answers.length === count) : [];
}

/**
 * The turns with these models, kept under `name` until the tab is closed. `ask` adds a turn after `before`, and resolves when all have answered: true if
 * none failed. It does nothing while they answer.
 */
export function useTurns(models: AskedModel[], name: string) {
  const [turns, show] = useState(() => keptTurns(name, models.length));
  const latest = useRef(turns);
  const current = useRef(name);
  const redraw = useThrottled(() => show([...latest.current]), SHOW_MS);
  const set = (next: Turn[]): void => {
    latest.current = next;
    show(next);
  };
  const action = useStoppableAction(
    async (signal, { before, said, requests }: { before: Turn[]; said: string; requests: ModelRequest[] }) => {
      const answers = requests.map((request): Answer => ({ pieces: [], ended: null, tokens: 0, speed: null, request }));
      const next = [...before, { said, answers }];
      set(next);
      await Promise.all(models.map((model, i) => ask(model, answers[i]!, signal, redraw)));
      keep(name, next.filter(hasAnswers));
      if (current.current === name) set([...next]);
    },
  );
  // Dependencies: other models, other turns. At once, not after the next picture: a click before that would be stopped with the old turns.
  useLayoutEffect(() => {
    current.current = name;
    set(keptTurns(name, models.length));
    return action.stop;
  }, [name]);
  /** Keeps what has changed in a turn. */
  const save = (): void => {
    keep(name, latest.current.filter(hasAnswers));
    set([...latest.current]);
  };
  const clear = (): void => {
    set([]);
    keep(name, null);
  };
  return { turns, busy: action.busy, stop: action.stop, ask: action.run, clear, save };
}
