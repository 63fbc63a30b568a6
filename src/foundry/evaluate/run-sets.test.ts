// A run's own sets, over held-out text written here.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { addWrongAnswers, clozeItems, definitionItems } from './choice-items.ts';
import { RUN_TASKS, runSet } from './run-sets.ts';
import type { ChoiceItem } from './set.ts';

const run = temporaryFolder();
mkdirSync(join(run, 'corpus'));

const LAST = 'river winter school window garden letter summer market forest island'.split(' ');
const ENDS = '갔습니다 먹었습니다 보았습니다 읽었습니다 잤습니다 걸었습니다 웃었습니다 울었습니다'.split(' ');
const english = Array.from(
  { length: 30 },
  (_, i) => `Number ${i}, they went to see the old ${LAST[i % 10]}. Short one.`,
);
const korean = Array.from({ length: 30 }, (_, i) => `그 사람은 ${i} 번째 날에 작은 마을에서 ${ENDS[i % 8]}.`);
const wordnet = Array.from(
  { length: 30 },
  (_, i) => `word${i}, other${i}: the ${LAST[i % 10]} that is number ${i + 10}; "an example"`,
);

const name = (i: number) => `source-0${i}.validation.jsonl`;
function write(documents: string[][], change: (manifest: { sources: Record<string, unknown>[] }) => void = () => {}) {
  documents.forEach((list, i) => {
    writeFileSync(join(run, 'corpus', name(i)), list.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  });
  const sha256 = '0'.repeat(64);
  const counts = { train: 0, validation: 0 };
  const file = (name: string) => ({ name, bytes: 0, sha256 });
  const sources = [
    ['text', 'en-GB'],
    ['markdown', 'ko'],
    ['wordnet', 'en'],
  ].map(([read, language], i) => ({
    origin: {
      ...(i === 0 ? { npm: 'x@1.0.0', integrity: '', path: [] } : { files: ['a', 'b'] }),
      fileCount: 1,
      list: file('list'),
    },
    read,
    field: null,
    script: null,
    language,
    licence: 'unknown',
    weight: 1,
    counts: { ...counts, read: 0, kept: 0, dropped: {} },
    cuts: 0,
    bytes: counts,
    files: { train: file(`source-0${i}.train.jsonl`), validation: file(name(i)) },
    slice: null,
  }));
  const manifest = {
    formatVersion: 2,
    validation: 0.1,
    longestDocument: 1 << 20,
    sources,
    corpusRoot: sha256,
    documents: counts,
    bytes: counts,
    licenceSummary: [],
  };
  change(manifest);
  writeFileSync(join(run, 'corpus', 'manifest.json'), JSON.stringify(manifest));
}

test('held-out text: documents by source', async () => {
  write([english, korean, wordnet]);
  const set = (await runSet(run, 'held-out'))!;
  expect(set).toMatchObject({
    kind: 'text',
    of: 90,
    parts: ['1 x@1.0.0', '2 a, b', '3 a, b'],
    metrics: ['bits_per_byte'],
  });
  expect(set.items[31]).toEqual({ text: korean[1], part: 1 });
  expect(await runSet(run, 'held-out', 4)).toMatchObject({ of: 90, items: { length: 4 }, digest: set.digest });
});

test('a long source is measured at its beginning', async () => {
  const long = Array.from({ length: 5 }, (_, i) => `${i}${'x'.repeat(100_000)}`);
  write([long, korean, wordnet]);
  expect((await runSet(run, 'held-out'))!.of).toBe(2 + 60);
});

test('cloze: the last word among words of similar length from other documents', async () => {
  write([english, korean, wordnet]);
  const en = (await runSet(run, 'cloze-en'))!.items as ChoiceItem[];
  expect(en).toHaveLength(30);
  for (const [i, { context, choices, gold }] of en.entries()) {
    expect(context).toBe(`Number ${i}, they went to see the old`);
    expect(choices[gold]).toBe(LAST[i % 10]);
    expect(new Set(choices).size).toBe(4);
    for (const choice of choices) expect(LAST).toContain(choice);
  }
  const ko = (await runSet(run, 'cloze-ko'))!.items as ChoiceItem[];
  expect(ko[3]).toMatchObject({ context: '그 사람은 3 번째 날에 작은 마을에서' });
  expect(ko[3].choices[ko[3].gold]).toBe('읽었습니다');
  // The right answer occurs at every position.
  for (const items of [en, ko]) expect(new Set(items.map(({ gold }) => gold)).size).toBe(4);
});

test('definitions: a synset and four definitions', async () => {
  const items = (await runSet(run, 'definitions'))!.items as ChoiceItem[];
  expect(items[4].context).toBe('word4, other4:');
  expect(items[4].choices[items[4].gold]).toBe('the garden that is number 14');
});

test('lines that are not sentences, and choices like the answer, are left out', async () => {
  const filler = Array.from({ length: 20 }, (_, i) => `This is what they said on day ${i} about ${LAST[i % 10]}.`);
  const odd = [
    'Too short, this river.',
    'With `code` in it there is no such river.',
    'It ends in a number, as you see: 1234.',
    'No end to this line of many words',
  ];
  expect(clozeItems([...odd, ...filler], 'en').every(({ context }) => context.startsWith('This is what'))).toBe(true);
  expect(clozeItems([...filler, ...filler], 'en')).toHaveLength(20);
  const same = Array.from({ length: 8 }, (_, i) => `w${i}, shared: a definition that is number ${i}`);
  expect(definitionItems(same)).toEqual([]); // all of them are also called `shared`
});

test('wrong answers are the nearest in length, and do not depend on other questions', async () => {
  const open = Array.from({ length: 60 }, (_, i) => ({ context: `c${i}`, answer: 'x'.repeat(i + 1), document: i }));
  const items = addWrongAnswers(open);
  expect(items).toEqual(addWrongAnswers(open));
  const lengths = items[30].choices.map((choice) => choice.length).sort((a, b) => a - b);
  expect(lengths).toContain(31);
  expect(Math.max(...lengths) - Math.min(...lengths)).toBe(3);
  expect(addWrongAnswers(open.slice(0, 3))).toEqual([]);
  expect(addWrongAnswers(open.map((one) => ({ ...one, document: 0 })))).toEqual([]);
});

test('digests follow the text, the order is fixed, and too little text gives no set', async () => {
  write([english, korean, wordnet]);
  const digests = () => Promise.all(RUN_TASKS.map(async (task) => (await runSet(run, task))!.digest));
  const are = () => Promise.all(RUN_TASKS.map(async (task) => (await runSet(run, task)) !== undefined));
  const before = await digests();
  expect(new Set(before).size).toBe(4);
  write([english, [...korean, '더.'], wordnet]);
  expect((await digests()).map((digest, i) => digest === before[i])).toEqual([false, true, false, true]);
  write([english.slice(0, 5), korean, wordnet]);
  expect(await are()).toEqual([true, false, true, true]);
  write([english.slice(0, 5), korean.slice(0, 5), []]);
  expect(await are()).toEqual([true, false, false, false]);
});

test('a manifest that others have changed', async () => {
  const damaged = expect.objectContaining({ code: 'run-damaged' });
  for (const change of [
    (m: { sources: Record<string, unknown>[] }) => Object.assign(m, { sources: 3 }),
    (m: { sources: Record<string, unknown>[] }) =>
      Object.assign(m.sources[0], { files: { validation: { name: '../../x.jsonl' } } }),
    (m: { sources: Record<string, unknown>[] }) => Object.assign(m.sources[0], { origin: null }),
  ]) {
    write([english, korean, wordnet], change);
    await expect(runSet(run, 'held-out')).rejects.toThrow(damaged);
  }
  writeFileSync(join(run, 'corpus', 'manifest.json'), '{');
  await expect(runSet(run, 'held-out')).rejects.toThrow(damaged);
});
