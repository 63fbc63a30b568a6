// A worker thread that sends requests to an office: the training thread cannot serve the network while it computes a step.

import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, type Failure, JikjiError, parseJson } from '../base/index.ts';
import { requestText } from './office-request.ts';

/** The start data of the worker. */
export interface OfficeWorkerData {
  url: string;
  token: string | undefined;
}

export interface OfficeReply {
  /** The office's answer; `error` if there is none. */
  lodging?: string;
  error?: Failure;
}

const MAX_ANSWER = 1 << 18;
const { url, token } = workerData as OfficeWorkerData;

parentPort!.on('message', async (body: object) => {
  parentPort!.postMessage(await reply(body));
});

async function reply(body: object): Promise<OfficeReply> {
  try {
    const text = await requestText({ url, method: 'POST', token, body, maxBytes: MAX_ANSWER });
    const { lodging } = parseJson(text) as { lodging: unknown };
    if (typeof lodging === 'string') return { lodging };
  } catch (error) {
    if (error instanceof JikjiError) {
      const { code, message, input, hint } = error;
      return { error: { code, message, input, hint } };
    }
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  const code: ErrorCode = 'office-answer';
  const message = 'the response is not an answer of an office';
  return { error: { code, message, input: new URL(url).origin, hint: 'check the address' } };
}
