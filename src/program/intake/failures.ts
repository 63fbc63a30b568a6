// Failures of work on a submission: which are the office's own, and what the public log says of the others.

import type { ChildOutcome } from '../../apart/index.ts';
import { type Both, type ErrorCode, type Failure, JikjiError } from '../../base/index.ts';
import { REASONS } from './reasons.ts';

/** Errors of this machine, not of the submission. */
const MACHINE_ERRORS: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'interrupted',
] satisfies ErrorCode[];

export const isOfMachine = (code: string): boolean => MACHINE_ERRORS.includes(code);

/** The kinds of work on a submission. */
const WORKS = {
  audit: { en: 'audit', ko: '검증' },
  evaluation: { en: 'evaluation', ko: '평가' },
  comparison: { en: 'comparison', ko: '비교' },
} as const;
export type WorkName = keyof typeof WORKS;

/** A comparison does not decide on a submission. */
const blameless = (what: WorkName): Both => (what === 'comparison' ? REASONS.saysNothing : REASONS.anew);

/** What the log keeps of work that gave no result; in Korean where that is known. */
export interface FailedWork {
  code: string;
  message: string;
  messageKo?: string;
}

const failedWork = (code: ErrorCode, { en, ko }: Both): FailedWork => ({
  code,
  message: en,
  messageKo: ko,
});

/** Of work over which the office's workers ended. */
export const killedWork = (what: WorkName, attempts: number): FailedWork =>
  failedWork(`${what}-kills`, REASONS.killed(WORKS[what], attempts, blameless(what)));

/**
 * Of a child that did not complete.
 * @throws JikjiError for errors of this machine
 */
export function failureOf(
  ended: Exclude<ChildOutcome<unknown>, { how: 'done' | 'stopped' }>,
  { what, seconds, files }: { what: WorkName; seconds: number; files: string },
): FailedWork {
  if (ended.how === 'failed') {
    const { code } = ended.failure;
    if (isOfMachine(code)) throw JikjiError.received(ended.failure);
    const message = publicText(files, ended.failure);
    const { ko, input } = ended.failure;
    return { code, message, ...(ko && { messageKo: publicText(files, { message: ko.message, input }) }) };
  }
  switch (ended.how) {
    case 'too-long':
      return failedWork(`${what}-too-long`, REASONS.tooLong(WORKS[what], seconds));
    case 'too-big':
      return failedWork(`${what}-too-big`, REASONS.tooBig(WORKS[what]));
    // A bug of ours looks the same as a file made to cause it, and a stage cannot wait for ever: the words blame nobody.
    case 'crashed':
      return failedWork(`${what}-crashed`, REASONS.crashed(WORKS[what], blameless(what)));
  }
}

/** The message for the public log, without paths of the office's folder `files`. */
export function publicText(files: string, { message, input }: Pick<Failure, 'message' | 'input'>): string {
  const words = input.includes(files) ? message : `${message} (${input})`;
  return words.replaceAll(files, '…').replace(/\0/g, '').toWellFormed().slice(0, 10_000).toWellFormed();
}
