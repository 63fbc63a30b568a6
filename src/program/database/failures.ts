// Errors of PostgreSQL and its connection as JikjiErrors. No message holds a password or a value of a row.

import { DrizzleQueryError } from 'drizzle-orm/errors';
import { type ErrorCode, JikjiError, systemCode, writeFailure } from '../../base/index.ts';

type Failure = readonly [code: ErrorCode, message: string, hint: string];

const UNREACHABLE: Failure = [
  'database-unreachable',
  'the database cannot be reached',
  'check that it runs and that the address is right; unacknowledged writes may or may not be in it',
];
const REFUSED: Failure = [
  'database-refused',
  'the database refuses this user or password',
  'check both in the address',
];
const BROKEN: Failure = ['database-broken', 'the files of the database are damaged', 'restore a backup into a new one'];

/** By PostgreSQL's codes, or their first two characters: the class of a code. */
const BY_STATE: Record<string, Failure> = {
  '08': UNREACHABLE,
  '28': REFUSED,
  '3D': ['database-unknown', 'the server has no database of this name', 'make it with createdb, or check the address'],
  '2BP01': [
    'database-depended-on',
    'an object in the database depends on a table that this release drops',
    'drop it, then build it again on the views that docs/program.md names',
  ],
  '42501': ['database-forbidden', 'this user has no right to do that in the database', 'make the user its owner'],
  '25006': ['database-read-only', 'the database accepts no writes', 'use the address of the primary server'],
  '53100': ['disk-full', 'the disk of the database is full', 'free some space, then try again'],
  '53300': ['database-busy', 'the database accepts no more connections', 'try again later, or allow more of them'],
  '57P01': UNREACHABLE, // an administrator ended the connection
  '57P02': UNREACHABLE, // the server crashed
  '57P03': UNREACHABLE, // the server is starting
  XX001: BROKEN,
  XX002: BROKEN,
};

const NETWORK_CODES =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|UNABLE_TO)/;

/** Errors of `pg` without a code. */
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

/** PostgreSQL's code of an error. */
export function databaseCode(error: unknown): string | undefined {
  return codeOf(error instanceof DrizzleQueryError ? error.cause : error);
}

function failureOf(error: unknown): Failure | undefined {
  const code = codeOf(error) ?? '';
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const failure = BY_STATE[code] ?? BY_STATE[code.slice(0, 2)];
    if (failure) return failure;
  }
  // A Unix socket that does not exist, or is forbidden.
  const isSocket = (error as { syscall?: unknown } | null)?.syscall === 'connect';
  if (isSocket || NETWORK_CODES.test(code)) return [UNREACHABLE[0], `${UNREACHABLE[1]} (${code})`, UNREACHABLE[2]];
  const message = error instanceof Error ? error.message : '';
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}

/** Known failures become a JikjiError. A bug stays what it is, without Drizzle's message, which holds all values of the query. */
export function explain(thrown: unknown, where: string): unknown {
  const error = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  if (error instanceof JikjiError) return error;
  const failure = failureOf(error);
  if (!failure) return error;
  const [code, message, hint] = failure;
  return new JikjiError(code, message, where, hint, { cause: error });
}

/** Errors of a path to write to become a JikjiError; others are returned unchanged. */
export function explainPlace(error: unknown, path: string): unknown {
  if (systemCode(error) !== 'EEXIST') return writeFailure(error, path);
  const message = 'a file is in the place of a folder';
  return new JikjiError('not-writable', message, path, 'choose another place', { cause: error });
}
