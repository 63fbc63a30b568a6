// Scores a set with a model: texts to requests, requests to outcomes, outcomes to metrics.

import { JikjiError } from '../../base/index.ts';
import { rollingRequests, type ScoreRequest } from '../generate/index.ts';
import { answers, continuations } from './generated.ts';
import type { ContinuationScore } from './language-model.ts';
import { characters, itemsOf, type Measured, measure, type Outcome, words } from './metrics.ts';
import { continuationRequest } from './requests.ts';
import type { ScoreOptions } from './score-options.ts';
import type { EvaluationSet } from './set.ts';

/** A figure of a whole set, or of one of its parts. */
export interface Figure extends Measured {
  part: string | undefined;
  /** The value of each item of the whole set, if the metric is their mean. */
  items?: number[] | undefined;
  /** The cluster of each item, where the task names them. */
  clusters?: number[] | undefined;
}

/** Tokens of a batch of requests, about: the model shares common contexts inside a batch. */
const BATCH_TOKENS = 1 << 16;

/**
 * Scores a set.
 * @throws JikjiError `task-too-long`, `task-data`
 */
export async function scoreSet(set: EvaluationSet, options: ScoreOptions): Promise<Figure[]> {
  if (set.items.length === 0) {
    throw new JikjiError('task-data', 'the set has no items', set.name, 'leave it out, or choose another limit');
  }
  const outcomes =
    set.kind === 'generate'
      ? await continuations(set, options)
      : set.kind === 'chat'
        ? await answers(set, options)
        : await likelihoods(set, options);
  const figures = set.metrics.map(
    (metric): Figure => ({
      part: undefined,
      ...measure(metric, outcomes, set.clusters),
      items: itemsOf(metric, outcomes),
      clusters: set.clusters,
    }),
  );
  set.parts.forEach((part, i) => {
    const isOwn = (_: unknown, item: number) => set.items[item].part === i;
    const [own, clusters] = [outcomes.filter(isOwn), set.clusters?.filter(isOwn)];
    if (own.length > 0) for (const metric of set.metrics) figures.push({ part, ...measure(metric, own, clusters) });
  });
  return figures;
}

type Likely = Exclude<EvaluationSet, { kind: 'generate' | 'chat' }>;

async function likelihoods(set: Likely, { tokenizer, model, onProgress, signal }: ScoreOptions): Promise<Outcome[]> {
  const requests: ScoreRequest[] = [];
  /** Index of the first request of each item, and the number of requests. */
  const starts: number[] = [];
  const { contextLength } = model;
  const ask = (context: string, continuation: string, item: number): void => {
    const request = continuationRequest(tokenizer, context, continuation, contextLength);
    if (!request) {
      throw new JikjiError(
        'task-too-long',
        `${JSON.stringify(continuation.slice(0, 40))} has no token after its context, or more than the model's ${contextLength}`,
        `${set.name}: item ${item + 1}`,
        'leave this task out for this model',
      );
    }
    requests.push(request);
  };
  for (const [i, item] of set.items.entries()) {
    starts.push(requests.length);
    if ('requests' in item) requests.push(...item.requests);
    else if ('text' in item) requests.push(...rollingRequests(tokenizer, item.text, contextLength));
    else if ('choices' in item) for (const choice of item.choices) ask(item.context, delimiterOf(set) + choice, i);
    else ask(item.context, item.continuation, i);
    signal?.throwIfAborted();
  }
  starts.push(requests.length);

  const size = ({ context, continuation }: ScoreRequest) => context.length + continuation.length - 1;
  const total = requests.reduce((sum, request) => sum + size(request), 0);
  const scored: ContinuationScore[] = [];
  let done = 0;
  for (let from = 0; from < requests.length; ) {
    let batch = 0;
    let to = from;
    // All requests of an item go into one batch: they share a context.
    for (let item = starts.indexOf(from); item < set.items.length && (batch < BATCH_TOKENS || to === from); item++) {
      for (; to < starts[item + 1]; to++) batch += size(requests[to]);
    }
    let computed = 0;
    const onTokens = (tokens: number): void => {
      signal?.throwIfAborted();
      computed += tokens;
      onProgress?.({ fraction: (done + Math.min(computed, batch)) / total, tokens });
    };
    for (const one of await model.score(requests.slice(from, to), onTokens)) scored.push(one);
    done += batch;
    from = to;
    onProgress?.({ fraction: done / total, tokens: 0 });
  }

  return set.items.map((item, i): Outcome => {
    const own = scored.slice(starts[i], starts[i + 1]);
    const nats = own.map((one) => one.nats.reduce((sum, x) => sum + x, 0));
    if ('choices' in item) {
      return {
        kind: 'choice',
        nats,
        characters: item.choices.map(characters),
        bytes: item.choices.map((choice) => Buffer.byteLength(choice)),
        gold: item.gold,
      };
    }
    if ('text' in item) {
      const sum = nats.reduce((a, b) => a + b, 0);
      return { kind: 'text', nats: sum, bytes: Buffer.byteLength(item.text), words: words(item.text) };
    }
    return { kind: 'continuation', nats: nats[0], greedy: own[0].greedy };
  });
}

const delimiterOf = (set: Likely) => (set.kind === 'choice' ? set.delimiter : '');
