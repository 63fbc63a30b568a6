// Errors as HTTP answers. A JikjiError gives its code, message, input and hint. Any other error is a bug: it goes to the server's log, and
// the client learns no details.

import type { Context as Request } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { type Both, JikjiError, systemCode } from '../../base/index.ts';
import { keysAt, koreanOfIssue, nearestNameHints } from '../../formats/index.ts';
import * as refuse from './refusals/requests.ts';
import { failure } from './shapes/common.ts';

const STATUS: [pattern: RegExp, status: ContentfulStatusCode][] = [
  [/^(log-in|log-in-wrong|openid-refused)$/, 401],
  [/^(forbidden|log-in-stale|not-public|not-public-yet|origin)$/, 403],
  [
    /^((programme|consortium|call|application|application-file|stage|submission|question|rule-book|invitation|verification|identity|run|audit|user|token|appeal|score|decision|chip|cluster|supplier|country|use|metering|log-in|reset|backup)-unknown|programme-missing|register-missing|model-missing|model-not-there|application-file-gone|not-found)$/,
    404,
  ],
  [/^disk-full$/, 507],
  [
    /(-off|-exists|-given|-full|-open|-closed|-lacking|-known|-moved|-waiting|-taken|-answered|-final|-order|-out)$|^(judged|locked|last-office-user|identity-only|key-missing|no-office-key|run-running|verification-running|not-tuned|nothing-to-compare|no-limits|no-catalogue|not-eligible|audit-missing|audit-unsealed|audit-own|unsigned|metering-busy|metering-unread)$/,
    409,
  ],
  [/(^|-)too-large$/, 413],
  [/^too-many$/, 429],
  [/^upload-broken$/, 408],
  [/^(database-.*|disk-broken|not-writable|log-altered|application-file-altered|stopping|openid-unreachable)$/, 503],
];

function statusOf(code: string): ContentfulStatusCode {
  return STATUS.find(([pattern]) => pattern.test(code))?.[1] ?? 422;
}

/** The body of an error's answer: the shape `failure`. Logs a bug. */
export function failureBody(error: unknown, input = ''): z.output<typeof failure> {
  if (error instanceof JikjiError) return failure.parse({ error: error.failure });
  console.error(error);
  return failure.parse({ error: refuse.bug(input).failure });
}

/** The HTTP answer for an error. */
export function errorResponse(error: unknown, c: Request): Response {
  if (error instanceof JikjiError) {
    const { retryAfter } = error as { retryAfter?: number };
    if (retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(retryAfter)));
    const status = statusOf(error.code);
    // The rest of the body stays unread, so the connection cannot be used again.
    if (status === 413 || status === 408) c.header('Connection', 'close');
    return c.json(failureBody(error), status);
  }
  if (error instanceof HTTPException) {
    const made = error.status === 413 ? refuse.bodyTooLarge : refuse.unreadableRequest;
    return c.json(failureBody(made(c.req.path, error.message || 'this request cannot be read')), error.status);
  }
  // The client closed the connection. Broken connections of the database are JikjiErrors.
  if (systemCode(error) === 'ECONNRESET') return c.json(failureBody(refuse.brokeOff(c.req.path)), 400);
  return c.json(failureBody(error, c.req.path), 500);
}

/** The same JikjiError with another `input`, and without the path of the office's folder `files` in its texts. Other errors stay. */
export function withoutFolder(error: unknown, files: string, input: string): unknown {
  if (!(error instanceof JikjiError)) return error;
  const words = (text: string) => text.replaceAll(files, '…');
  const { retryAfter } = error as { retryAfter?: number };
  const ko = error.ko && { message: words(error.ko.message), hint: words(error.ko.hint) };
  const outside = error.reworded({ message: words(error.message), input, hint: words(error.hint), ko });
  return Object.assign(outside, retryAfter !== undefined && { retryAfter });
}

/** The hint for a name that is not known; undefined where something else is at fault, or names are free. */
function memberHint(
  shape: z.ZodType,
  issue: z.core.$ZodIssue | undefined,
): { hint: Both; isNear: boolean } | undefined {
  if (issue?.code !== 'unrecognized_keys') return undefined;
  const names = keysAt(shape, issue.path as (string | number)[]);
  if (names.length === 0) return undefined;
  const list = names.join(', ');
  const otherwise = { en: `its members are ${list}`, ko: `쓸 수 있는 항목은 다음과 같습니다: ${list}` };
  const hint = nearestNameHints(issue.keys[0]!, names, otherwise);
  return { hint, isNear: hint !== otherwise };
}

/** Of a request, among which a misspelled name is looked for: a hostile one has as many as it has bytes. */
const MAX_ISSUES = 20;

/** The error for a request that does not match the documented shape. A misspelled name comes first: it explains one that is missing. */
export function shapeError(shape: z.ZodType, { issues }: Pick<z.ZodError, 'issues'>): JikjiError {
  const first = issues.slice(0, MAX_ISSUES).find((issue) => memberHint(shape, issue)?.isNear) ?? issues[0];
  const where = (first?.path.map(String).join('.') || 'the request').slice(0, 200);
  const { hint, hintKo } = (first?.code === 'custom' && first.params) || {};
  const said = { en: (first?.message ?? 'is not as it should be').slice(0, 500), ko: koreanOfIssue(first) };
  const aboutMember = memberHint(shape, first);
  if (aboutMember) return refuse.oddValue(where, said, aboutMember.hint);
  if (typeof hint === 'string') return refuse.oddValue(where, said, { en: hint, ko: String(hintKo) });
  return issues.length > 1 ? refuse.oddShapes(where, said, issues.length - 1) : refuse.oddShape(where, said);
}
