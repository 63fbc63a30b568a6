// The steps of .ci/run, made up: what fails once, twice, or not in a step at all, and what the last 60 lines say of it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const STEPS = join(import.meta.dirname, 'ci-steps.sh');
/** A test of Vitest that fails, as it prints it, with more than 60 lines before. */
const FAILS = `seq 200; printf ' FAIL  |plain| src/a.test.ts > adds\\nAssertionError: expected 1 to be 2\\n\\nTest Files  1 failed\\n'; false`;
const ONCE = `once() { [ ! -e done ] || return 0; touch done; ${FAILS}; }`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji ci '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  code: number | null;
  /** The last 60 lines of both outputs, as a record of CI holds them. */
  end: string;
  lines: string[];
}

function run(script: string, env: Record<string, string> = {}): Outcome {
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, TMPDIR: folder, ...env } } as const;
  const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1\n. '${STEPS}' || exit 1\n${script}`], options);
  const lines = stdout.trimEnd().split('\n');
  return { code: status, end: lines.slice(-60).join('\n'), lines };
}

const others = (n: number): string => Array.from({ length: n }, (_, i) => `step 'good ${i}' true`).join('\n');
/** Rows of the last table, without seconds. */
const table = ({ lines }: Outcome): string[] =>
  lines
    .slice(lines.lastIndexOf(' clock  processors') + 1, -2)
    .map((line) => line.replace(/^ *\d+ s +\d+ s +(\w+) +/, '$1 '));

test('all steps pass, in lanes too: exit code 0, each once in the table', () => {
  const outcome = run(
    "one() { step one true; }\ntwo() { step two true; }\nlane a line one two\nlane b line one two\njoined\nstep three sh -c 'echo said'\nfinish",
  );
  expect(outcome.code).toBe(0);
  expect(table(outcome).sort()).toEqual(['ok one', 'ok three', 'ok two']);
  expect(outcome.lines).toContain('said');
  expect(outcome.lines.at(-1)).toBe('3 passed, 0 flaky, 0 failed');
  expect(readdirSync(folder)).toEqual([]);
});

test('a step that fails once is FLAKY, with the name of the test, and tried alone when all lanes have ended', () => {
  const slow = `slow() { until [ -e done ]; do :; done; step slow sh -c 'echo slow >>order'; }`;
  const outcome = run(
    `${ONCE}\n${slow}\nfails() { step 'the tests' once; }\nlane a fails\nlane b slow\njoined\n${others(1)}\nfinish`,
  );
  expect(outcome.code).toBe(0);
  expect(table(outcome)).toEqual([
    'ok slow',
    'ok good 0',
    'FLAKY the tests: FAIL  |plain| src/a.test.ts > adds (new: scripts/flaky.json must say since when and why)',
  ]);
  expect(outcome.lines.at(-1)).toBe('2 passed, 1 flaky, 0 failed');
});

test('a step that fails twice: the last 60 lines have its name, its test, the message, its last 20 lines and the table', () => {
  const outcome = run(`fails() { ${FAILS}; }\n${others(12)}\nstep 'the tests' fails\n${others(11)}\nfinish`);
  expect(outcome.code).toBe(1);
  for (const part of [
    '-- failed: the tests\nFAIL  |plain| src/a.test.ts > adds\n    AssertionError: expected 1 to be 2\n',
    '-- the last lines of: the tests\n185\n',
    ' clock  processors\n',
  ])
    expect(outcome.end).toContain(part);
  expect(table(outcome)).toHaveLength(24);
  expect(table(outcome).at(-1)).toBe('FAILED the tests');
  expect(outcome.lines.at(-1)).toBe('23 passed, 0 flaky, 1 failed');
});

test('three steps fail: the last 60 lines name each with a test', () => {
  const fails = (i: number) =>
    `step 'tests ${i}' sh -c "seq 99; echo 'FAILED  case ${i}'; echo; echo '  why ${i}'; exit 3"`;
  const outcome = run(`${others(21)}\n${[1, 2, 3].map(fails).join('\n')}\nfinish`);
  expect(outcome.code).toBe(1);
  for (const i of [1, 2, 3])
    expect(outcome.end).toContain(`-- failed: tests ${i}\nFAILED  case ${i}\n      why ${i}\n`);
  expect(outcome.lines.at(-1)).toBe('21 passed, 0 flaky, 3 failed');
});

test.each([
  ['of TypeScript', "src/a.ts(3,4): error TS2304: Cannot find name 'b'."],
  ['of Python', "witness/a.py:3:1: 're' imported but unused"],
  ['of the ratchet', 'src/a.ts:3: long-function: This function has 90 lines.'],
  ['of pytest', 'FAILED tests/test_a.py::test_b - assert 1 == 2'],
  ['of a check', 'DIFFERS token ids of 100 texts: 3'],
])('a failure %s is named', (_, said) => {
  const { end } = run(`says() { seq 99; echo "${said}"; seq 99; false; }\nstep it says\nfinish`);
  expect(end).toContain(`-- failed: it\n${said}`);
});

describe('an error of the script itself is not 0', () => {
  test.each([
    ['a lane that ends', 'breaks() { exit 0; }\nlane a breaks\njoined\nexit 0', 'The script broke off'],
    [
      'a lane that breaks off',
      'breaks() { step one true; exit 3; }\nlane a breaks\njoined\nfinish',
      'the lane a broke off (exit code 3)',
    ],
    [
      'a lane that is killed',
      'breaks() { kill -9 $BASHPID; }\nlane a breaks\njoined\nfinish',
      'the lane a broke off (exit code 137)',
    ],
    ['a command that is missing', 'stpe one true\nfinish', 'stpe: command not found'],
    ['one of a step', 'step one no-such-command\nfinish', '-- the last lines of: one\n'],
    ['a function that a lane misses', 'lane a line nowhere\njoined\nfinish', 'nowhere: command not found'],
    ['an unset variable', 'step one true\necho "$nowhere"\nfinish', 'The script broke off'],
    ['a folder that is missing', 'cd nowhere\nfinish', 'The script broke off'],
    ['no finish', 'step one true', 'The script broke off (exit code 1)'],
    ['an early exit', 'step one true\nexit 0', 'The script broke off (exit code 1)'],
    ['a signal', 'step one true\nkill -TERM $$\nfinish', 'The script broke off'],
  ])('%s', (_, script, said) => {
    const { code, end } = run(script);
    expect(code).not.toBe(0);
    expect(end).toContain(said);
    expect(end).not.toContain('0 failed');
  });
});

test('CI_LOGS keeps what each step printed, of both tries', () => {
  const logs = join(folder, 'kept');
  expect(run(`${ONCE}\nstep 'the tests' once\nstep other echo said\nfinish`, { CI_LOGS: 'kept' }).code).toBe(0);
  expect(readdirSync(logs).sort()).toEqual(['other.log', 'the-tests.log', 'the-tests.second-try.log']);
  expect(readFileSync(join(logs, 'other.log'), 'utf8')).toBe('said\n');
  expect(readFileSync(join(logs, 'the-tests.log'), 'utf8')).toMatch(/^1\n2\n/);
});

test('a step keeps its variables in the second try, and quotes in its words', () => {
  const script = `asks() { printf '%s|' "$@" >>said; [ -e done ] || { touch done; false; }; }\nstep "it's" env A=1 bash -c "$(declare -f asks); asks 'a b' \\"c'd\\" \\$A"\nfinish`;
  expect(run(script).code).toBe(0);
  expect(readFileSync(join(folder, 'said'), 'utf8')).toBe("a b|c'd|1|".repeat(2));
});

test('what a step leaves running holds nothing up', () => {
  writeFileSync(join(folder, 'stays.sh'), 'tail -f /dev/null & echo $! >pid');
  expect(run('step one bash stays.sh\nfinish').code).toBe(0);
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')));
});
