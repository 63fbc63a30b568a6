// A text replayed in one pass: the generator's own texts hold, whatever the options; of every other text the first foreign token is found. The
// independent source is a naive generator: one position at a time, no scheduler, no pages of others.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { openModel } from '../load/index.ts';
import { openDecoder, pagesOf } from '../model/index.ts';
import { Generator } from '../model/testing/generator.ts';
import { compileSchema, JsonMask, JsonReader, MaskTokens } from './json/index.ts';
import { byteTokenizer, writeModel } from './testing/chat.ts';
import { type ContinueOptions, type EndReason, TextModel } from './text-model.ts';

const CONTEXT = 120;
const TEXTS = process.env.JIKJI_TORTURE ? 2000 : 60;

const folder = temporaryFolder();
let models: TextModel[];
beforeAll(() => {
  writeModel(join(folder, 'base'), CONTEXT);
  writeModel(join(folder, 'endless'), CONTEXT, { endless: true });
  models = ['base', 'endless'].map((name) => TextModel.open(join(folder, name), { threads: 1, texts: 4 }));
});
afterAll(() => {
  for (const model of models) model.close();
});

/** A text as a server makes it: all of its ids, and how it ended. */
async function generated(model: TextModel, ids: number[], options: ContinueOptions) {
  const pieces = model.pieces(ids, options);
  const made = { ids: [] as number[], text: '', ended: 'stopped' as EndReason };
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return { ...made, ids: [...made.ids, ...value.hidden], ended: value.ended };
    made.ids.push(...value.tokenIds);
    made.text += value.text;
  }
}

const schema = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { enum: ['x', 'yy'] } },
  required: ['a', 'b'],
};

/** New options with the same meaning at each call: a mask is for one text. */
function randomOptions(random: () => number): () => ContinueOptions {
  const of = <T>(...some: T[]): T => some[Math.floor(random() * some.length)]!;
  const isJson = random() < 0.25;
  const common = {
    ...{ temperature: of(0, 0.8, 1, 2), topK: of(0, 5), topP: of(1, 0.9), minP: of(0, 0.05) },
    seed: Math.floor(random() * 2 ** 47),
    maxTokens: of(1, 7, 30, 500),
    full: 'end' as const,
    penalties: { presence: of(0, 0.5), frequency: of(0, 0.7), repetition: of(1, 1.3) },
    logitBias: new Map(
      of<[number, number][]>(
        [],
        [
          [65, 5],
          [66, -100],
        ],
      ),
    ),
    stop: of<string[]>([], ['e'], ['ab', 'z', '\u0001']),
    // Letters that the schema needs would leave it no way on.
    ends: new Set(isJson ? [] : of<number[]>([], [97, 98, 99])),
  };
  const { tokenizer } = models[0].model;
  const reader = new JsonReader(compileSchema(schema), new MaskTokens(byteTokenizer()));
  return () => ({
    ...common,
    ...(isJson && { mask: new JsonMask(reader, tokenizer, new Set([...tokenizer.endIds, ...common.ends])) }),
  });
}

test(`${TEXTS} texts of all options: each holds; no altered, cut or lengthened one does`, async () => {
  const seed = Number(process.env.JIKJI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = randomNumbers(seed);
  const below = (n: number) => Math.floor(random() * n);
  const ends = new Set<EndReason>();
  for (let i = 0; i < TEXTS; i++) {
    const model = models[i % 2];
    const prompt = [256, ...Array.from({ length: 1 + below(60) }, () => below(256))];
    const options = randomOptions(random);
    const made = await generated(model, prompt, options());
    ends.add(made.ended);
    const replayed = (given: readonly number[], mayGoOn = false) => model.replay(prompt, { given, mayGoOn }, options());
    const about = `seed ${seed}, text ${i}`;
    expect(await replayed(made.ids), about).toEqual({ difference: undefined, ending: made.ended, text: made.text });
    expect(await model.firstTokens(prompt, made.ids.length + 5, options()), about).toEqual(made.ids);
    const { length } = made.ids;
    if (length > 0) {
      const at = below(length);
      const other = made.ids.with(at, (made.ids[at] + 1 + below(200)) % 256);
      expect((await replayed(other)).difference, about).toEqual({ at, given: other[at], chosen: made.ids[at] });
      const cut = made.ids.slice(0, at);
      expect((await replayed(cut)).difference, about).toEqual({ at, given: undefined, chosen: made.ids[at] });
      // What was broken off may go on, and nothing is asked of what follows.
      expect(await replayed(cut, true), about).toMatchObject({ difference: undefined, ending: undefined });
      expect(await model.firstTokens(prompt, at, options()), about).toEqual(cut);
    }
    const longer = [...made.ids, 65, 66];
    const { difference } = await replayed(longer);
    expect(difference, about).toEqual({ at: length, given: 65, chosen: undefined });
  }
  expect([...ends].sort()).toEqual(['end', 'full', 'length', 'stop']);
});

test('what a naive generator finds the likeliest is what replays', async () => {
  const model = openModel(join(folder, 'base'));
  const size = { rows: 16, context: CONTEXT, pages: pagesOf(CONTEXT), logits: 1 };
  const naive = new Generator(openDecoder(model.config, size, { threads: 1 }, model));
  try {
    const prompt = [256, 72, 101, 108];
    const given: number[] = [];
    for (let next: ArrayLike<number> = prompt; given.length < 40; next = given.slice(-1)) {
      const logits = naive.feed(next);
      given.push(logits.indexOf(Math.max(...logits)));
    }
    const options = { temperature: 0, topK: 0, topP: 1, seed: 0, full: 'end' as const, maxTokens: 40 };
    const end = given.findIndex((id) => model.tokenizer.endIds.has(id));
    const own = end < 0 ? given : given.slice(0, end);
    const { difference, ending } = await models[0].replay(prompt, { given: own, mayGoOn: false }, options);
    expect([difference, ending]).toEqual([undefined, end < 0 ? 'length' : 'end']);
  } finally {
    naive.close();
    model.close();
  }
});
