import { expect, test } from 'vitest';
import { id } from './fields.ts';
import { freeId } from './kind.ts';
import { Tables } from './tables.ts';
import { putPart } from './testing/rows.ts';

test('free names: of any length, never twice', () => {
  const tables = new Tables();
  for (const wish of ['kim', 'x'.repeat(64), `${'a-'.repeat(40)}kim`, `${'a-'.repeat(40)}lee`]) {
    for (let i = 0; i < 12; i++) {
      const name = id.parse(freeId(tables, 'forms', wish));
      expect(tables.get('forms', name)).toBeUndefined();
      expect(name.startsWith(wish.slice(0, 40))).toBe(true);
      putPart(tables, 'forms', { id: name, stage: 's' });
    }
  }
  expect(freeId(tables, 'forms', 'lee')).toBe('lee');
  expect(freeId(tables, 'forms', 'kim')).toBe('kim-13');
});
