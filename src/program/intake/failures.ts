// Failures of work on a submission: which are the office's own, and what the public log says of the others.

import type { ErrorCode, Failure } from '../../base/index.ts';

/** Errors of this machine, not of the submission. */
const MACHINE_ERRORS: readonly string[] = [
  'disk-full',
  'disk-broken',
  'not-writable',
  'interrupted',
] satisfies ErrorCode[];

export const isOfMachine = (code: string): boolean => MACHINE_ERRORS.includes(code);

/** A bug of ours looks the same as a file made to cause it. */
export const BLAMELESS = 'That says nothing about the run';

/** The message for the public log, without paths of the office's folder `files`. */
export function publicText(files: string, { message, input }: Pick<Failure, 'message' | 'input'>): string {
  const words = input.includes(files) ? message : `${message} (${input})`;
  return words.replaceAll(files, '…').replace(/\0/g, '').toWellFormed().slice(0, 10_000).toWellFormed();
}
