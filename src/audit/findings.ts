// Collects the findings, notes and verdict of one check. Does not know what is checked.

import { JikjiError, systemCode } from '../base/index.ts';
import type { Check, CheckName, Finding, Verdict } from './types.ts';

/** Findings and notes that a check keeps; further findings are only counted. */
const MAX_KEPT = 50;

/** Where a finding is. */
export type Location = Pick<Finding, 'step' | 'tensor'>;

/** Codes of errors that mean: the evidence is missing or cannot be read here. All other codes mean that it is wrong. */
const ABSENT = /-missing$|-unreadable$|^no-memory$|^no-fma$|^too-large$/;

/** The worst of several verdicts. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  const all = new Set(verdicts);
  return all.has('refuted') ? 'refuted' : all.has('incomplete') ? 'incomplete' : 'holds';
}

export class Findings<Name extends string = CheckName> {
  readonly #name: Name;
  readonly #findings: Finding[] = [];
  readonly #notes = new Set<string>();
  #verdict: Verdict = 'holds';
  #dropped = 0;

  constructor(name: Name) {
    this.#name = name;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  refuted(file: string, text: string, at: Location = {}): void {
    this.#add({ verdict: 'refuted', file, ...at, text });
  }

  incomplete(file: string, text: string, at: Location = {}): void {
    this.#add({ verdict: 'incomplete', file, ...at, text });
  }

  /** Adds a note, which does not change the verdict. Equal notes are kept once, at most `MAX_KEPT` in all. */
  note(text: string): void {
    if (this.#notes.size < MAX_KEPT) this.#notes.add(text);
  }

  /** Adds the findings of a part of the check. */
  add(findings: readonly Finding[]): void {
    for (const finding of findings) this.#add(finding);
  }

  /** Runs a part of the check. An error that the evidence caused becomes a finding about `file`, and the result is undefined. */
  try<T>(file: string, work: () => T, at: Location = {}): T | undefined {
    try {
      return work();
    } catch (error) {
      this.caught(file, error, at);
      return undefined;
    }
  }

  /** The same for asynchronous work. */
  async tryAsync<T>(file: string, work: () => Promise<T>, at: Location = {}): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.caught(file, error, at);
      return undefined;
    }
  }

  /** Adds an error that the evidence caused as a finding; throws any other error again. */
  caught(file: string, error: unknown, at: Location = {}): void {
    if (error instanceof JikjiError && error.code !== 'interrupted') {
      this[ABSENT.test(error.code) ? 'incomplete' : 'refuted'](file, error.message, at);
      return;
    }
    const code = systemCode(error);
    if (code === undefined) throw error;
    this.incomplete(file, code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`, at);
  }

  check(detail: string): Check<Name> {
    const notes = [...this.#notes];
    if (this.#dropped > 0) notes.push(`${this.#dropped} more findings of this kind are not listed.`);
    return { name: this.#name, verdict: this.#verdict, detail, findings: [...this.#findings], notes };
  }

  #add(finding: Finding): void {
    this.#verdict = worst([this.#verdict, finding.verdict]);
    if (this.#findings.length < MAX_KEPT) this.#findings.push(finding);
    else this.#dropped++;
  }
}
