import { expect, test } from 'vitest';
import type { Lineage } from '../lineage.ts';
import { factsOf, outcomeOf } from './facts.ts';
import { lineageOf } from './testing/lineages.ts';

test('equal digests are equal files only where nobody stood for one with a sketch', () => {
  const result = lineageOf('same');
  expect(factsOf(result).references[0]!.sameFiles).toBe(true);
  result.references[0]!.model.sketched = true;
  expect(factsOf(result).references[0]!.sameFiles).toBe(false);
});

/** The result without its likenesses, and with these verdicts by kind of part. */
function judgedAs(
  result: Lineage,
  verdicts: Record<string, Lineage['references'][number]['groups'][number]['verdict']>,
): Lineage {
  const references = result.references.map((reference) => ({
    ...reference,
    towers: reference.towers.map((tower) => ({ ...tower, embedding: undefined })),
    groups: reference.groups.map((group) => ({
      ...group,
      likeness: undefined,
      verdict: verdicts[group.kind] ?? group.verdict,
    })),
  }));
  return { ...result, references };
}

test('what comparisons come to: shared weights before all else, then a weaker finding, then what could not be tested', () => {
  const none = { basis: 'none', units: 'none', values: 'none' } as const;
  const outcome = (verdicts: Parameters<typeof judgedAs>[1]) => outcomeOf(judgedAs(lineageOf('independent'), verdicts));
  expect(outcome(none)).toBe('none');
  expect(outcome({ ...none, basis: 'identical' })).toBe('shares');
  expect(outcome({ ...none, units: 'trace', values: 'shares' })).toBe('shares');
  expect(outcome({ ...none, values: 'trace' })).toBe('weaker');
  // A part that could be tested is enough.
  expect(outcome({ ...none, units: 'untestable' })).toBe('none');
  expect(outcome({ ...none, units: 'untestable', values: 'untestable' })).toBe('not-shown');
  expect(outcome({ basis: 'trace', units: 'untestable', values: 'untestable' })).toBe('weaker');
  // Of two references one was not shown.
  const [one, other] = [none, { ...none, units: 'untestable', values: 'untestable' } as const].map(
    (verdicts) => judgedAs(lineageOf('independent'), verdicts).references[0]!,
  );
  expect(outcomeOf({ references: [one!, other!] })).toBe('not-shown');
  // More alike than all that were measured.
  const alike = judgedAs(lineageOf('independent'), none);
  Object.assign(alike.references[0]!.groups.find(({ kind }) => kind === 'units')!, { likeness: 0.9 });
  expect(outcomeOf(alike)).toBe('weaker');
});
