// The lines for a terminal: what they claim, their width, and that no text of a model reaches the terminal as it is.

import { expect, test } from 'vitest';
import { textWidth } from '../../base/index.ts';
import type { Lineage } from '../lineage.ts';
import { lineageLines } from './terminal.ts';
import { lineageOf } from './testing/lineages.ts';

const lines = (result: Lineage, width = 100) =>
  lineageLines(result, { width, style: (_, text) => text, jikji: 'jikji' });
const text = (result: Lineage) => lines(result, 10_000).join('\n');

test.each([
  ['same', /^= IDENTICAL {2}their-model and known-same$/],
  ['noise', /^= SHARES WEIGHTS {2}their-model and known-noise$/],
  ['independent', /^– NO EVIDENCE {2}their-model and known-independent$/],
  ['zero', /^\? NOT TESTABLE {2}their-model and known-zero$/],
] as const)('begin with the verdict: %s', (relation, first) => {
  expect(lines(lineageOf(relation))[0]).toMatch(first);
});

test('say of each part what was seen, its chance and its strength', () => {
  const found = text(lineageOf('noise'));
  expect(found).toMatch(
    /^ {2}= MLP units +SHARES WEIGHTS: (\d+) of \1 matched units stand in the same place; by chance at most 1 in 10\^\d+; strength 0\.7\d$/m,
  );
  expect(found).toContain('A shared initialisation: two models that began with the same random numbers');
  // 2^-289 for each of six tests, of the first of three parts. Of 384 matches those whose units look alike in both models count once.
  expect(text(lineageOf('shuffled'))).toMatch(
    /MLP units +SHARES WEIGHTS: (\d+) of \1 matched units agree in their sign \(aligned by shared tokens\); by chance at most 1 in 10\^85; strength -?0\.0\d \(says nothing: the units stand in other places\)/,
  );
  expect(text(lineageOf('rotated'))).toMatch(/MLP units .* in the same place \(aligned by shared tokens\); by chance/);
});

test('an embedding alone says nothing of layers', () => {
  const found = text(lineageOf('embedding'));
  expect(found).toMatch(/In 1 of 3 tested parts .*: basis \(embedding\)\./);
  expect(found).toContain('says nothing of the layers');
  expect(found).toMatch(/MLP units +NO EVIDENCE/);
});

test('identical only where every part is that was tested', () => {
  const result = lineageOf('same');
  result.references[0]!.groups[0]!.verdict = 'none';
  result.references[0]!.groups[0]!.equality = undefined;
  expect(lines(result)[0]).toMatch(/^= SHARES WEIGHTS/);
  result.references[0]!.groups[0]!.verdict = 'untestable';
  expect(lines(result)[0]).toMatch(/^= IDENTICAL/);
});

test.each(['same', 'noise', 'independent', 'zero'] as const)('the limits stand below every verdict: %s', (relation) => {
  const found = text(lineageOf(relation));
  expect(found).toContain('not who took from whom');
  expect(found).toContain('only if the reference was fixed before its makers could see the examined model');
  expect(found).toContain('No date was established. The comparison itself establishes none');
  expect(found).toContain('Not found are copies whose units were shuffled and their signs flipped');
});

test('no evidence says what a copy would have shown, and where even a copy shows nothing', () => {
  const result = lineageOf('independent');
  expect(text(result)).toMatch(
    /MLP units: a copy under noise as large as its weights has 384 of 384 in place; under three times that, \d+ of \d+\./,
  );
  const [units] = result.references[0]!.groups.filter(({ kind }) => kind === 'units');
  // Eight experts in one layer: 1/8! is above 1e-9.
  units!.controls = [{ name: 'noise', inPlace: 8, matches: 8, signs: undefined }];
  Object.assign(units!, { blocks: 1, independent: 1 });
  expect(text(result)).toContain('MLP units: too few units for a verdict');
});

test('a given challenge, a sketch and kinship are called what they are', () => {
  const result = lineageOf('noise');
  expect(text(result)).toContain('drawn by the program in this comparison');
  result.challengeGiven = true;
  expect(text(result)).toContain('who chose it, and when, is not known here');
  const [reference] = result.references;
  reference!.kinship = 'same-seed';
  expect(text(result)).toContain(
    'random numbers of one seed. It is the makers’ signed word, and was not audited here.',
  );
  expect(text(result)).toContain('it is enough to explain this');
  reference!.kinship = 'parent-elsewhere';
  expect(text(result)).toContain('A shared initialisation: two models');
  reference!.bySketch = true;
  reference!.model.sketched = true;
  expect(text(result)).toContain('drawn by the key of a sketch');
  expect(text(result)).toContain('the digest is the word of whoever made the sketch');
});

test('parts that only one model has are named', () => {
  const result = lineageOf('independent');
  result.suspect.towers.push({ name: 'vision', hiddenSize: 64, layers: 4 });
  expect(text(result)).toMatch(/not tested +suspect: vision tower: the other model has no such tower/);
  result.references[0]!.groups = [];
  expect(lines(result)[0]).toMatch(/^\? NOT TESTABLE/);
  expect(text(result)).toContain('There is no part that both models have.');
});

test('the command repeats the same comparison', () => {
  const result = lineageOf('noise', 'independent');
  const command = () => lines(result).find((line) => line.includes('jikji lineage'))!;
  expect(command()).toBe(
    `    jikji lineage SUSPECT --against REFERENCE-1 REFERENCE-2 --rows 256 --alpha 1e-9 --challenge ${'5f'.repeat(32)}`,
  );
  Object.assign(result, { rows: Number.MAX_SAFE_INTEGER, tried: 30, challenge: '; rm -rf /' });
  expect(command()).toBe(
    '    jikji lineage SUSPECT --against REFERENCE-1 REFERENCE-2 --rows all --alpha 1e-9 --tried 30',
  );
});

test.each([40, 57, 72, 80, 133])('fit a terminal of %i columns', (width) => {
  const result = lineageOf('noise', 'independent', 'embedding');
  result.suspect.name = '가나다라 마바사 '.repeat(9);
  result.references[0]!.model.name = 'long-'.repeat(30);
  for (const line of lines(result, width))
    if (!line.includes('jikji lineage')) expect(textWidth(line)).toBeLessThanOrEqual(width);
});

test('let no control character through, and stay few', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\r\n\u202eabc\u009b31m';
  const result = lineageOf('independent');
  const [reference] = result.references;
  for (const model of [result.suspect, reference!.model]) Object.assign(model, { name: evil, family: evil });
  for (const group of reference!.groups) group.untested = [evil];
  reference!.untested = Array.from({ length: 10_000 }, () => ({ model: 'suspect', part: evil, why: evil }));
  expect(lines(result).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(lines(result).length).toBeLessThan(120);
  const one = { ...reference!, untested: reference!.untested.slice(0, 1000) };
  expect(lines({ ...result, references: Array.from({ length: 500 }, () => one) }).length).toBeLessThan(3000);
});
