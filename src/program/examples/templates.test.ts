// Templates: each passes the checks once its marked values are chosen, and what Korea published is what the record cites.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Citation, parseRuleBook, problemsOf, type RuleBook, requireChosen } from '../rules/index.ts';
import { ruleBookTemplate, ruleBookTemplates, TEMPLATES } from './index.ts';

/** A choice for each marked value, by the end of its line's key. */
const CHOICES: Record<string, string> = {
  leadCountries: '[KR]',
  roles: '[]',
  minimumMembers: '1',
  holds: 'true',
  makerKey: 'true',
  lodged: 'false',
  average: 'trimmed-mean',
  criteria: '[{ id: all, title: { en: All }, points: 35 }]',
  minimumPerPair: '3',
  floor: '0',
  ceiling: '1',
  decimals: '1',
  kept: '4',
  tieBreak: '[benchmark, users, equal]',
  references: '[]',
  scores: 'at-close',
  forms: 'at-close',
  judgements: 'at-close',
  audits: 'at-once',
  weights: 'never',
  bundleBytes: '1000',
  trainingFlops: '1.0e+15',
  parameters: '1000',
  steps: '1000',
  auditSeconds: '10',
  evalSeconds: '10',
};
const chosen = (text: string): string =>
  text.replace(/(\w+): (\[CHOOSE\]|CHOOSE)/g, (_, key: string) => `${key}: ${CHOICES[key]}`);

test('all files of the folder are templates', () => {
  const files = readdirSync(new URL('../../../programs/templates/', import.meta.url));
  expect(files.sort()).toEqual(TEMPLATES.map((name) => `${name}.yaml`).sort());
});

test.each(TEMPLATES)('%s: only its marked values are in the way', (name) => {
  const { text, choices, title } = ruleBookTemplate(name);
  const { problems } = problemsOf(text);
  expect(problems.map(({ code }) => code)).toEqual(new Array(choices).fill('rule-book-choose'));
  expect(choices).toBeGreaterThan(0);
  expect(() => requireChosen(text, { file: name })).toThrow(/still to be chosen/);
  expect(problemsOf(chosen(text)).problems).toEqual([]);
  expect(parseRuleBook(chosen(text), { file: name }).name).toBe(name);
  expect(title.ko).toMatch(/[가-힣]/);
});

const published = (book: RuleBook): Citation[] => [
  ...(book.published ?? []),
  ...(book.originality.published ?? []),
  ...(book.target?.published ?? []),
];

test('the template of Korea has the citations, points and words of the record, and no rule beyond it that is not marked', () => {
  const read = (path: string) => readFileSync(new URL(`../../../programs/${path}`, import.meta.url), 'utf8');
  const record = parseRuleBook(read('korea-2025/stage-1.yaml'), { file: 'record' });
  const template = parseRuleBook(chosen(read('templates/korea-2026.yaml')), { file: 'template' });
  expect(published(template)).toEqual(published(record));
  const pointsOf = (book: RuleBook) =>
    book.blocks.map(({ id, title, points, source }) => ({
      id,
      title,
      points,
      parts: source.kind === 'parts' ? source.parts : null,
    }));
  expect(pointsOf(template)).toEqual(pointsOf(record));
  const { veto, components, excludes } = record.originality;
  expect(template.originality).toMatchObject({ veto, components, excludes });
  expect(template.target).toMatchObject({ share: record.target!.share, months: record.target!.months });
  // What the record does not know is marked in the template.
  const unknown = (['eligibility', 'rounding', 'kept', 'publication', 'limits'] as const).filter(
    (key) => record[key] === null,
  );
  expect(unknown).toEqual(['eligibility', 'rounding', 'kept', 'publication', 'limits']);
  const marked = new Set(problemsOf(read('templates/korea-2026.yaml')).problems.map(({ path }) => path![0]));
  for (const key of [...unknown, 'tieBreak']) expect(marked).toContain(key);
  // Ten experts and 49 users were published; how they count was not.
  const [, experts, users] = template.blocks;
  expect(experts!.source).toMatchObject({ kind: 'forms', experts: 10 });
  expect(users!.source).toMatchObject({ kind: 'judgements', users: 49 });
});

test('all templates together', () => {
  expect(ruleBookTemplates().map(({ id }) => id)).toEqual([...TEMPLATES]);
});
