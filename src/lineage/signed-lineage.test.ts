// What is signed of a comparison is what was found, and nothing but the one right form is read back.

import { expect, test } from 'vitest';
import { canonicalJson, type Json } from '../ledger/canonical.ts';
import { type Predicate, parseStatement, signStatement } from '../ledger/statement.ts';
import { key } from '../ledger/testing/register.ts';
import { lineageOf } from './report/testing/lineages.ts';
import { signLineage } from './signed-lineage.ts';

const comparer = key();
const result = lineageOf('noise', 'independent');
const read = (text: string) => parseStatement(text, 'lineage', 'lineage.json');

test('names the models by digest, in their order, and says of each part what was found', () => {
  const { subjects, predicate, keyid } = read(signLineage(result, comparer));
  expect([...subjects]).toEqual([
    ['suspect', result.suspect.digest],
    ['reference/1', result.references[0]!.model.digest],
    ['reference/2', result.references[1]!.model.digest],
  ]);
  expect(keyid).toBe(comparer.fingerprint);
  expect(predicate).toMatchObject({
    challenge: result.challenge,
    challengeFrom: 'drawn',
    alpha: 1e-9,
    tried: 2,
    rows: 256,
    digestFrom: 'files',
  });
  for (const [i, { groups, drawnBy, digestFrom }] of predicate.references.entries()) {
    expect([drawnBy, digestFrom]).toEqual(['challenge', 'files']);
    const told = result.references[i]!.groups;
    expect(groups.map(({ verdict, lnAdjusted, kind }) => ({ verdict, lnAdjusted, kind }))).toEqual(
      told.map(({ verdict, lnAdjusted, kind }) => ({ verdict, lnAdjusted, kind })),
    );
    expect(groups.map(({ tests }) => tests.map(({ count, of }) => [count, of]))).toEqual(
      told.map(({ tests }) => tests.map(({ count, of }) => [count, of])),
    );
  }
});

test('a given challenge, a sketch, all rows, and what has no number', () => {
  const other = structuredClone(result);
  Object.assign(other, { challengeGiven: true, rows: Number.MAX_SAFE_INTEGER });
  other.suspect.sketched = true;
  const [reference] = other.references;
  reference!.bySketch = true;
  Object.assign(reference!.groups[0]!, {
    lnAdjusted: Number.NEGATIVE_INFINITY,
    strength: { median: Number.NaN, units: 0 },
    equality: 'rounded',
  });
  const { predicate } = read(signLineage(other, comparer));
  expect(predicate).toMatchObject({ challengeFrom: 'given', rows: null, digestFrom: 'sketch' });
  expect(predicate.references[0]).toMatchObject({ drawnBy: 'sketch', digestFrom: 'files' });
  expect(predicate.references[0]!.groups[0]).toMatchObject({
    lnAdjusted: -Number.MAX_VALUE,
    strength: null,
    equality: 'rounded',
  });
});

type Changed = Record<string, unknown> & { references: { groups: Record<string, unknown>[] }[] };

/** A statement of a changed predicate, signed with its own key: only its shape is wrong. */
function changed(change: (predicate: Changed) => void) {
  const predicate = JSON.parse(canonicalJson(read(signLineage(result, comparer)).predicate as unknown as Json));
  change(predicate);
  return signStatement('lineage', [['suspect', result.suspect.digest]], predicate as Predicate<'lineage'>, comparer);
}

const groupOf = ({ references }: Changed) => references[0]!.groups[0]!;

test.each<[string, (predicate: Changed) => void, RegExp]>([
  ['a member more', (p) => Object.assign(p, { extra: 1 }), /unknown member "extra"/],
  ['a member less', (p) => void delete p.challenge, /has no challenge/],
  ['no digest as challenge', (p) => Object.assign(p, { challenge: 'ab' }), /challenge is not a digest/],
  ['a challenge from elsewhere', (p) => Object.assign(p, { challengeFrom: 'heaven' }), /challengeFrom is not one of/],
  ['a limit of 0', (p) => Object.assign(p, { alpha: 0 }), /alpha is not a number from/],
  ['a limit above 1', (p) => Object.assign(p, { alpha: 2 }), /alpha is not a number from/],
  ['no reference tried', (p) => Object.assign(p, { tried: 0 }), /tried is not a whole number/],
  ['half a row', (p) => Object.assign(p, { rows: 0.5 }), /rows is not a whole number/],
  ['a time of nowhere', (p) => Object.assign(p, { time: '2026-02-30T00:00:00.000Z' }), /time is not a time/],
  ['a verdict of its own', (p) => Object.assign(groupOf(p), { verdict: 'guilty' }), /verdict is not one of/],
  ['a chance above 1', (p) => Object.assign(groupOf(p), { lnAdjusted: 0.1 }), /lnAdjusted is not a number from/],
  ['a cosine above 1', (p) => Object.assign(groupOf(p), { strength: { median: 2, units: 1 } }), /median is not/],
  ['an equality of its own', (p) => Object.assign(groupOf(p), { equality: 'nearly' }), /equality is not one of/],
  ['a test of its own', (p) => Object.assign(groupOf(p), { tests: [{ name: 'norms' }] }), /name is not one of/],
  ['more groups than a model has', (p) => (p.references[0]!.groups = new Array(101).fill(groupOf(p))), /at most 100/],
  ['two lines as a tower', (p) => Object.assign(groupOf(p), { tower: 'a\nb' }), /tower is not a short text/],
])('%s is refused', (_, change, message) => {
  expect(() => read(changed(change))).toThrow(message);
});

test('another key than the one it names, and another kind, are refused', () => {
  const stranger = key();
  const text = signLineage(result, { ...stranger, publicKey: comparer.publicKey });
  expect(() => read(text)).toThrow(/signed by another key/);
  expect(() => parseStatement(signLineage(result, comparer), 'audit', 'x')).toThrow(/not urn:jikji:audit/);
});
