// What a model generates for the items of a set: the likeliest continuation of a text, or its answer to a message.

import { JikjiError } from '../../base/index.ts';
import type { Message } from '../conversation/index.ts';
import type { Outcome } from './metrics.ts';
import { promptIds } from './requests.ts';
import { judgeApart } from './sandbox.ts';
import type { ScoreOptions } from './score-options.ts';
import type { EvaluationSet } from './set.ts';

type Of<Kind extends EvaluationSet['kind']> = Extract<EvaluationSet, { kind: Kind }>;

/** Continues each context until a stop string, or the end of the text. */
export async function continuations(set: Of<'generate'>, options: ScoreOptions): Promise<Outcome[]> {
  const { tokenizer, model, onProgress, signal } = options;
  const outcomes: Outcome[] = [];
  const maxTokens = Math.min(set.maxTokens, model.contextLength - 1);
  for (const [i, { context, answer }] of set.items.entries()) {
    signal?.throwIfAborted();
    const prompt = promptIds(tokenizer, context, model.contextLength, maxTokens);
    const stream = tokenizer.stream();
    let text = '';
    const ids = await model.generate(prompt, {
      maxTokens,
      stop: (id) => {
        if (tokenizer.endIds.has(id)) return true;
        text += stream.push(id);
        return set.stop.some((end) => text.includes(end));
      },
    });
    text += stream.end();
    const ends = set.stop.map((end) => text.indexOf(end)).filter((at) => at >= 0);
    outcomes.push({ kind: 'generate', text: text.slice(0, Math.min(text.length, ...ends)), answer });
    onProgress?.({ fraction: (i + 1) / set.items.length, tokens: prompt.length + ids.length });
  }
  return outcomes;
}

/**
 * Asks each question in the form of the model's chat template. An answer ends its turn where the token comes that the template puts after
 * an answer, and no other special token before it.
 * @throws JikjiError `not-tuned` where the model has none, `task-too-long`
 */
export async function answers(set: Of<'chat'>, options: ScoreOptions): Promise<Outcome[]> {
  const { tokenizer, model, template, onProgress, signal } = options;
  if (!template) {
    const hint = 'leave this task out: the model continues texts, it does not answer';
    throw new JikjiError('not-tuned', 'the model has no chat template', set.name, hint);
  }
  const turnEnds = await template.endIds();
  const outcomes: Extract<Outcome, { kind: 'generate' }>[] = [];
  for (const [i, { system, question, answer, baseline }] of set.items.entries()) {
    signal?.throwIfAborted();
    const messages: Message[] = [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: question },
    ];
    const prompt = await template.encode(messages);
    const room = model.contextLength - prompt.length;
    if (room < 1) {
      throw new JikjiError(
        'task-too-long',
        `a question of ${prompt.length} tokens leaves no room in the model's ${model.contextLength}`,
        `${set.name}: item ${i + 1}`,
        'leave this task out for this model',
      );
    }
    const stream = tokenizer.stream();
    let text = '';
    let last = -1;
    const ids = await model.generate(prompt, {
      maxTokens: Math.min(set.maxTokens, room),
      stop: (id) => {
        last = id;
        // Any special token ends the answer; only the right one ends its turn.
        if (turnEnds.has(id) || tokenizer.plainBytes(id) === undefined) return true;
        text += stream.push(id);
        return false;
      },
    });
    text += stream.end();
    const beside = baseline === undefined ? {} : { baseline };
    outcomes.push({ kind: 'generate', text, answer, ...beside, endsTurn: turnEnds.has(last) });
    onProgress?.({ fraction: (i + 1) / set.items.length, tokens: prompt.length + ids.length });
  }
  if (!set.judging) return outcomes;
  const verdicts = await judgeApart(
    set.judging,
    outcomes.map(({ text }) => text),
  );
  return outcomes.map((one, i) => ({ ...one, verdicts: verdicts[i] }));
}
