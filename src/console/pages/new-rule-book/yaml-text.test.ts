// Changes by the form leave the rest of the text as somebody wrote it.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHOOSE, valueAt, valuesOf, withItem, withMoved, withValue } from './yaml-text.ts';

const PROGRAMS = new URL('../../../../programs/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, PROGRAMS), 'utf8');
const templates = readdirSync(new URL('templates/', PROGRAMS)).map((name) => `templates/${name}`);
const valuesIn = (text: string): unknown => (valuesOf(text) as { values: unknown }).values;

/** The lines that differ, of texts with equally many. */
function differing(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  expect(b.length).toBe(a.length);
  return b.filter((line, i) => line !== a[i]);
}

test.each([...templates, 'practice/stage-1.yaml', 'korea-2025/stage-1.yaml'])(
  '%s: one value changes one line',
  (name) => {
    const text = read(name);
    const changed = withValue(text, ['version'], 17);
    expect(differing(text, changed).filter((line) => !line.includes('trainingFlops'))).toEqual(['version: 17']);
    expect(valuesIn(changed)).toEqual({ ...(valuesIn(text) as object), version: 17 });
    // And back: the text as it was.
    const version = valueAt(valuesIn(text), ['version']);
    expect(withValue(changed, ['version'], version)).toBe(withValue(text, ['version'], version));
  },
);

test('every comment stays when every value that is to be chosen is chosen', () => {
  const text = read('templates/korea-2026.yaml');
  const comments = text.split('\n').filter((line) => line.trim().startsWith('#'));
  let changed = text;
  changed = withValue(changed, ['kept'], 4);
  changed = withValue(changed, ['eligibility', 'leadCountries'], ['KR']);
  changed = withValue(changed, ['blocks', 1, 'forms', 'criteria'], [{ id: 'all', title: { en: 'All' }, points: 35 }]);
  changed = withValue(changed, ['tieBreak'], ['benchmark', 'equal']);
  changed = withValue(changed, ['rounding', 'decimals'], 1);
  expect(changed.split('\n').filter((line) => line.trim().startsWith('#'))).toEqual(comments);
  expect(changed).toContain('kept: 4\n');
  expect(changed).toContain('leadCountries: [ KR ]');
  expect(changed).toContain('tieBreak: [ benchmark, equal ]');
  expect(changed.indexOf('kept:')).toBeLessThan(changed.indexOf('tieBreak:'));
});

test('a comment behind a value stays behind the next one', () => {
  expect(withValue('kept: 2 # as agreed\nversion: 1\n', ['kept'], 3)).toBe('kept: 3 # as agreed\nversion: 1\n');
  expect(withValue('roles: CHOOSE # by the call\n', ['roles'], ['chip'])).toContain('# by the call');
});

test('keys on the way are made, and nothing is lost where a value stood in it', () => {
  expect(valuesIn(withValue('a: 1\n', ['b', 'c'], 2))).toEqual({ a: 1, b: { c: 2 } });
  expect(valuesIn(withValue('a: CHOOSE\n', ['a', 0, 'id'], 'x'))).toEqual({ a: [{ id: 'x' }] });
  expect(valuesIn(withValue('', ['name'], 'x'))).toEqual({ name: 'x' });
  expect(valuesIn(withValue('a: 1\nb: 2\n', ['a'], undefined))).toEqual({ b: 2 });
  expect(valuesIn(withValue('a: 1\n', ['no', 'such'], undefined))).toEqual({ a: 1 });
});

test('items are added, moved and removed; comments above them go with them', () => {
  const text = 'list:\n  # the first\n  - { id: a }\n  # the second\n  - { id: b }\n';
  expect(withMoved(text, ['list'], 1, 0)).toBe('list:\n  # the second\n  - { id: b }\n  # the first\n  - { id: a }\n');
  expect(withMoved(text, ['list'], 0, 5)).toBe(withMoved(text, ['list'], 0, 0));
  expect(valuesIn(withItem(text, ['list'], { id: 'c' }))).toEqual({ list: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] });
  expect(valuesIn(withItem('list: CHOOSE\n', ['list'], 1))).toEqual({ list: [1] });
  expect(withValue(text, ['list', 0], undefined)).not.toContain('the first');
});

test('numbers and texts are written as what they are', () => {
  expect(withValue('limits:\n  trainingFlops: 1.0e+14\n', ['limits', 'trainingFlops'], 5000)).toContain(
    'trainingFlops: 5000',
  );
  for (const value of ['true', '12', 'a: b', '# no comment', '*', 'null', ' x', 'ㄱ', "it's", '"', '- a'])
    expect(valuesIn(withValue('name: x\n', ['name'], value))).toEqual({ name: value });
  expect(valuesIn(withValue(`kept: ${CHOOSE}\n`, ['kept'], 2))).toEqual({ kept: 2 });
});

test('a text that cannot be read stays, and says its line', () => {
  const broken = 'name: a\nblocks: [1, 2\nkept: 3\n';
  expect(valuesOf(broken)).toMatchObject({ line: expect.any(Number) });
  expect(withValue(broken, ['kept'], 4)).toBe(broken);
  expect(withItem(broken, ['blocks'], 4)).toBe(broken);
  // Aliases are not expanded.
  const bomb = `a: &a [1,2,3,4,5,6,7,8,9]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
  expect(valuesOf(bomb)).toEqual({ line: 1 });
});
