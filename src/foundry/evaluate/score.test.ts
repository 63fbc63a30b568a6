// Scores a set with a model whose probabilities the test sets: the requests and the results.

import { expect, test } from 'vitest';
import type { TextTokenizer } from '../tokenizer/index.ts';
import type { LanguageModel } from './language-model.ts';
import { scoreSet } from './score.ts';
import type { EvaluationSet } from './set.ts';

const END = 0;
/** Ids are code points. */
const tokenizer: TextTokenizer = {
  vocabSize: 0x110000,
  prefixId: END,
  endIds: new Set([END]),
  encode: (text) => Uint32Array.from([...text].map((c) => c.codePointAt(0)!)),
  plainBytes: (id) => Buffer.from(String.fromCodePoint(id)),
  decode: (ids) => String.fromCodePoint(...Array.from(ids)),
  stream: () => ({
    push: (ids) => String.fromCodePoint(...(typeof ids === 'number' ? [ids] : Array.from(ids))),
    end: () => '',
  }),
};

/** A model with nats for each character (default 1), which generates a given text. */
function model(nats: Record<string, number>, writes = '', contextLength = 64) {
  const asked: string[] = [];
  const text = (ids: ArrayLike<number>) => String.fromCodePoint(...Array.from(ids));
  const made: LanguageModel = {
    contextLength,
    async score(requests, onTokens) {
      return requests.map(({ context, continuation }) => {
        asked.push(`${text(context)}|${text(continuation)}`);
        onTokens?.(context.length + continuation.length - 1);
        const each = [...text(continuation)].map((c) => nats[c] ?? 1);
        return { nats: Float64Array.from(each), greedy: each.every((x) => x <= 1) };
      });
    },
    async generate(context, { maxTokens, stop }) {
      asked.push(text(context));
      const ids: number[] = [];
      for (const c of [...writes, '\u0000'].slice(0, maxTokens)) {
        ids.push(c.codePointAt(0)!);
        if (stop(ids.at(-1)!)) break;
      }
      return ids;
    },
    close() {},
  };
  return { made, asked };
}

const common = { name: 't', of: 9, fewshot: 0, digest: '0'.repeat(64), parts: [] as string[] };

test('choices: the delimiter counts for the sum, not for the length', async () => {
  const { made, asked } = model({ ' ': 3, 가: 2, x: 4 });
  const set: EvaluationSet = {
    ...common,
    kind: 'choice',
    metrics: ['acc', 'acc_norm', 'acc_bytes'],
    delimiter: ' ',
    parts: ['p', 'q'],
    items: [
      // " 가가" 3+4 = 7, " x" 3+4 = 7: a tie. By characters 3.5 and 7, by bytes 7/6 and 7.
      { context: 'c ', choices: ['x', '가가'], gold: 1, part: 0 },
      { context: '', choices: ['가', '가 b'], gold: 0, part: 1 },
    ],
  };
  const figures = await scoreSet(set, { tokenizer, model: made });
  // The space at the end of a context moves to the choice: 3 nats more for both.
  expect(asked).toEqual(['\u0000c|  x', '\u0000c|  가가', '\u0000| 가', '\u0000| 가 b']);
  const of = (part: string | undefined) => figures.filter((f) => f.part === part).map((f) => [f.metric, f.value, f.n]);
  expect(of('p')).toEqual([
    ['acc', 0, 1],
    ['acc_norm', 1, 1],
    ['acc_bytes', 1, 1],
  ]);
  // " 가" 5; " 가 b" 9: by characters 5 and 3, by bytes 5/3 and 9/5.
  expect(of('q')).toEqual([
    ['acc', 1, 1],
    ['acc_norm', 0, 1],
    ['acc_bytes', 1, 1],
  ]);
  expect(of(undefined)).toEqual([
    ['acc', 0.5, 2],
    ['acc_norm', 0.5, 2],
    ['acc_bytes', 1, 2],
  ]);
});

test('texts longer than the context: every character once', async () => {
  const { made, asked } = model({ b: 2 }, '', 3);
  const set: EvaluationSet = {
    ...common,
    kind: 'text',
    metrics: ['bits_per_byte', 'word_perplexity'],
    items: [{ text: 'aaab가 b' }, { text: 'a' }],
  };
  const [bits, perplexity] = await scoreSet(set, { tokenizer, model: made });
  expect(asked).toEqual(['\u0000|aaa', 'a|b가 ', 'b가 |b', '\u0000|a']);
  // 3 + 2 + 1 + 1 + 2 + 1 = 10 nats over 9 + 1 bytes and 3 words.
  expect(bits.value).toBeCloseTo(1 / Math.LN2, 14);
  expect(perplexity.value).toBeCloseTo(Math.exp(10 / 3), 10);
});

test('a continuation: its nats, and whether it was the likeliest', async () => {
  const { made } = model({ z: 2 });
  const set: EvaluationSet = {
    ...common,
    kind: 'continuation',
    metrics: ['acc', 'perplexity'],
    items: [
      { context: 'go', continuation: ' on' },
      { context: 'go', continuation: ' zz' },
    ],
  };
  const figures = await scoreSet(set, { tokenizer, model: made });
  expect(figures.map(({ value }) => value)).toEqual([0.5, Math.exp(4)]);
});

test('generation ends at a stop, at the end of the text, or at the limit of tokens', async () => {
  const set = (maxTokens: number): EvaluationSet => ({
    ...common,
    kind: 'generate',
    metrics: ['exact_match', 'contains'],
    stop: ['\n', '끝'],
    maxTokens,
    items: [{ context: '수도는?', answer: '서울' }],
  });
  const run = async (writes: string, maxTokens = 10) => {
    const { made, asked } = model({}, writes);
    const figures = await scoreSet(set(maxTokens), { tokenizer, model: made });
    expect(asked).toEqual(['\u0000수도는?']);
    return figures.map(({ value }) => value);
  };
  expect(await run(' 서울\n부산')).toEqual([1, 1]);
  expect(await run(' 서울끝')).toEqual([1, 1]);
  expect(await run('서울')).toEqual([1, 1]);
  expect(await run('서울시', 3)).toEqual([0, 1]);
  expect(await run('서울시', 2)).toEqual([1, 1]);
  expect(await run('부\n서울')).toEqual([0, 0]);
});

test('an answer to a message: its text, and whether its turn ends as the template ends it', async () => {
  const [USER, ASSISTANT, TURN_END] = ['\u0001', '\u0002', '\u0003'];
  const special = new Set([0, 1, 2, 3]);
  const withSpecials: TextTokenizer = {
    ...tokenizer,
    plainBytes: (id) => (special.has(id) ? undefined : Buffer.from(String.fromCodePoint(id))),
  };
  const template = {
    encode: async (messages: readonly { role: string; content: string }[]) =>
      [...messages.map(({ role, content }) => `${role === 'system' ? '!' : USER}${content}${TURN_END}`), ASSISTANT]
        .join('')
        .split('')
        .map((c) => c.codePointAt(0)!),
    endIds: async () => new Set([TURN_END.codePointAt(0)!]),
  };
  const set = (system?: string): EvaluationSet => ({
    ...common,
    kind: 'chat',
    metrics: ['exact_match', 'contains', 'ends_turn', 'above_baseline'],
    maxTokens: 6,
    items: [{ ...(system && { system }), question: '1+1?', answer: '2', baseline: system ? '2' : '3' }],
  });
  const run = async (writes: string, system?: string) => {
    const { made, asked } = model({}, writes);
    const figures = await scoreSet(set(system), { tokenizer: withSpecials, model: made, template });
    expect(asked).toEqual([`${system ? `!${system}${TURN_END}` : ''}${USER}1+1?${TURN_END}${ASSISTANT}`]);
    return figures.map(({ value }) => value);
  };
  expect(await run(`2${TURN_END}and so on`)).toEqual([1, 1, 1, 1]);
  expect(await run(`2${TURN_END}`, 'Be short.')).toEqual([1, 1, 1, 0]);
  expect(await run(`3${TURN_END}`, 'Be short.')).toEqual([0, 0, 1, -1]);
  // Another special token ends the answer, not its turn; so does the limit of tokens.
  expect(await run(`2${USER}`)).toEqual([1, 1, 0, 1]);
  expect(await run('2')).toEqual([1, 1, 0, 1]);
  expect(await run('it is 2, surely')).toEqual([0, 0, 0, 0]);
  expect(await run(`=2${TURN_END}`)).toEqual([0, 1, 1, 0]);

  const base = scoreSet(set(), { tokenizer: withSpecials, model: model({}).made });
  await expect(base).rejects.toMatchObject({ code: 'not-tuned' });
  const small = scoreSet(set(), { tokenizer: withSpecials, model: model({}, '', 7).made, template });
  await expect(small).rejects.toMatchObject({ code: 'task-too-long', input: 't: item 1' });
});

test('a choice that does not fit the model is refused; progress ends at 1', async () => {
  const { made } = model({}, '', 4);
  const set = (choices: string[]): EvaluationSet => ({
    ...common,
    kind: 'choice',
    metrics: ['acc'],
    delimiter: ' ',
    items: [{ context: 'abcdefgh', choices, gold: 0 }],
  });
  await expect(scoreSet(set(['a', 'long']), { tokenizer, model: made })).rejects.toMatchObject({
    code: 'task-too-long',
    input: 't: item 1',
  });
  const fractions: number[] = [];
  let tokens = 0;
  await scoreSet(set(['abc', 'b']), {
    tokenizer,
    model: made,
    onProgress: (progress) => {
      fractions.push(progress.fraction);
      tokens += progress.tokens;
    },
  });
  expect(fractions.at(-1)).toBe(1);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(tokens).toBe(8);
});
