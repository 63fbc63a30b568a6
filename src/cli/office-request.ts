// One question to a server over HTTP, with a bound on its answer and on its time. Follows nobody elsewhere: a token is for the address
// that the user named. Errors hold neither token nor request.

import { type ErrorCode, type Failure, JikjiError } from '../base/index.ts';
import { badPort } from './office-address.ts';

const PATIENCE_MS = 60_000;

/** A certificate that is not believed is believed no more a minute later. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS/;
/** What a server says that will answer later. */
const LATER = [408, 425, 429, 500, 502, 503, 504];
const LATER_CODES: readonly string[] = ['log-moved', 'locked', 'stopping'] satisfies ErrorCode[];

export interface Question {
  url: string;
  method?: 'GET' | 'POST';
  token?: string | undefined;
  body?: object;
  /** Bytes of the answer, at most. */
  most: number;
  signal?: AbortSignal | undefined;
}

const away = (address: string, message: string, cause?: unknown): JikjiError =>
  new JikjiError('office-away', message, address, 'try again later', { cause });

/**
 * The text of an answer.
 * @throws JikjiError `office-away` where it is worth asking again, `office-certificate`, `office-answer`, `office-moved`, and what
 * the server says no with: its own code, message and hint
 */
export async function askServer({ url, method = 'GET', token, body, most, signal }: Question): Promise<string> {
  const { origin } = new URL(url);
  /** What the server says, on one line, without what could speak to a terminal, and without the token. */
  const without = (text: string): string =>
    (token ? text.replaceAll(token, '...') : text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 300);
  let response: Response;
  let text: string;
  try {
    const timeout = AbortSignal.timeout(PATIENCE_MS);
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
    text = await bounded(response, most, origin);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof JikjiError) throw error;
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Error && cause.message === 'bad port') throw badPort(origin);
    const code = reasonOf(error as Error);
    if (CERTIFICATE.test(code))
      throw new JikjiError(
        'office-certificate',
        `its certificate is not believed (${code})`,
        origin,
        'check the address; NODE_EXTRA_CA_CERTS names a file of certificates that you believe',
      );
    throw away(origin, `does not answer (${without(code)})`);
  }
  if (response.ok) return text;
  if (response.status >= 300 && response.status < 400)
    throw new JikjiError('office-moved', 'sends us to another address', origin, 'write that address, if it is the one');
  const said = errorIn(text);
  const words = without(said?.message ?? `answers ${response.status}`);
  if (LATER.includes(response.status) || LATER_CODES.includes(said?.code ?? ''))
    throw away(origin, said ? `says: ${words}` : words);
  if (!said) throw new JikjiError('office-answer', words, origin, 'check the address');
  throw JikjiError.received({ ...said, message: words, input: without(said.input), hint: without(said.hint) });
}

/** Why nothing came: the system's name for it, else what the cause says. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `nothing came within ${PATIENCE_MS / 1000} seconds`;
  const { code, message } = (error.cause ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && !code.startsWith('UND_')) return code;
  const said = typeof message === 'string' && message !== '' ? message : undefined;
  return said ?? (typeof code === 'string' ? code : error.message || error.name);
}

async function bounded(response: Response, most: number, origin: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > most)
      throw new JikjiError('office-answer', `answers with more than ${most} bytes`, origin, 'check the address');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What a server of ours says no with. */
function errorIn(text: string): Failure | undefined {
  try {
    const { code, message, input, hint } = JSON.parse(text).error;
    const fits = [code, message, input, hint].every((one) => typeof one === 'string' && one.length <= 2000);
    return fits && /^[a-z][a-z-]{0,60}$/.test(code) ? { code, message, input, hint } : undefined;
  } catch {
    return undefined;
  }
}
