// Every refusal of the tables of all rooms, for tests.

import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Refusal } from '../../../base/index.ts';
import { type Existing, exists, type Unknown, unknown, unknownYet } from '../refusals/things.ts';

export const SOURCES = join(import.meta.dirname, '../../..');
export const sourcesIn = (pattern: string): string[] =>
  globSync(pattern, { cwd: SOURCES, exclude: (name) => name.includes('testing') || name.endsWith('.test.ts') }).sort();

export const FILES = [
  ...sourcesIn('{formats,program,http,reliance,planner,fleet}/**/refusals.ts'),
  ...sourcesIn('program/**/refusals/*.ts'),
].filter((file) => !file.endsWith('words.ts'));

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'function' && 'en' in value && 'ko' in value && 'code' in value;

const REQUIRED = ['application', 'call', 'consortium', 'form', 'organisation', 'rule-book', 'stage', 'submission'];
const NAMED = [
  'appeal',
  'application',
  'call',
  'comparison',
  'consortium',
  'decision',
  'evaluation',
  'finding',
  'form',
];
const OTHERS = ['judgement', 'lodging', 'organisation', 'rule-book', 'score', 'stage', 'submission'];
/** Of functions that make a refusal for each thing. */
const MADE: Record<string, (file: string) => [name: string, made: Refusal][]> = {
  unknown: (file) =>
    REQUIRED.map((what) => [`${file} unknown ${what}`, unknown(what as Unknown) as unknown as Refusal]),
  unknownYet: (file) => REQUIRED.map((what) => [`${file} unknownYet ${what}`, unknownYet(what as Unknown)]),
  exists: (file) => [...NAMED, ...OTHERS].map((what) => [`${file} exists ${what}`, exists(what as Existing)]),
};

export const ALL_REFUSALS: [name: string, made: Refusal][] = [];
for (const file of FILES)
  for (const [name, value] of Object.entries(await import(join(SOURCES, file)))) {
    if (isRefusal(value)) ALL_REFUSALS.push([`${file} ${name}`, value]);
    else if (MADE[name]) ALL_REFUSALS.push(...MADE[name](file));
    else if (name !== 'roleKo') throw new Error(`${file}: ${name} is no refusal`);
  }
