// Failures of work on a submission: which are the office's own, and what the public log says of the others.

import type { ChildOutcome } from '../../apart/index.ts';
import { type ErrorCode, type Failure, JikjiError } from '../../base/index.ts';

/** Errors of this machine, not of the submission. */
const MACHINE_ERRORS: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'interrupted',
] satisfies ErrorCode[];

export const isOfMachine = (code: string): boolean => MACHINE_ERRORS.includes(code);

/** A kind of work on a submission. */
export type WorkName = 'audit' | 'evaluation' | 'comparison';

const BLAMELESS = 'That says nothing about the run';
const ANEW = `${BLAMELESS}: ask the office, and submit it anew`;
/** What stands beside an end that may be a bug of ours. A comparison does not decide on a submission. */
const blameless = (what: WorkName): string => (what === 'comparison' ? BLAMELESS : ANEW);

/** What the log keeps of work that gave no result. */
export interface FailedWork {
  code: string;
  message: string;
}

/** Of work over which the office's workers ended. */
export const killedWork = (what: WorkName, attempts: number): FailedWork => ({
  code: `${what}-kills` satisfies ErrorCode,
  message: `its ${what} ended the office's worker ${attempts} times. ${blameless(what)}`,
});

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
    return { code, message: publicText(files, ended.failure) };
  }
  const messages: Record<typeof ended.how, [code: ErrorCode, message: string]> = {
    'too-long': [`${what}-too-long`, `its ${what} took longer than the ${seconds} seconds that the rule book allows`],
    'too-big': [`${what}-too-big`, `its ${what} took more memory than the office gives to one`],
    // A bug of ours looks the same as a file made to cause it, and a stage cannot wait for ever: the words blame nobody.
    crashed: [`${what}-crashed`, `its ${what} ended unexpectedly. ${blameless(what)}`],
  };
  const [code, message] = messages[ended.how];
  return { code, message };
}

/** The message for the public log, without paths of the office's folder `files`. */
export function publicText(files: string, { message, input }: Pick<Failure, 'message' | 'input'>): string {
  const words = input.includes(files) ? message : `${message} (${input})`;
  return words.replaceAll(files, '…').replace(/\0/g, '').toWellFormed().slice(0, 10_000).toWellFormed();
}
