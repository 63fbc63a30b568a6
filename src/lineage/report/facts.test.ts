import { expect, test } from 'vitest';
import { factsOf } from './facts.ts';
import { lineageOf } from './testing/lineages.ts';

test('equal digests are equal files only where nobody stood for one with a sketch', () => {
  const result = lineageOf('same');
  expect(factsOf(result).references[0]!.sameFiles).toBe(true);
  result.references[0]!.model.sketched = true;
  expect(factsOf(result).references[0]!.sameFiles).toBe(false);
});
