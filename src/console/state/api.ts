// Requests to the API. Every failure becomes a `Failure` with message and hint; connection.ts learns whether the server answers.
// Knows no page and no words.

import { markAnswered, markUnanswered } from './connection.ts';
import { eventsOf } from './event-stream.ts';

/** An error of the API, or `server-gone` if the server did not answer. */
export class Failure extends Error {
  readonly code: string;
  readonly input: string;
  readonly hint: string;
  readonly status: number;
  /** Seconds, with `too-many`. */
  readonly retryAfter: number | null;
  /** Message and hint in Korean; undefined where the server has only English. */
  readonly ko: Record<'message' | 'hint', string> | undefined;

  constructor({ code, message = '', input = '', hint = '', status = 0, retryAfter = null, ko }: FailureOptions) {
    super(message);
    this.code = code;
    this.input = input;
    this.hint = hint;
    this.status = status;
    this.retryAfter = retryAfter;
    this.ko = ko;
  }
}

type FailureOptions = Pick<Failure, 'code'> &
  Partial<Pick<Failure, 'message' | 'input' | 'hint' | 'status' | 'retryAfter' | 'ko'>>;

const serverGone = () => new Failure({ code: 'server-gone' });

/** Any thrown value as a Failure. */
export const failureOf = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure({ code: 'console', message: String(error) });

async function failureOfAnswer(status: number, text: string, retryAfter: string | null): Promise<Failure> {
  try {
    type Given = Record<'code' | 'message' | 'input' | 'hint', unknown> & { ko?: Record<'message' | 'hint', unknown> };
    const { error } = JSON.parse(text) as { error: Given };
    const word = (value: unknown) => (typeof value === 'string' ? value : '');
    const { code, message, input, hint, ko } = error;
    return new Failure({
      code: word(code) || 'unreadable',
      message: word(message),
      input: word(input),
      hint: word(hint),
      status,
      retryAfter: retryAfter === null ? null : Number(retryAfter),
      ko: ko && { message: word(ko.message), hint: word(ko.hint) },
    });
  } catch {
    // A proxy answered with its own page.
    return new Failure({ code: status >= 502 ? 'server-gone' : 'unreadable', message: `${status}`, status });
  }
}

/** What the server sent as JSON. @throws Failure: a proxy may send a page of its own with the status of success */
function parsed<T>(text: string, status: number): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Failure({ code: 'unreadable', message: `${status}`, status });
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function request(method: Method, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: signal ?? null,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    markUnanswered();
    throw serverGone();
  }
  if (response.ok) {
    markAnswered();
    return response;
  }
  const failure = await failureOfAnswer(response.status, await response.text(), response.headers.get('retry-after'));
  if (failure.code === 'server-gone') markUnanswered();
  else markAnswered();
  throw failure;
}

/** @throws Failure */
export async function call<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await request(method, path, body, signal);
  const text = await response.text();
  return text === '' ? ({} as T) : parsed<T>(text, response.status);
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => call<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, body);

/** A model's answer, as OpenAI's clients read it; resolves at its end. `on` gets each chunk. @throws Failure, also for an error in the stream */
export async function streamAnswer<Chunk>(
  path: string,
  body: object,
  on: (chunk: Chunk) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await request('POST', path, body, signal);
  try {
    for await (const { data } of eventsOf(response.body!)) {
      if (data === '[DONE]') return;
      const chunk = JSON.parse(data) as Chunk & { error?: object };
      if (chunk.error) throw await failureOfAnswer(500, data, null);
      on(chunk);
    }
  } catch (error) {
    if (signal.aborted || error instanceof Failure) throw error;
    markUnanswered();
  }
  throw serverGone(); // the stream broke off before its end
}

/**
 * Work that the server reports on as it goes: events `progress`, then `result` or `failure`. Resolves with the result.
 * @throws Failure
 */
export async function followWork<T>(
  path: string,
  body: object,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  const response = await request('POST', path, body, signal);
  try {
    for await (const { event, data } of eventsOf(response.body!)) {
      if (event === 'failure') throw await failureOfAnswer(500, data, null);
      if (event === 'result') return JSON.parse(data) as T;
      if (event === 'progress') onProgress((JSON.parse(data) as { share: number }).share);
    }
  } catch (error) {
    if (signal.aborted || error instanceof Failure) throw error;
    markUnanswered();
  }
  throw serverGone(); // the stream broke off before its end
}

interface Upload {
  file: Blob;
  /** Gets the sent fraction, from 0 to 1. */
  on: (fraction: number) => void;
  signal: AbortSignal;
  /** @default application/octet-stream */
  type?: string;
}

/** Uploads a file. @throws Failure */
export function upload<T>(path: string, { file, on, signal, type = 'application/octet-stream' }: Upload): Promise<T> {
  // fetch reports no upload progress.
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api${path}`);
    request.setRequestHeader('content-type', type);
    request.upload.onprogress = ({ loaded, total }) => on(total > 0 ? loaded / total : 0);
    request.onload = async () => {
      const { status, responseText: text } = request;
      try {
        if (status < 200 || status >= 300)
          throw await failureOfAnswer(status, text, request.getResponseHeader('retry-after'));
        resolve(parsed<T>(text, status));
      } catch (failure) {
        reject(failure);
      }
    };
    request.onerror = () => {
      markUnanswered();
      reject(serverGone());
    };
    request.onabort = () => reject(new DOMException('given up', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
