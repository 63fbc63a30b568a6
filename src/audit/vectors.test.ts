// The bundles of docs/test-vectors give the verdicts written beside them, and so do bundles that are made again.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Expected, makeVectors } from '../../docs/test-vectors/make.ts';
import { audit } from './audit.ts';
import { withBundle } from './bundle.ts';
import { CHECKS as ALL } from './types.ts';

/** No bundle has a register. */
const CHECKS = ALL.filter((name) => name !== 'register');

const HERE = fileURLToPath(new URL('../../docs/test-vectors/', import.meta.url));
const expectedIn = (folder: string): Record<string, Expected> =>
  JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));

async function matches(folder: string, name: string): Promise<void> {
  const wanted = expectedIn(folder)[name]!;
  const { segment } = wanted;
  const again = segment ? { segments: { from: segment, to: segment } } : { replay: 'all' as const };
  const found = await withBundle(join(folder, name), (run) => audit({ folder: run, threads: 1, ...again }));
  const first = found.checks.find((check) => check.verdict !== 'holds');
  expect({ verdict: found.verdict, check: first?.name ?? null }).toEqual({
    verdict: wanted.verdict,
    check: wanted.check,
  });
  const { file, step, tensor } = wanted;
  if (first) {
    expect(first.findings[0]).toMatchObject({
      ...(file && { file }),
      ...(step && { step }),
      ...(tensor && { tensor }),
    });
  }
}

const names = Object.keys(expectedIn(HERE)).sort();

test('an honest one, a lodged one, one for each check and an incomplete one exist; all are small', () => {
  const checks = CHECKS.filter((name) => name !== 'parent'); // src/audit/parent.test.ts has its cases
  expect(names).toEqual([...checks, 'honest', 'honest-lodged', 'incomplete'].map((name) => `${name}.tar`).sort());
  expect(
    readdirSync(HERE)
      .filter((name) => name.endsWith('.tar'))
      .sort(),
  ).toEqual(names);
  const sizes = names.map((name) => statSync(join(HERE, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(300_000);
  expect(sizes.reduce((a, b) => a + b)).toBeLessThan(2_500_000);
  for (const check of checks) expect(expectedIn(HERE)[`${check}.tar`]!.check).toBe(check);
});

describe('committed bundles', () => {
  test.each(names)('%s', (name) => matches(HERE, name));
});

describe('bundles made again', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jikji-vectors-'));
    await makeVectors(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('have the same expected verdicts', () => {
    expect(expectedIn(folder)).toEqual(expectedIn(HERE));
  });
  test.each(names)('%s', (name) => matches(folder, name));
});
