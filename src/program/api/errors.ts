// Errors as answers: what people can mend carries its code, what was wrong and how to mend it; anything else is a bug, told to the
// server's log and not to the asker.

import type { Context as Request } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ZodError, z } from 'zod';
import { type ErrorCode, JikjiError, systemCode } from '../../base/index.ts';
import { failure } from './shapes/common.ts';

const STATUS: [pattern: RegExp, status: ContentfulStatusCode][] = [
  [/^(log-in|log-in-wrong)$/, 401],
  [/^(forbidden|not-public|not-public-yet|origin)$/, 403],
  [
    /^((programme|consortium|stage|submission|question|rule-book|invitation|run|audit|user|token|appeal|score|decision|cluster|supplier|country|use)-unknown|programme-missing|register-missing|model-missing|model-not-there|not-found)$/,
    404,
  ],
  [/^disk-full$/, 507],
  [
    /(-exists|-given|-full|-open|-closed|-lacking|-known|-moved|-waiting|-taken|-answered|-final|-order|-out)$|^(judged|locked|last-office-user|key-missing|no-office-key|run-running|not-tuned|nothing-to-compare|no-limits|no-catalogue|not-eligible|audit-missing|audit-unsealed|audit-own|unsigned)$/,
    409,
  ],
  [/(^|-)too-large$/, 413],
  [/^too-many$/, 429],
  [/^upload-broken$/, 408],
  [/^(database-.*|disk-broken|not-writable|log-altered|stopping)$/, 503],
];

function statusOf(code: string): ContentfulStatusCode {
  return STATUS.find(([pattern]) => pattern.test(code))?.[1] ?? 422;
}

/** What an answer says of an error: the shape `failure`. A bug is told to the server's log. */
export function failureOf(error: unknown, input = ''): z.output<typeof failure> {
  if (error instanceof JikjiError) return failure.parse({ error });
  console.error(error);
  const [message, hint] = ['something went wrong in the server', 'its log says what; please report it'];
  return { error: { code: 'bug' satisfies ErrorCode, message, input, hint } };
}

/** What an answer to `error` is. */
export function answerTo(error: unknown, c: Request): Response {
  if (error instanceof JikjiError) {
    const { retryAfter } = error as { retryAfter?: number };
    if (retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(retryAfter)));
    const status = statusOf(error.code);
    // The rest of it is not waited for, so nothing else can come on this connection.
    if (status === 413 || status === 408) c.header('Connection', 'close');
    return c.json(failureOf(error), status);
  }
  if (error instanceof HTTPException) {
    const code = error.status === 413 ? 'too-large' : 'request-broken';
    const message = error.message || 'this is no request that can be read';
    const hint = 'send JSON as the API document says';
    return c.json(failureOf(new JikjiError(code, message, c.req.path, hint)), error.status);
  }
  // Whoever asked has hung up. The database's own connections say so in errors of ours.
  if (systemCode(error) === 'ECONNRESET')
    return c.json(
      failureOf(new JikjiError('request-broken', 'the request broke off', c.req.path, 'send it again')),
      400,
    );
  return c.json(failureOf(error, c.req.path), 500);
}

/** The same error about `input` for people outside the office, without its folder `files` in its words. What is no JikjiError stays as it is. */
export function withoutFolder(error: unknown, files: string, input: string): unknown {
  if (!(error instanceof JikjiError)) return error;
  const words = (text: string) => text.replaceAll(files, '…');
  const { retryAfter } = error as { retryAfter?: number };
  const outside = error.reworded({ message: words(error.message), input, hint: words(error.hint) });
  return Object.assign(outside, retryAfter !== undefined && { retryAfter });
}

/** A request that does not have the shape that the document says. */
export function shapeError({ issues }: Pick<ZodError, 'issues'>): JikjiError {
  const [first] = issues;
  const where = first?.path.map(String).join('.') || 'the request';
  const rest = issues.length > 1 ? `; and ${issues.length - 1} more` : '';
  const hint = first?.code === 'custom' ? first.params?.hint : undefined;
  return new JikjiError(
    'request-shape',
    `${(first?.message ?? 'is not as it should be').slice(0, 500)}${rest}`,
    where.slice(0, 200),
    typeof hint === 'string' ? hint : 'GET /api/openapi.json says what goes where',
  );
}
