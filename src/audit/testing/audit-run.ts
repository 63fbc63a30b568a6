// Benches for the tests of one file, audits on them, and what those find.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import {
  type Commitment,
  digestOfFile,
  type Parent,
  parentOf,
  readStatement,
  type Subject,
  signStatement,
} from '../../ledger/index.ts';
import { type AuditOptions, audit } from '../audit.ts';
import type { Audit, CheckName, Finding } from '../types.ts';
import { Bench, type Changes, redoEvidence } from './run.ts';

/** A bench that is removed after the tests of the file, with the key of a maker. */
export class TestBench extends Bench {
  readonly signer = this.strangersKey('maker');

  constructor() {
    super();
    afterAll(() => this.remove());
  }

  /** A copy of a run that its maker changed: all evidence is computed again. `at` names a file of it. */
  forged(run: string, change: (at: (name: string) => string, copy: string) => unknown, changes?: Changes): string {
    const copy = this.copy(run);
    change((name) => join(copy, name), copy);
    redoEvidence(copy, this.signer, changes);
    return copy;
  }

  /** A copy of a run with other files of model/, sealed as they are on disk; `sizes` are signed instead of theirs, with the old digest. */
  resealed(run: string, change: (at: (name: string) => string) => unknown, sizes: Record<string, number> = {}): string {
    const copy = this.copy(run);
    change((name) => join(copy, name));
    const { subjects, predicate } = readStatement(join(copy, 'seal.json'), 'seal');
    const files = [
      'recipe.yaml',
      ...readdirSync(join(copy, 'model'))
        .sort()
        .map((name) => `model/${name}`),
    ];
    const sealed = files.map((name): Subject => {
      if (name in sizes) return [name, subjects.get(name)!, sizes[name]];
      return [name, digestOfFile(join(copy, name)), statSync(join(copy, name)).size];
    });
    const state: Subject = ['state', subjects.get('state')!];
    writeFileSync(join(copy, 'seal.json'), signStatement('seal', [state, ...sealed], predicate, this.signer));
    return copy;
  }

  /** Writes a file of JSON Lines into the bench's folder. */
  writeLines(name: string, values: readonly object[]): void {
    writeFileSync(join(this.folder, name), values.map((value) => JSON.stringify(value)).join('\n'));
  }
}

/** A bench and two runs of one recipe that differ in their seed: tests of forgeries take parts of one for the other. */
export async function makeTwoRuns() {
  const bench = new TestBench();
  const { signer } = bench;
  return { bench, signer, run: await bench.make(signer), other: await bench.make(signer, { seed: 4711 }) };
}

/** A recipe's beginning with the weights of a run. */
export const fromRun = (run: string) => ({ from: { run: basename(run) } });

/** What genesis says of a parent that is a run. */
export const parentOfRun = (run: string) => parentOf(commitmentOf(run)) as Extract<Parent, { seal: string }>;

/** A conversation, as a line of a source. */
export const talk = (question: string, answer: string) => ({
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});

/** Writes a text file again. */
export const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(path, change(readFileSync(path, 'utf8')));

/** Writes a file of bytes again. */
export function editBytes(path: string, change: (bytes: Buffer) => unknown): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

export const commitmentOf = (run: string): Commitment =>
  readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment;

export const auditRun = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  audit({ folder, threads: 1, ...options });

export const checkOf = (result: Audit, name: CheckName) => result.checks.find((check) => check.name === name)!;

export const verdictsOf = (result: Audit) =>
  Object.fromEntries(result.checks.map(({ name, verdict }) => [name, verdict]));

/** The findings of one check, or of all. */
export const findingsOf = (result: Audit, name?: CheckName): (Finding & { name: CheckName })[] =>
  result.checks
    .filter((check) => name === undefined || check.name === name)
    .flatMap((check) => check.findings.map((finding) => ({ name: check.name, ...finding })));

export const notesOf = (result: Audit): string => result.checks.flatMap(({ notes }) => notes).join('\n');

/** Audits a forgery, which must be refuted. Structure must find nothing: the test is about the other checks. */
export async function auditForgery(folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> {
  const result = await auditRun(folder, options);
  expect(findingsOf(result, 'structure')).toEqual([]);
  expect(result.verdict).toBe('refuted');
  return result;
}

/** Audits a run that must be refuted, with a finding that has these members; `text` may be a pattern. */
export async function expectRefuted(
  folder: string,
  { text, ...finding }: Partial<Omit<Finding, 'text'>> & { name?: CheckName; text?: unknown },
  options: Partial<AuditOptions> = {},
): Promise<Audit> {
  const result = await auditRun(folder, options);
  expect(findingsOf(result)).toContainEqual(
    expect.objectContaining({
      verdict: 'refuted',
      ...finding,
      ...(text !== undefined && { text: text instanceof RegExp ? expect.stringMatching(text) : text }),
    }),
  );
  expect(result.verdict).toBe('refuted');
  return result;
}
