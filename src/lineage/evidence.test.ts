import { expect, test } from 'vitest';
import { kinshipOf, type RunEvidence } from './evidence.ts';

const run = (over: Partial<RunEvidence>): RunEvidence => ({
  stateRoot: 'root',
  seed: 'seed',
  seal: undefined,
  parentSeal: undefined,
  hasParent: false,
  ...over,
});

test('one seed, another state: tensors of one name are drawn alike, so the two did not begin apart', () => {
  const ours = run({ stateRoot: 'a' });
  expect(kinshipOf(ours, run({ stateRoot: 'a' }))).toBe('same-start');
  expect(kinshipOf(ours, run({ stateRoot: 'b' }))).toBe('same-seed');
  expect(kinshipOf(ours, run({ stateRoot: 'b', seed: 'other' }))).toBe('other-start');
  expect(kinshipOf(ours, run({ stateRoot: 'b', hasParent: true }))).toBe('parent-elsewhere');
  expect(kinshipOf(ours, undefined)).toBeUndefined();
});
