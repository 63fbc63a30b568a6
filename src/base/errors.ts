// The one error type for mistakes of users. It carries data; the command line formats it.

import type { ErrorCode } from './error-codes/index.ts';

/** An error as another process, thread or server reports it. Its code may be one that only their version knows. */
export interface Failure {
  code: string;
  message: string;
  input: string;
  hint: string;
}

/** A mistake that a user can fix: a bad recipe, a broken file, a taken port. Anything else that is thrown is a bug. */
export class JikjiError extends Error {
  override name = 'JikjiError';
  /** Stable, for programs: kebab-case, for example `recipe-unknown-key`. An `ErrorCode`, unless it was received. */
  readonly code: string;
  /** The file, line, key or value that caused it. */
  readonly input: string;
  /** How to fix it, in one sentence. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, input: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.input = input;
    this.hint = hint;
  }

  /** The error that a failure reports, with its code as it is. */
  static received({ code, message, input, hint }: Failure, options?: ErrorOptions): JikjiError {
    return new JikjiError(code as ErrorCode, message, input, hint, options);
  }

  /** The same error in other words. */
  reworded(words: Partial<Omit<Failure, 'code'>>): JikjiError {
    const { code, message, input, hint } = this;
    return JikjiError.received({ code, message, input, hint, ...words }, { cause: this });
  }
}

/** The system's error code (`ENOENT`, `ENOSPC`, ...) of a thrown value, or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** A full or broken disk or a forbidden folder becomes a JikjiError; every other error is returned unchanged. */
export function writeFailure(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new JikjiError('disk-full', 'the disk is full', path, 'free some space, then go on with --resume', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EEXIST': // a file where a folder should be
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EISDIR':
      return new JikjiError('not-writable', 'nothing can be written here', path, 'choose another folder with --out', {
        cause: error,
      });
    case 'EIO':
      return new JikjiError('disk-broken', 'the disk reports an error', path, 'choose another disk with --out', {
        cause: error,
      });
    default:
      return error;
  }
}
