// What PostgreSQL and the way to it can say becomes an error that people can act on. No password and no value of a row gets into
// a message.

import { DrizzleQueryError } from 'drizzle-orm/errors';
import { type ErrorCode, JikjiError, systemCode, writeFailure } from '../../base/index.ts';

interface Failure {
  code: ErrorCode;
  message: string;
  hint: string;
}

const UNREACHABLE: Failure = {
  code: 'database-unreachable',
  message: 'the database cannot be reached',
  hint: 'check that it runs and that the address is right; what was not acknowledged may or may not be in it',
};
const REFUSED: Failure = {
  code: 'database-refused',
  message: 'the database refuses this user or password',
  hint: 'check user and password in the address',
};
const BROKEN: Failure = {
  code: 'database-broken',
  message: 'the database reports that its files are damaged',
  hint: 'restore a backup into a new database',
};

/** By PostgreSQL's codes, or by the first two characters of them, which are a class of them. */
const BY_STATE: Record<string, Failure> = {
  '08': UNREACHABLE,
  '28': REFUSED,
  '3D': {
    code: 'database-unknown',
    message: 'the server has no database of this name',
    hint: 'make it with createdb, or check the address',
  },
  // A table that a release drops.
  '2BP01': {
    code: 'database-depended-on',
    message: 'something of yours is built on a table that this release drops',
    hint: 'drop it, then build it anew on the views that docs/program.md names',
  },
  '42501': {
    code: 'database-forbidden',
    message: 'this user may not do that in the database',
    hint: 'make the user its owner',
  },
  '25006': {
    code: 'database-read-only',
    message: 'the database takes no writes',
    hint: 'use the address of the server that does',
  },
  '53100': {
    code: 'disk-full',
    message: 'the disk of the database is full',
    hint: 'free some space, then try again',
  },
  '53300': {
    code: 'database-busy',
    message: 'the database takes no more connections',
    hint: 'try again later, or allow more of them',
  },
  '57P01': UNREACHABLE, // somebody ended the connection
  '57P02': UNREACHABLE, // the server has crashed
  '57P03': UNREACHABLE, // it is not up yet
  XX001: BROKEN,
  XX002: BROKEN,
};

const ON_THE_WAY = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|UNABLE_TO)/;

/** `pg` says some things without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, Failure])[] = [
  [/^(SASL|SCRAM)/, REFUSED],
  [
    /^(Connection terminated|timeout e|The server does not support SSL|Client (was closed|has encountered))/,
    UNREACHABLE,
  ],
];

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** PostgreSQL's code of an error, for those who expect it. */
export function databaseCode(error: unknown): string | undefined {
  return codeOf(error instanceof DrizzleQueryError ? error.cause : error);
}

function failureOf(error: unknown): Failure | undefined {
  const code = codeOf(error) ?? '';
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const failure = BY_STATE[code] ?? BY_STATE[code.slice(0, 2)];
    if (failure) return failure;
  }
  // A socket in the file system that is not there, or not for us.
  const isSocket = (error as { syscall?: unknown } | null)?.syscall === 'connect';
  if (isSocket || ON_THE_WAY.test(code)) return { ...UNREACHABLE, message: `${UNREACHABLE.message} (${code})` };
  const message = error instanceof Error ? error.message : '';
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}

/**
 * What can be mended becomes a JikjiError; a bug stays one, but Drizzle's message, which has all values of the query in it, is
 * left behind.
 */
export function explain(thrown: unknown, where: string): unknown {
  const error = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  if (error instanceof JikjiError) return error;
  const failure = failureOf(error);
  return failure ? new JikjiError(failure.code, failure.message, where, failure.hint, { cause: error }) : error;
}

/** What is wrong with a place to write to becomes a JikjiError; everything else is passed on. */
export function explainPlace(error: unknown, path: string): unknown {
  if (systemCode(error) !== 'EEXIST') return writeFailure(error, path);
  return new JikjiError('not-writable', 'a file stands where a folder would have to be', path, 'choose another place', {
    cause: error,
  });
}
