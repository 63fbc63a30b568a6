// Requests to the provider: over https, within limits of time and size, and never where a redirect leads.

import { isSafe } from './settings.ts';

const MAX_BYTES = 256 << 10;
export const TIMEOUT_MS = 10_000;

class FetchRefused extends Error {}

async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MAX_BYTES) throw new FetchRefused('the provider’s answer is too large');
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces, length));
}

/** Like `fetch`, with the answer read whole. */
export function limitedFetch(timeoutMs: number): (url: string, options: RequestInit) => Promise<Response> {
  return async (url, options) => {
    if (!isSafe(new URL(url))) throw new FetchRefused('the provider names an address without https');
    const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])];
    const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.any(signals) });
    const { status, headers } = response;
    const body = await bodyOf(response);
    const isEmpty = [101, 204, 205, 304].includes(status);
    return new Response(isEmpty ? null : body, { status, headers });
  };
}
