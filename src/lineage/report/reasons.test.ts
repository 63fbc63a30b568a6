// Reasons in Korean: every sentence that the code can write is known, each keeps its values, and what others wrote stays as it is.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lineageHtml } from './index.ts';
import { koreanPart, koreanReason, REASONS } from './reasons.ts';
import { lineageOf } from './testing/lineages.ts';

const FLOOR = join(import.meta.dirname, '..');
const sources = globSync('{anatomy,comparison}/**/*.ts', { cwd: FLOOR, exclude: (name) => name.endsWith('.test.ts') })
  .map((file) => readFileSync(join(FLOOR, file), 'utf8'))
  .join('\n');

/** A sentence with the numbers 3, 5, 7 for its values, and its longest piece without a value. */
const told = Object.entries(REASONS).map(([name, one]) => {
  const give = one as (...given: string[]) => { en: string; ko: string };
  const { en, ko } = typeof one === 'function' ? give('3', '5', '7') : one;
  const marked = typeof one === 'function' ? give('\u0000', '\u0000', '\u0000').en : one.en;
  const piece = marked.split(/\u0000| \(/).toSorted((a, b) => b.length - a.length)[0]!;
  return { name, en, ko, piece };
});

test('each sentence of the table stands in the code that writes it', () => {
  for (const { name, piece } of told) expect([name, sources.includes(piece.trim())]).toEqual([name, true]);
});

test('each is found again by its English, with its values', () => {
  for (const { en, ko } of told) expect(koreanReason(en)).toBe(ko);
  expect(koreanReason('q_proj has the shape [3, 4], not [any, 4]')).toBe(
    '텐서의 모양이 다릅니다(q_proj). 모양: [3, 4], 있어야 할 모양: [any, 4]',
  );
});

test('what nobody of us wrote has no Korean, soon', () => {
  for (const text of [
    '',
    'made up',
    'its rows are tokens',
    ' of '.repeat(250),
    'x has the shape ['.repeat(60),
    'x'.repeat(1e6),
  ])
    expect(koreanReason(text)).toBeUndefined();
  for (const text of ['', 'model.layers.*.odd', 'constructor', 'language: made up'])
    expect(koreanPart(text)).toBeUndefined();
});

test('parts with their layers', () => {
  expect(koreanPart('output head')).toBe('출력 헤드');
  expect(koreanPart('language: units of MLPs of layers 0 to 5 and 9')).toBe('언어 모델: MLP 유닛 (층 0–5, 9)');
  expect(koreanPart('vision: input embedding')).toBe('시각 인코더: 입력 임베딩');
});

test('the Korean page says them in Korean, and marks what others wrote as English', async () => {
  const result = lineageOf('independent');
  result.references[0]!.untested = [
    { model: 'reference', part: 'output head', why: REASONS.headTokens.en },
    { model: 'reference', part: 'model.odd', why: 'somebody wrote this sentence here' },
  ];
  result.references[0]!.groups[0]!.untested = [REASONS.labelsOfOthers('2', '8').en];
  const page = await lineageHtml(result, 'ko');
  expect(page).toContain('출력 헤드');
  expect(page).toContain(REASONS.headTokens.ko);
  expect(page).toContain(REASONS.labelsOfOthers('2', '8').ko);
  expect(page).not.toContain(REASONS.headTokens.en);
  expect(page).toContain('<bdi lang="en">somebody wrote this sentence here</bdi>');
  expect(await lineageHtml(result, 'en')).toContain(REASONS.headTokens.en);
});
