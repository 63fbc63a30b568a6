// A set: what a task comes to when its rows have been read, or what a run's own held-out text gives. The texts that a model
// is asked about, and what is right. Knows nothing of tokens.

import type { Metric } from '../../formats/index.ts';

/** Which of the choices is likeliest after the context? Each is asked as delimiter + choice. */
export interface ChoiceItem {
  context: string;
  choices: string[];
  /** Index of the right one. */
  gold: number;
  part?: number;
}

/** How likely is the continuation after the context, and would it have been written? */
export interface ContinuationItem {
  context: string;
  continuation: string;
  part?: number;
}

/** How likely is all of a text? */
export interface TextItem {
  text: string;
  part?: number;
}

/** What is written after the context? */
export interface GenerateItem {
  context: string;
  answer: string;
  part?: number;
}

interface Common {
  name: string;
  metrics: Metric[];
  /** Rows told of in this set, and how many there are without --limit. */
  of: number;
  /** Examples in front of every question. */
  fewshot: number;
  /** SHA-256 over the task and its data, or over the generator's name, version and data. */
  digest: string;
  /** Names of parts that are also scored by themselves; an item's `part` is an index into it. */
  parts: string[];
}

export type EvaluationSet = Common &
  (
    | { kind: 'choice'; items: ChoiceItem[]; delimiter: string }
    | { kind: 'continuation'; items: ContinuationItem[] }
    | { kind: 'text'; items: TextItem[] }
    | { kind: 'generate'; items: GenerateItem[]; stop: string[]; maxTokens: number }
  );
