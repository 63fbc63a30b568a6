// Errors of PostgreSQL and its connection as JikjiErrors. No message holds a password or a value of a row.

import { DrizzleQueryError } from 'drizzle-orm/errors';
import { JikjiError, systemCode, writeFailure } from '../../base/index.ts';
import * as refuse from './refusals.ts';

type Failure = (input: string) => JikjiError;

/** By PostgreSQL's codes, or their first two characters: the class of a code. */
const BY_STATE: Record<string, Failure> = {
  '08': refuse.unreachable,
  '28': refuse.refused,
  '3D': refuse.unknown,
  '2BP01': refuse.dependedOn,
  '42501': refuse.forbidden,
  '25006': refuse.readOnly,
  '53100': refuse.diskFull,
  '53300': refuse.busy,
  '57P01': refuse.unreachable, // an administrator ended the connection
  '57P02': refuse.unreachable, // the server crashed
  '57P03': refuse.unreachable, // the server is starting
  XX001: refuse.broken,
  XX002: refuse.broken,
};

const NETWORK_CODES =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|EPIPE|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS|UNABLE_TO)/;

/** Errors of `pg` without a code. */
const BY_MESSAGE: readonly (readonly [RegExp, Failure])[] = [
  [/^(SASL|SCRAM)/, refuse.refused],
  [
    /^(Connection terminated|timeout e|The server does not support SSL|Client (was closed|has encountered))/,
    refuse.unreachable,
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
  if (isSocket || NETWORK_CODES.test(code)) return (input) => refuse.unreachableBy(input, code);
  const message = error instanceof Error ? error.message : '';
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}

/** Known failures become a JikjiError. A bug stays what it is, without Drizzle's message, which holds all values of the query. */
export function explain(thrown: unknown, where: string): unknown {
  const error = thrown instanceof DrizzleQueryError ? thrown.cause : thrown;
  if (error instanceof JikjiError) return error;
  const failure = failureOf(error);
  return failure ? failure(where).causedBy(error) : error;
}

/** Errors of a path to write to become a JikjiError; others are returned unchanged. */
export function explainPlace(error: unknown, path: string): unknown {
  if (systemCode(error) !== 'EEXIST') return writeFailure(error, path);
  return refuse.fileForFolder(path).causedBy(error);
}
