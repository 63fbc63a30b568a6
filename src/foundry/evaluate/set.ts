// A set of questions with their right answers, from a task's rows or from a run's held-out text. Data only; knows nothing of tokens.

import type { Metric } from '../../formats/index.ts';
import type { ScoreRequest } from '../generate/index.ts';
import type { Judging } from './judge.ts';

/** Which choice is the likeliest after the context? Each is scored as delimiter + choice. */
export interface ChoiceItem {
  context: string;
  choices: string[];
  /** Index of the right one. */
  gold: number;
  part?: number;
}

/** How likely is the continuation after the context, and is it the greedy one? */
export interface ContinuationItem {
  context: string;
  continuation: string;
  part?: number;
}

/** How likely is the whole text? */
export interface TextItem {
  text: string;
  part?: number;
}

/** How likely are the answers of a conversation, each after what stands before it? Ids as training has them. */
export interface AnswersItem {
  requests: ScoreRequest[];
  /** The answers. */
  text: string;
  part?: number;
}

/** What does the model generate after the context? */
export interface GenerateItem {
  context: string;
  answer: string;
  part?: number;
}

/** What does the model answer to a message? */
export interface ChatItem {
  system?: string;
  question: string;
  answer: string;
  /** What the model's answer is compared with: an answer that needs no model, or another model's. */
  baseline?: string;
  part?: number;
}

interface Common {
  name: string;
  metrics: Metric[];
  /** Number of items without --limit. */
  of: number;
  /** Number of examples before every question. */
  fewshot: number;
  /** SHA-256 over the task and its data, or over the generator's name, version and data. */
  digest: string;
  /** Names of parts that are also scored separately; an item's `part` is an index into this list. */
  parts: string[];
  /** What each item is about, such as a text that several questions ask about: items of one number are one unit of statistics. */
  clusters?: number[];
}

export type EvaluationSet = Common &
  (
    | { kind: 'choice'; items: ChoiceItem[]; delimiter: string }
    | { kind: 'continuation'; items: ContinuationItem[] }
    | { kind: 'text'; items: (TextItem | AnswersItem)[] }
    | { kind: 'generate'; items: GenerateItem[]; stop: string[]; maxTokens: number }
    | { kind: 'chat'; items: ChatItem[]; maxTokens: number; judging?: Judging }
  );
