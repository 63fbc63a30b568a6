// Rules that the code did not meet when they were introduced: no import cycles, no long functions, file names, no unused exports, none that
// only tests use, no lines that were written twice. The remaining violations are recorded by rule and file in scripts/ratchet.json; their
// number may only fall. And scripts/flaky.json, the tests that failed once and passed when tried again, stays short and young.
// `node scripts/ratchet.ts` prints new violations and fixed ones that are still recorded; either gives exit code 1.
// `node scripts/ratchet.ts --write` removes fixed violations from the record, and never adds new ones. Biome, knip and repetition.ts find
// them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repetitionsIn } from './repetition.ts';

/** The number of violations in each file, by rule; of repetitions, the number of lines. */
export type Counts = Record<string, Record<string, number>>;

export interface Violation {
  rule: string;
  /** Relative to the tree. */
  file: string;
  line: number;
  why: string;
  /** Where a violation counts more than once. */
  times?: number;
}

/** Biome's rules and their names here. Their options are in biome.json. */
const BIOME: Record<string, string> = {
  'lint/suspicious/noImportCycles': 'circular-import',
  'lint/complexity/noExcessiveLinesPerFunction': 'long-function',
  'lint/style/useFilenamingConvention': 'file-name',
};
const FOLDERS = ['src', 'bench', 'checks', 'scripts', 'docs'];
/** Where a function may be long: tables of routes and of words, and tests, whose longest functions are `describe` blocks. */
const MAY_BE_LONG = [/^src\/program\/api\/routes\//, /^src\/console\/words\//, /\.test\.tsx?$/];

/** The tool's report on standard output, as JSON. Exit code 1 means that it found something. */
function report(tree: string, tool: string, args: string[]): unknown {
  const command = join(import.meta.dirname, '../node_modules/.bin', tool);
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error) throw error;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${tool} ended with exit code ${status} and no report:\n${stderr}${stdout.slice(0, 2000)}`);
  }
}

interface BiomeReport {
  diagnostics: { category: string; message: string; location: { path: string; start: { line: number } } }[];
}

function byBiome(tree: string): Violation[] {
  const rules = Object.keys(BIOME).map((category) => `--only=${category.replace('lint/', '')}`);
  const folders = FOLDERS.filter((folder) => existsSync(join(tree, folder)));
  const args = ['lint', ...rules, '--max-diagnostics=none', '--reporter=json', ...folders];
  const { diagnostics } = report(tree, 'biome', args) as BiomeReport;
  return diagnostics.map(({ category, message, location }) => {
    const rule = BIOME[category];
    if (rule === undefined) throw new Error(`biome: ${category}: ${message} (${location.path})`);
    return { rule, file: location.path, line: Math.max(1, location.start.line), why: message };
  });
}

interface KnipReport {
  issues: ({ file: string } & Record<'exports' | 'types' | 'files', { name: string; line?: number }[]>)[];
}

function byKnip(tree: string): Violation[] {
  const found = (rule: string, verb: string, args: string[]): Violation[] => {
    const { issues } = report(tree, 'knip', [...args, '--reporter', 'json']) as KnipReport;
    return issues.flatMap(({ file, exports, types, files = [] }) =>
      [...exports, ...types, ...files].map(({ name, line = 1 }) => ({ rule, file, line, why: `${verb} ${name}.` })),
    );
  };
  const unused = found('unused-export', 'No other file imports', ['--include', 'exports,types']);
  const known = new Set(unused.map(({ file, line }) => `${file}:${line}`));
  const tested = found('test-only-export', 'Only tests use', ['--production', '--include', 'exports,types,files']);
  return [...unused, ...tested.filter(({ file, line }) => !known.has(`${file}:${line}`))];
}

const byRepetition = (tree: string): Violation[] =>
  repetitionsIn(
    tree,
    FOLDERS.filter((folder) => folder !== 'docs' && existsSync(join(tree, folder))),
  ).map(({ file, line, length, other }) => ({
    ...{ rule: 'repetition', file, line, times: length },
    why: `${length} lines stand in ${other} too.`,
  }));

/** All violations in a tree, by rule, file and line. */
export function violationsIn(tree: string): Violation[] {
  const found = [...byBiome(tree), ...byKnip(tree), ...byRepetition(tree)].filter(
    ({ rule, file }) => rule !== 'long-function' || !MAY_BE_LONG.some((pattern) => pattern.test(file)),
  );
  const key = ({ rule, file, line }: Violation) => `${rule} ${file} ${String(line).padStart(6, '0')}`;
  return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Counts violations by rule and file. */
export function count(violations: Violation[]): Counts {
  const counts: Counts = {};
  for (const { rule, file, times = 1 } of violations) {
    counts[rule] ??= {};
    counts[rule][file] = (counts[rule][file] ?? 0) + times;
  }
  return counts;
}

const at = (counts: Counts, rule: string, file: string): number => counts[rule]?.[file] ?? 0;

/** New violations: all violations of a rule in a file that has more than are recorded for it. */
export const unrecorded = (violations: Violation[], recorded: Counts): Violation[] => {
  const found = count(violations);
  return violations.filter(({ rule, file }) => at(found, rule, file) > at(recorded, rule, file));
};

/** Fixed violations: a line for each file that has fewer violations of a rule than are recorded. */
export function gone(violations: Violation[], recorded: Counts): string[] {
  const found = count(violations);
  return Object.entries(recorded).flatMap(([rule, files]) =>
    Object.entries(files)
      .filter(([file, n]) => at(found, rule, file) < n)
      .map(([file, n]) => `${file}: ${rule}: ${n} recorded, ${at(found, rule, file)} found`),
  );
}

/** The record after a fall: never more than was recorded. */
export function lowered(violations: Violation[], recorded: Counts): Counts {
  const found = count(violations);
  const rules = Object.entries(recorded).map(([rule, files]) => {
    const left = Object.entries(files).map(([file, n]) => [file, Math.min(n, at(found, rule, file))] as const);
    return [rule, Object.fromEntries(left.filter(([, n]) => n > 0))] as const;
  });
  return Object.fromEntries(rules.filter(([, files]) => Object.keys(files).length > 0));
}

/** A test that failed in CI and passed when its step was tried once more. */
export interface FlakyTest {
  /** As the table of .ci/run names it: its file, or the file and more. */
  test: string;
  /** When it failed first: 2026-12-07. */
  day: string;
  /** As far as it was found. */
  cause: string;
}
const MAX_FLAKY = 5;
const MAX_FLAKY_DAYS = 14;
const DAY_MS = 86_400_000;

/** What is wrong with the list of flaky tests: a line for each fault. `today`: 2026-12-07. */
export function flakyFaults(tests: readonly FlakyTest[], today: string): string[] {
  const faults = tests.flatMap(({ test, day, cause }) => {
    const days = (Date.parse(today) - Date.parse(day)) / DAY_MS;
    if (!test?.trim() || !cause?.trim() || !/^\d{4}-\d\d-\d\d$/.test(day) || !(days >= 0))
      return [`${test}: needs a test, a day that was, and a cause`];
    return days > MAX_FLAKY_DAYS ? [`${test}: flaky since ${day}, more than ${MAX_FLAKY_DAYS} days: mend it`] : [];
  });
  return tests.length > MAX_FLAKY ? [...faults, `${tests.length} flaky tests, at most ${MAX_FLAKY} may be`] : faults;
}

if (import.meta.main) {
  const tree = resolve(import.meta.dirname, '..');
  const record = join(import.meta.dirname, 'ratchet.json');
  const recorded = JSON.parse(readFileSync(record, 'utf8')) as Counts;
  const violations = violationsIn(tree);
  if (process.argv[2] === '--write') {
    writeFileSync(record, `${JSON.stringify(lowered(violations, recorded), null, 2)}\n`);
  } else {
    const fallen = gone(violations, recorded);
    for (const line of fallen) console.log(line);
    if (fallen.length > 0) {
      console.error('Good: less is wrong than is recorded. Record it: node scripts/ratchet.ts --write');
      process.exitCode = 1;
    }
  }
  const more = unrecorded(violations, recorded);
  for (const { rule, file, line, why } of more) console.log(`${file}:${line}: ${rule}: ${why}`);
  if (more.length > 0) {
    console.error('The files above break a rule of the house more often than scripts/ratchet.json records.');
    process.exitCode = 1;
  }
  const flaky = JSON.parse(readFileSync(join(import.meta.dirname, 'flaky.json'), 'utf8')) as FlakyTest[];
  for (const fault of flakyFaults(flaky, new Date().toISOString().slice(0, 10))) {
    console.log(`scripts/flaky.json: ${fault}`);
    process.exitCode = 1;
  }
}
