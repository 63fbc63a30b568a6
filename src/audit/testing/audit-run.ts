// Runs audits in tests, and reads their findings and notes.

import { expect } from 'vitest';
import { type AuditOptions, audit } from '../audit.ts';
import type { Audit, CheckName, Finding } from '../types.ts';

export const auditRun = (folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> =>
  audit({ folder, threads: 1, ...options });

export const findingsOf = (result: Audit, name: CheckName): Finding[] =>
  result.checks.find((check) => check.name === name)!.findings;

export const notesOf = (result: Audit): string => result.checks.flatMap(({ notes }) => notes).join('\n');

/** Audits a forgery, which must be refuted. Structure must find nothing: the test is about the other checks. */
export async function auditForgery(folder: string, options: Partial<AuditOptions> = {}): Promise<Audit> {
  const result = await auditRun(folder, options);
  expect(findingsOf(result, 'structure')).toEqual([]);
  expect(result.verdict).toBe('refuted');
  return result;
}
