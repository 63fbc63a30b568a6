// What an auditor takes away from a witnessed run: its bundle, the page, the signed statement.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { parseStatement, sha256Hex } from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { changed, expectSelfContained } from '../../page-kit/testing/document.ts';
import { bundleRun, isWitnessedBundle, withBundle } from '../bundle.ts';
import { auditWitness } from './audit.ts';
import { en } from './report/en.ts';
import { ko } from './report/ko.ts';
import { witnessHtml } from './report/page.ts';
import { signWitnessAudit } from './sign-audit.ts';
import { writeToyRun } from './testing/toy-run.ts';
import type { WitnessAudit } from './types.ts';

const work = temporaryFolder();
const [maker, office, auditor] = [key(), key(), key()];
const run = writeToyRun(join(work, 'run'), { maker, office });
const found = await auditWitness({ folder: run.folder });

test('a bundle has all that an audit reads, in the same bytes wherever the run lies', async () => {
  const [one, other] = [join(work, 'one.tar'), join(work, 'other.tar')];
  await bundleRun({ run: run.folder, out: one, withoutData: false });
  execFileSync('cp', ['-r', run.folder, join(work, 'copy')]);
  mkdirSync(join(work, 'copy/resume'));
  const packed = await bundleRun({ run: join(work, 'copy'), out: other, withoutData: true });
  expect(packed.withoutData).toBe(true);
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
  expect(await isWitnessedBundle(one)).toBe(true);
  const again = await withBundle(one, (folder) => auditWitness({ folder }));
  expect({ ...again, seconds: 0, detection: null }).toEqual({ ...found, seconds: 0, detection: null });
  // Another tar writer puts files into another order.
  const listed = execFileSync('tar', ['-tf', one], { encoding: 'utf8' }).trim().split('\n').reverse();
  execFileSync('tar', ['-xf', one, '-C', work]);
  execFileSync('tar', ['-cf', other, '-C', work, ...listed]);
  expect(await isWitnessedBundle(other)).toBe(true);
});

test('the Korean page says in Korean what was found, and nothing in English', () => {
  const [korean, english] = (['ko', 'en'] as const).map((lang) => witnessHtml(found, 'run', lang));
  for (const { detail, ko } of found.checks) {
    expect(korean).toContain(ko!.detail);
    expect(english).not.toContain(ko!.detail);
    expect(korean).not.toContain(`>${detail}<`);
  }
  expect(korean).not.toContain('lang="en"');
});

test('what only the maker says is said of start and environment in words of their own, by the term of the other audits', () => {
  const ends = [ko.limits.noOrigin, ko.limits.recorder].map((text) => text.slice(text.indexOf('제작자가 밝힌')));
  for (const end of ends) expect(end).toMatch(/^제작자가 밝힌/);
  expect(new Set(ends).size).toBe(2);
});

test('a run without a seal is not bundled, and neither is a link in it', async () => {
  const folder = join(work, 'unsealed');
  execFileSync('cp', ['-r', run.folder, folder]);
  rmSync(join(folder, 'seal.json'));
  const out = join(work, 'none.tar');
  await expect(bundleRun({ run: folder, out, withoutData: false })).rejects.toMatchObject({ code: 'run-unfinished' });
  writeFileSync(join(folder, 'seal.json'), readFileSync(join(run.folder, 'seal.json')));
  rmSync(join(folder, 'recipe.json'));
  symlinkSync(join(run.folder, 'recipe.json'), join(folder, 'recipe.json'));
  await expect(bundleRun({ run: folder, out, withoutData: false })).rejects.toMatchObject({ code: 'not-a-plain-file' });
});

/** Every text of an audit replaced by a hostile one. */
const hostile = (audit: WitnessAudit): WitnessAudit =>
  changed(audit, (leaf, path) =>
    typeof leaf !== 'string' || /\.(verdict|extent|origin|name|why)$/.test(path)
      ? leaf
      : `<script>x</script>"'&\u202e\u0007${leaf}`,
  );

const VERDICTS = ['holds', 'consistent', 'not-told', 'refuted', 'incomplete'] as const;
test.each(VERDICTS)('a page that is %s runs nothing, loads nothing and says its limits', (verdict) => {
  for (const [lang, words] of [
    ['en', en],
    ['ko', ko],
  ] as const) {
    const page = witnessHtml(hostile({ ...found, verdict }), '<b>run</b>\u202e', lang);
    expect(page).toContain(`>${words.verdicts[verdict]}<`);
    expect(page).toContain(words.limits.recorder);
    expectSelfContained(page);
    expect(page).not.toContain('<b>');
    expect(page).not.toMatch(/[\u202e\u0007]|undefined|NaN|\[object/);
    expect(page).toBe(witnessHtml(hostile({ ...found, verdict }), '<b>run</b>\u202e', lang));
  }
});

test('a page of a run that nobody trained again claims no replay, no origin, no chance', () => {
  const page = witnessHtml(found, 'toy', 'en');
  expect(found.verdict).toBe('incomplete');
  for (const text of [en.headline.untrained, en.limits.noOrigin, en.page.chance.none, en.page.who.codeNotRun])
    expect(page).toContain(text);
  expect(page).not.toContain(en.headline.all);
});

test('a signed audit names genesis and seal, and a merge of audits of our own runs does not take it for one', () => {
  const text = signWitnessAudit(found, 'toy', auditor);
  const { subjects, predicate, keyid } = parseStatement(text, 'witness-audit', 'audit.json');
  expect(keyid).toBe(auditor.fingerprint);
  expect(subjects.get('genesis.json')).toBe(sha256Hex(readFileSync(join(run.folder, 'genesis.json'))));
  expect(subjects.get('seal.json')).toBe(sha256Hex(readFileSync(join(run.folder, 'seal.json'))));
  expect(predicate).toMatchObject({ verdict: 'incomplete', extent: 'none', origin: 'not-shown', draw: null });
  expect(predicate.pairs).toEqual({ steps: found.pairs.steps.length, drawnByOffice: 4 });
  expect(() => parseStatement(text, 'audit', 'audit.json')).toThrow(/urn:jikji:witness-audit/);
});

test('an audit of a run that is not sealed is not signed', async () => {
  const folder = join(work, 'open');
  execFileSync('cp', ['-r', run.folder, folder]);
  rmSync(join(folder, 'seal.json'));
  appendFileSync(join(folder, 'recipe.json'), ' ');
  const open = await auditWitness({ folder });
  expect(() => signWitnessAudit(open, 'open', auditor)).toThrow(/no sound genesis and seal/);
});
