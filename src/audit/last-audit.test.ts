// The note about an audit counts for the same run with the same seal alone.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { claimOf, type Standing } from './claims.ts';
import { forgetAudit, lastAudit, noteAudit } from './last-audit.ts';

const standing: Standing = {
  beginning: { kind: 'drawn' },
  verdict: 'holds',
  extent: 'sampled',
  data: 'texts',
  share: 0.14,
  chance: 0.056,
};
const audit = { ...standing, claim: claimOf(standing, 'en'), time: '2026-03-01T12:00:00.000Z' };

let folder: string;
let run: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-last-audit-'));
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  run = join(folder, 'run');
  mkdirSync(run);
  writeFileSync(join(run, 'seal.json'), '{"seal":1}\n');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('what was found is known until the seal is another one', () => {
  expect(lastAudit(run)).toBeUndefined();
  noteAudit(run, audit);
  expect(lastAudit(run)).toEqual(audit);
  writeFileSync(join(run, 'seal.json'), '{"seal":2}\n');
  expect(lastAudit(run)).toBeUndefined();
  rmSync(join(run, 'seal.json'));
  expect(lastAudit(run)).toBeUndefined();
});

test('the same files elsewhere were not audited', () => {
  noteAudit(run, audit);
  renameSync(run, join(folder, 'moved'));
  expect(lastAudit(join(folder, 'moved'))).toBeUndefined();
});

test('a note is taken back for its run alone', () => {
  noteAudit(run, audit);
  forgetAudit(join(folder, 'another'));
  expect(lastAudit(run)).toEqual(audit);
  forgetAudit(run);
  expect(lastAudit(run)).toBeUndefined();
  forgetAudit(run);
});

test('a note that cannot be written or read is none', () => {
  writeFileSync(join(folder, 'state'), 'a file, where a folder should be');
  noteAudit(run, audit);
  expect(lastAudit(run)).toBeUndefined();
  rmSync(join(folder, 'state'));
  noteAudit(run, audit);
  const file = join(folder, 'state/jikji/start-audit.json');
  const text = readFileSync(file, 'utf8');
  for (const broken of [
    '',
    'null',
    '{}',
    text.slice(0, 50),
    text.replace('"word"', '"other"'),
    text.replace(/"time":"20/, '"time":"x'),
  ]) {
    writeFileSync(file, broken);
    expect(lastAudit(run), broken).toBeUndefined();
  }
});
