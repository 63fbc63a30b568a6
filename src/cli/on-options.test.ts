// Values of --on that name a launcher or a cluster, and time limits.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { minutes, parseOn } from './on-options.ts';

let folder: string;
let file: string;
const catalogue = (id: string, clusters: Record<string, string>) => `formatVersion: 1
id: ${id}
version: 1
title: { en: Ours }
clusters:
${Object.entries(clusters)
  .map(([name, reached]) => `  - { id: ${name}, name: { en: C }, reached: { scheduler: slurm${reached} } }\n`)
  .join('')}  - { id: dark, name: { en: Dark } }
`;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-on-'));
  file = join(folder, 'ours.yaml');
  const clusters = {
    titan: ', slurmrestd: "https://titan.example:6820", partition: gpu, accounts: { a: a-gpu }',
    near: ', accounts: { a: a, b: b }',
    high: ', options: { qos: long, mem: 8G }',
    slurm: ', partition: wrong',
    local: ', partition: wrong',
  };
  writeFileSync(file, catalogue('ours', clusters));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

test('a cluster gives its address, and the defaults for a job', () => {
  const titan = { launcher: 'slurm', slurmrestd: 'https://titan.example:6820', partition: 'gpu', account: 'a-gpu' };
  expect(parseOn('titan', [file])).toEqual(titan);
  expect(parseOn('titan:long', [file])).toEqual({ ...titan, partition: 'long' });
  const high = { launcher: 'slurm', slurmrestd: null, options: { qos: 'long', mem: '8G' } };
  expect(parseOn('high', [file])).toEqual(high);
  // By Slurm's commands, whatever JIKJI_SLURMRESTD says; of several accounts none.
  expect(parseOn('near', [file])).toEqual({ launcher: 'slurm', slurmrestd: null });
});

test('slurm and local are launchers, not clusters', () => {
  expect(parseOn('slurm', [file])).toEqual({ launcher: 'slurm' });
  expect(parseOn('slurm:a', [file])).toEqual({ launcher: 'slurm', partition: 'a' });
  expect(parseOn('local', [file])).toEqual({ launcher: 'local' });
  expect(() => parseOn('local:a', [file])).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('the catalogue comes from the options, else from the environment', () => {
  vi.stubEnv('JIKJI_CATALOGUE', file);
  expect(parseOn('near')).toEqual({ launcher: 'slurm', slurmrestd: null });
  const other = join(folder, 'other.yaml');
  writeFileSync(other, catalogue('other', { far: '' }).replace('  - { id: dark, name: { en: Dark } }\n', ''));
  expect(() => parseOn('near', [other])).toThrow(expect.objectContaining({ code: 'cluster-unknown' }));
  expect(parseOn('near', [other, file])).toEqual({ launcher: 'slurm', slurmrestd: null });
});

test('errors are reported', () => {
  const refused = (name: string, files: string[] | undefined, error: object) =>
    expect(() => parseOn(name, files), name).toThrow(expect.objectContaining(error));
  refused('titen', [file], { code: 'cluster-unknown', input: 'titen', hint: 'did you mean titan?' });
  refused('titan', undefined, { code: 'cluster-unknown' });
  refused('dark', [file], { code: 'cluster-not-reached', input: 'dark' });
  refused('titan', [join(folder, 'none.yaml')], { name: 'JikjiError' });
  writeFileSync(join(folder, 'bad.yaml'), 'formatVersion: 2\n');
  refused('titan', [join(folder, 'bad.yaml')], { code: expect.stringMatching(/^catalogue-/) });
});

test('time limits as Slurm writes them', () => {
  const known = {
    90: 90,
    '1:30': 2,
    '0:10': 1,
    '2:00:00': 120,
    '1-0': 1440,
    '1-12': 2160,
    '1-12:30': 2190,
    '0-0:0:1': 1,
  };
  for (const [text, wanted] of Object.entries(known)) expect(minutes(text), text).toBe(wanted);
  for (const text of ['', '0', '0:00', 'x', '-1', '1:2:3:4', '1-', '1e3', '5m', '1-1:1:1:1']) {
    expect(() => minutes(text), text).toThrow(expect.objectContaining({ code: 'usage' }));
  }
});

test('launchers by name', () => {
  expect(parseOn('local')).toEqual({ launcher: 'local' });
  expect(parseOn('slurm')).toEqual({ launcher: 'slurm' });
  expect(parseOn('slurm:gpu-long')).toEqual({ launcher: 'slurm', partition: 'gpu-long' });
  for (const text of ['', 'PBS', 'slurm:', 'local:main', 'slurm:a b', 'slurm:a\n']) {
    expect(() => parseOn(text), text).toThrow(expect.objectContaining({ code: 'usage' }));
  }
});
