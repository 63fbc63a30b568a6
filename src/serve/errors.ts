// Errors as OpenAI's clients read them: { error: { message, type, param, code } }. A JikjiError gives its code, message and hint. Any other
// error is a bug: the client learns no details.

import type { Context } from 'hono';
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { JikjiError, systemCode } from '../base/index.ts';
import { keysAt, nearestName } from '../formats/index.ts';

/** nginx's status for a client that has gone before its answer. */
export const GONE = 499;

/** By code: the status, and OpenAI's own code where it has one that clients look at. */
const ANSWERS: Record<string, [status: ContentfulStatusCode, code?: string]> = {
  'api-key': [401, 'invalid_api_key'],
  origin: [403],
  'model-unknown': [404, 'model_not_found'],
  'not-found': [404],
  'receipt-unknown': [404],
  'request-too-large': [413],
  'request-too-deep': [400],
  'request-too-many': [400],
  'prompt-too-long': [400, 'context_length_exceeded'],
  'too-many': [429, 'rate_limit_exceeded'],
  stopping: [503],
  'disk-full': [503],
  'disk-broken': [503],
  'not-writable': [503],
  'receipts-broken': [500],
  'model-too-slow': [504],
};

const TYPES: Partial<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'server_error',
  503: 'server_error',
  504: 'server_error',
};

/** Seconds after which a client may ask again. */
export type RetryError = JikjiError & { retryAfter?: number };

/** Characters of a place in a request that an error names: a name in it may be as long as a request. */
const MAX_PLACE = 200;
const shortened = (place: string): string => (place.length > MAX_PLACE ? `${place.slice(0, MAX_PLACE)}…` : place);

/** The name that was probably meant by one that is not known; undefined where none is near, or nothing unknown is at fault. */
function nearestMember(shape: z.ZodType, issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  return nearestName(issue.keys[0]!, keysAt(shape, issue.path as (string | number)[]))?.name;
}

/** Of a request, among which a misspelled name is looked for: a hostile one has as many as it has bytes. */
const MAX_ISSUES = 20;

/** The error for a request of another shape: what is wrong, and where. A misspelled name comes first: it explains one that is missing. */
export function shapeError(shape: z.ZodType, { issues }: Pick<z.ZodError, 'issues'>): JikjiError {
  const first = issues.slice(0, MAX_ISSUES).find((issue) => nearestMember(shape, issue) !== undefined) ?? issues[0];
  const path = shortened(first?.path.map(String).join('.') ?? '');
  if (first?.code === 'unrecognized_keys') {
    const where = path ? `${path}.${first.keys[0]}` : first.keys[0]!;
    const near = nearestMember(shape, first);
    const hint = near === undefined ? 'leave it out' : `did you mean ${near}?`;
    return new JikjiError('request-shape', 'is not supported', shortened(where), hint);
  }
  return new JikjiError('request-shape', first?.message ?? 'is wrong', path || 'the body', 'see docs/serving.md');
}

/** The body of an error's answer, and its status; `retryAfter` in seconds. */
export type FailureOf = (
  error: unknown,
  requestId?: string,
) => { status: ContentfulStatusCode; body: object; retryAfter?: number };

/** Errors whose input is a member of the request. */
const NAMES_PLACE = ['request-shape', 'schema-unsupported', 'prompt-too-long'];

/** As OpenAI's clients read it. */
export const failureOf: FailureOf = (error, requestId) => {
  if (!(error instanceof JikjiError)) {
    console.error(`request ${requestId}:`, error);
    const message = 'something went wrong in the server; its log says what';
    return { status: 500, body: { error: { message, type: 'server_error', param: null, code: 'bug' } } };
  }
  const [status, code = error.code] = ANSWERS[error.code] ?? [400];
  const type = TYPES[status] ?? 'invalid_request_error';
  const param = NAMES_PLACE.includes(error.code) ? shortened(error.input) : null;
  const message = `${error.input}: ${error.message} (${error.hint})`;
  const { retryAfter } = error as RetryError;
  return { status, body: { error: { message, type, param, code } }, ...(retryAfter !== undefined && { retryAfter }) };
};

/** Whether reading a request failed because its client has gone. */
const isGone = (error: unknown, c: Context): boolean =>
  c.req.raw.signal.aborted && (error instanceof JikjiError || systemCode(error) === 'ECONNRESET');

export function errorResponse(error: unknown, c: Context, failureOf: FailureOf): Response {
  if (isGone(error, c)) return c.body(null, GONE as StatusCode);
  const { status, body, retryAfter } = failureOf(error, c.get('requestId'));
  if (retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(retryAfter)));
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  if (status === 413) c.header('Connection', 'close'); // the rest of the body stays unread
  return c.json(body, status);
}
