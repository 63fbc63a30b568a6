// Collects the findings, notes and verdict of one check, in both languages. Does not know what is checked.

import { type Both, JikjiError, type Sentence, systemCode } from '../base/index.ts';
import { COMMON } from './sentences/common.ts';
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

/** What an error of the evidence says: in Korean too, where it was made from a table. */
export const sentenceOf = ({ message, ko }: JikjiError): Sentence => ({ en: message, ko: ko?.message });

/** A finding with its sentence. */
export const findingOf = (
  verdict: Finding['verdict'],
  file: string,
  { en, ko }: Sentence,
  at: Location = {},
): Finding => ({ verdict, file, ...at, text: en, ...(ko !== undefined && { ko }) });

/** Adds a note to a check that is made already. */
export function addNote(check: Pick<Check, 'notes' | 'ko'>, { en, ko }: Both): void {
  check.notes.push(en);
  check.ko?.notes.push(ko);
}

export class Findings<Name extends string = CheckName> {
  readonly #name: Name;
  readonly #findings: Finding[] = [];
  readonly #notes = new Map<string, Both>();
  #verdict: Verdict = 'holds';
  #dropped = 0;

  constructor(name: Name) {
    this.#name = name;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  refuted(file: string, text: Sentence, at: Location = {}): void {
    this.#add(findingOf('refuted', file, text, at));
  }

  incomplete(file: string, text: Sentence, at: Location = {}): void {
    this.#add(findingOf('incomplete', file, text, at));
  }

  /** Adds a note, which does not change the verdict. Equal notes are kept once, at most `MAX_KEPT` in all. */
  note(text: Both): void {
    if (this.#notes.size < MAX_KEPT) this.#notes.set(text.en, text);
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
      this[ABSENT.test(error.code) ? 'incomplete' : 'refuted'](file, sentenceOf(error), at);
      return;
    }
    const code = systemCode(error);
    if (code === undefined) throw error;
    this.incomplete(file, code === 'ENOENT' ? COMMON.notThere : COMMON.unreadable(code), at);
  }

  /** Findings so far. */
  get findings(): Finding[] {
    return [...this.#findings];
  }

  check(detail: Both): Check<Name> {
    const notes = [...this.#notes.values()];
    if (this.#dropped > 0) notes.push(COMMON.moreFindings(this.#dropped));
    return {
      name: this.#name,
      verdict: this.#verdict,
      detail: detail.en,
      findings: this.findings,
      notes: notes.map(({ en }) => en),
      ko: { detail: detail.ko, notes: notes.map(({ ko }) => ko) },
    };
  }

  #add(finding: Finding): void {
    this.#verdict = worst([this.#verdict, finding.verdict]);
    if (this.#findings.length < MAX_KEPT) this.#findings.push(finding);
    else this.#dropped++;
  }
}
