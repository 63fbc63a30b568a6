// One HTTP request to a server, with bounds on response size and time. Follows no redirect: a token is for the address that the user
// named. Errors contain neither token nor request.

import { type ErrorCode, type Failure, JikjiError, parseJson } from '../base/index.ts';
import { badPort } from './office-address.ts';

const TIMEOUT_MS = 60_000;

/** Error codes of an untrusted certificate: a retry cannot help. */
const CERTIFICATE_ERROR = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS/;
/** Statuses and error codes of a server that may answer later. */
const RETRY_STATUSES = [408, 425, 429, 500, 502, 503, 504];
const RETRY_CODES: readonly string[] = ['log-moved', 'locked', 'stopping'] satisfies ErrorCode[];

export interface ServerRequest {
  url: string;
  method?: 'GET' | 'POST';
  token?: string | undefined;
  body?: object;
  /** Upper bound of the response body, in bytes. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

const unreachable = (address: string, message: string, cause?: unknown): JikjiError =>
  new JikjiError('office-away', message, address, 'try again later', { cause });

/**
 * The response body as text.
 * @throws JikjiError `office-away` if a retry may help, `office-certificate`, `office-answer`, `office-moved`, and the error of the
 * server with its own code, message and hint
 */
export async function requestText({
  url,
  method = 'GET',
  token,
  body,
  maxBytes,
  signal,
}: ServerRequest): Promise<string> {
  const { origin } = new URL(url);
  /** A text of the server on one line, without control characters and without the token. */
  const sanitize = (text: string): string =>
    (token ? text.replaceAll(token, '...') : text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 300);
  let response: Response;
  let text: string;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    text = await readBounded(response, maxBytes, origin);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof JikjiError) throw error;
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Error && cause.message === 'bad port') throw badPort(origin);
    const code = reasonOf(error as Error);
    if (CERTIFICATE_ERROR.test(code))
      throw new JikjiError(
        'office-certificate',
        `its certificate is not believed (${code})`,
        origin,
        'check the address; NODE_EXTRA_CA_CERTS names a file of certificates that you believe',
      );
    throw unreachable(origin, `does not answer (${sanitize(code)})`);
  }
  if (response.ok) return text;
  if (response.status >= 300 && response.status < 400)
    throw new JikjiError('office-moved', 'sends us to another address', origin, 'write that address, if it is the one');
  const failure = parseServerError(text);
  const words = sanitize(failure?.message ?? `answers ${response.status}`);
  if (RETRY_STATUSES.includes(response.status) || RETRY_CODES.includes(failure?.code ?? ''))
    throw unreachable(origin, failure ? `says: ${words}` : words);
  if (!failure) throw new JikjiError('office-answer', words, origin, 'check the address');
  throw JikjiError.received({
    ...failure,
    message: words,
    input: sanitize(failure.input),
    hint: sanitize(failure.hint),
  });
}

/** Why there is no response: the system's error code, else the message of the cause. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `nothing came within ${TIMEOUT_MS / 1000} seconds`;
  const { code, message } = (error.cause ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && !code.startsWith('UND_')) return code;
  const text = typeof message === 'string' && message !== '' ? message : undefined;
  return text ?? (typeof code === 'string' ? code : error.message || error.name);
}

async function readBounded(response: Response, maxBytes: number, origin: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > maxBytes)
      throw new JikjiError('office-answer', `answers with more than ${maxBytes} bytes`, origin, 'check the address');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The error in the response of a Jikji server; undefined for any other body. */
function parseServerError(text: string): Failure | undefined {
  try {
    const { code, message, input, hint } = (parseJson(text) as { error: Failure }).error;
    const fits = [code, message, input, hint].every((one) => typeof one === 'string' && one.length <= 2000);
    return fits && /^[a-z][a-z-]{0,60}$/.test(code) ? { code, message, input, hint } : undefined;
  } catch {
    return undefined;
  }
}
