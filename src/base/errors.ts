// The one error type for mistakes of users. It carries data; the command line formats it.

import type { ErrorCode } from './error-codes/index.ts';
import { MEANINGS_KO } from './error-codes/korean.ts';

/** An error as another process, thread or server reports it. Its code may be one that only their version knows. */
export interface Failure {
  code: string;
  message: string;
  input: string;
  hint: string;
  /** The same in Korean, where it is known. */
  ko?: ErrorWords | undefined;
}

/** Message and hint of an error in one language, for example in Korean: whole sentences. */
export interface ErrorWords {
  message: string;
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
  /** Message and hint in Korean; undefined for errors that only the command line or a log shows, and from older records. */
  readonly ko: ErrorWords | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    input: string,
    hint: string,
    { ko, ...options }: ErrorOptions & { ko?: ErrorWords | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.input = input;
    this.hint = hint;
    this.ko = ko;
  }

  /** The error that a failure reports, with its code as it is. */
  static received({ code, message, input, hint, ko }: Failure, options?: ErrorOptions): JikjiError {
    return new JikjiError(code as ErrorCode, message, input, hint, { ...options, ko });
  }

  /** The same error in other words. Another message or hint needs its Korean too: the old one would say something else. */
  reworded(words: Partial<Omit<Failure, 'code'>>): JikjiError {
    const isOther = words.message !== undefined || words.hint !== undefined;
    return JikjiError.received({ ...this.failure, ...(isOther && { ko: undefined }), ...words }, { cause: this });
  }

  /** The same error, with what caused it: for logs, never in an answer. */
  causedBy(cause: unknown): this {
    this.cause = cause;
    return this;
  }

  /** Its data, to send to another process or thread, or to a page. Where it has no Korean, what its code means stands for it. */
  get failure(): Failure {
    const { code, message, input, hint } = this;
    const meaning = MEANINGS_KO[code as ErrorCode];
    const ko = this.ko ?? (meaning === undefined ? undefined : { message: meaning, hint: '' });
    return { code, message, input, hint, ...(ko && { ko }) };
  }
}

/** The system's error code (`ENOENT`, `ENOSPC`, ...) of a thrown value, or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

interface WriteFailure {
  code: ErrorCode;
  en: ErrorWords;
  ko: ErrorWords;
}

const DISK_FULL: WriteFailure = {
  code: 'disk-full',
  en: { message: 'the disk is full', hint: 'free some space, then go on with --resume' },
  ko: {
    message: '디스크가 가득 찼습니다.',
    hint: '공간을 마련한 뒤에 계속하십시오. 명령줄에서는 --resume을 쓰십시오.',
  },
};
const NOT_WRITABLE: WriteFailure = {
  code: 'not-writable',
  en: { message: 'nothing can be written here', hint: 'choose another folder with --out' },
  ko: { message: '이 위치에는 쓸 수 없습니다.', hint: '다른 폴더를 고르십시오. 명령줄에서는 --out을 쓰십시오.' },
};
const DISK_BROKEN: WriteFailure = {
  code: 'disk-broken',
  en: { message: 'the disk reports an error', hint: 'choose another disk with --out' },
  ko: { message: '디스크에 오류가 있습니다.', hint: '다른 디스크를 고르십시오. 명령줄에서는 --out을 쓰십시오.' },
};

/** By system error. */
const WRITE_FAILURES = new Map<string | undefined, WriteFailure>([
  ['ENOSPC', DISK_FULL],
  ['EDQUOT', DISK_FULL],
  ['EIO', DISK_BROKEN],
  // EEXIST: a file where a folder should be.
  ...'EACCES EPERM EROFS EEXIST ENOENT ENOTDIR ENAMETOOLONG ELOOP EISDIR'
    .split(' ')
    .map((name) => [name, NOT_WRITABLE] as const),
]);

/** A full or broken disk or a forbidden folder becomes a JikjiError; every other error is returned unchanged. */
export function writeFailure(error: unknown, path: string): unknown {
  const known = WRITE_FAILURES.get(systemCode(error));
  if (!known) return error;
  const { code, en, ko } = known;
  return new JikjiError(code, en.message, path, en.hint, { cause: error, ko });
}
