// Both verifiers on one run, with the same options, and the count of how often they agreed.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AuditOptions, audit, withBundle } from '../../src/audit/index.ts';
import type { Audit, DataStanding, Verdict } from '../../src/audit/types.ts';
import { JikjiError } from '../../src/base/index.ts';
import { differences, findingsApart, first, type Theirs } from './compare.ts';

const execute = promisify(execFile);
const HERE = import.meta.dirname;

/** A fixed challenge: both verifiers get the same. */
export const CHALLENGES = ['5a', '77', 'c3'].map((byte) => byte.repeat(32));

/** Cases that are judged at a time: each waits for the verifier in Python most of the time, which uses one core. */
const AT_A_TIME = 2;

/** The expected result: the verdict, and the first check that does not hold where that is known. */
export interface Expected {
  verdict: Verdict;
  check?: string | null | undefined;
  /** A finding of both, where that is known. */
  finding?: { file: string; step?: number | undefined };
  /** How far the data were checked. */
  data?: DataStanding;
}

export const HOLDS: Expected = { verdict: 'holds', check: null };

export type CaseOptions = Omit<Partial<AuditOptions>, 'folder'>;

/** A verifier ended its call: it says nothing of the run. */
const REFUSED = Symbol('refused');

/** Does this for each of them, some at a time. */
export async function each<T>(all: Iterable<T>, judged: (one: T) => Promise<void>): Promise<void> {
  const left = [...all].values();
  const some = async () => {
    for (const one of left) await judged(one);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, some));
}

export const ours = (path: string, options: CaseOptions): Promise<Audit> => {
  const look = (folder: string) => audit({ folder, threads: 1, ...options });
  return path.endsWith('.tar') ? withBundle(path, look) : look(path);
};

export class Both {
  passed = 0;
  failed = 0;
  /** The program in place of Python. */
  readonly interpreter: string;
  /** For files that only the verifier in Python needs. */
  readonly #folder: string;
  #files = 0;

  constructor(python: string, folder: string) {
    this.interpreter = python;
    this.#folder = folder;
  }

  /** What a script prints. */
  async python(script: string, ...args: string[]) {
    const { stdout } = await execute(this.interpreter, [join(HERE, script), ...args], { maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  }

  theirs(path: string, ...options: string[]): Promise<Theirs> {
    return this.python('verify.py', path, ...options);
  }

  tell(name: string, differences: string[], what: string, more: () => object): void {
    const good = differences.length === 0;
    console.log(`${good ? 'ok' : 'FAILED'}: ${name}: ${what}${good ? '' : `; differ in ${differences.join(', ')}`}`);
    if (good) this.passed++;
    else {
      this.failed++;
      console.log(JSON.stringify(more()));
    }
  }

  /** The same options for the verifier in Python. A register is written into a file for it. */
  #spelled({
    replay,
    segments,
    challenge,
    validation,
    maker,
    office,
    register,
    parents,
    parentMakers,
    sources,
  }: CaseOptions) {
    const named: [string, string | number | undefined][] = [
      ['--replay', replay],
      ['--segments', segments && `${segments.from}-${segments.to}`],
      ['--challenge', challenge],
      ['--maker', maker],
      ['--office', office],
      ['--register-head', register?.head],
      ['--sources', sources],
      ...(parents ?? []).map((path): [string, string] => ['--parent', path]),
      ...(parentMakers ?? []).map((key): [string, string] => ['--parent-maker', key]),
    ];
    if (register) {
      const file = join(this.#folder, `register-${this.#files++}.jsonl`);
      writeFileSync(file, register.text);
      named.push(['--register', file]);
    }
    const args = named.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
    return validation ? [...args, '--validation'] : args;
  }

  /** Both verifiers on one run, all of it trained again where nothing else is asked for. */
  async judge(name: string, path: string, expected: Expected, given: CaseOptions = {}): Promise<void> {
    // The figure is computed at any cost where nothing else can be wrong.
    const validation = expected.verdict === 'holds';
    const part = 'replay' in given || given.segments ? {} : { replay: 'all' as const };
    const options: CaseOptions = { challenge: CHALLENGES[0], validation, ...part, ...given };
    const [found, other] = await this.found(path, options);
    const differ = differences(found, other);
    if (other.verdict !== expected.verdict) differ.push('what is expected');
    if (expected.check !== undefined && first(other.checks) !== expected.check)
      differ.push('the check that is expected');
    const { finding } = expected;
    const isExpected = (one: { verdict: Verdict; file: string; step?: number | undefined }) =>
      one.verdict === expected.verdict && one.file === finding?.file && one.step === finding.step;
    if (finding && !other.findings.some(isExpected)) differ.push('the finding that is expected');
    if (expected.data !== undefined && other.data !== expected.data) differ.push('how far the data were checked');
    const by = first(other.checks);
    this.tell(name, differ, by ? `${other.verdict}, first by ${by}` : `${other.verdict} (${other.extent})`, () => ({
      expected,
      apart: findingsApart(found, other),
      ours: {
        ...found,
        run: undefined,
        movements: undefined,
        checks: found.checks.filter((one) => one.verdict !== 'holds'),
      },
      theirs: other,
    }));
  }

  /** What both found. */
  found(path: string, options: CaseOptions): Promise<[Audit, Theirs]> {
    return Promise.all([ours(path, options), this.theirs(path, ...this.#spelled(options))]);
  }

  /** A call that both verifiers end because of what the auditor gave, before they judge anything. `code`: of the error of Jikji's audit. */
  async refused(name: string, path: string, code: string, given: CaseOptions): Promise<void> {
    const options: CaseOptions = { challenge: CHALLENGES[0], replay: 0, ...given };
    const found = await ours(path, options).catch((error) => {
      if (error instanceof JikjiError) return error.code;
      throw error;
    });
    const other = await this.theirs(path, ...this.#spelled(options)).catch((error) => {
      if (error.code === 2) return REFUSED;
      throw error;
    });
    const differ = [
      ...(found === code ? [] : ['the error of the audit']),
      ...(other === REFUSED ? [] : ['the refusal of the verifier in Python']),
    ];
    this.tell(name, differ, `refused (${code})`, () => ({ ours: found, theirs: String(other) }));
  }
}
