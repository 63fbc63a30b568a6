// Ids that are proposed for new things.

import { expect, test } from 'vitest';
import { proposedId } from './proposed-id.ts';

test.each([
  ['Han Models', 'han-models'],
  ['  SK Telecom Co., Ltd. ', 'sk-telecom-co-ltd'],
  ['Électricité & Søn', 'electricite-s-n'],
  ['AI2', 'ai2'],
  ['한빛 AI', 'ai'],
  ['한빛모델', 'organisation'],
  ['', ''],
  ['   ', ''],
  ['---', 'organisation'],
])('%j becomes %j', (name, id) => {
  expect(proposedId(name, [], 'organisation')).toBe(id);
});

test('an id that is there gets a number, and every proposal has the form of ids', () => {
  const taken: string[] = [];
  for (const name of ['Han', 'han', 'HAN', `${'x'.repeat(55)} y`, 'x'.repeat(200), '한', '강']) {
    const id = proposedId(name, taken, 'organisation');
    expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
    expect(id).not.toMatch(/-$/);
    expect(taken).not.toContain(id);
    taken.push(id);
  }
  expect(taken.slice(0, 3)).toEqual(['han', 'han-2', 'han-3']);
  expect(taken.slice(-2)).toEqual(['organisation', 'organisation-2']);
});
