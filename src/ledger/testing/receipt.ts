// A receipt made up for tests.

import { sha256Hex } from '../digest.ts';
import type { Signer } from '../keys.ts';
import {
  type AnswerContext,
  digestOfFiles,
  digestOfRequest,
  digestOfTokens,
  headOf,
  type Receipt,
} from '../receipt.ts';

/** A receipt over two answers to one prompt. */
export function madeUpReceipt(server: Signer, more: Partial<Receipt> = {}): Receipt {
  const files = ['config', 'tokenizer', 'model.safetensors'].map((name) => ({ name, digest: sha256Hex(name) }));
  const request: Receipt['request'] = {
    chatTemplate: null,
    n: 2,
    parameters: {
      ...{ maxTokens: 5, temperature: 0.7, topK: 40, topP: 0.95, minP: 0 },
      ...{ presencePenalty: 0, frequencyPenalty: 0.5, repetitionPenalty: 1.1 },
      logitBias: [{ id: 7, bias: -100 }],
      stop: ['\n\n', '끝'],
      ends: [0],
      schema: null,
    },
    prompts: [{ tokens: 3, digest: digestOfTokens([0, 601, 70_000]) }],
  };
  const about = { arithmeticVersion: 1, nonce: 'a nonce', run: null, seedFrom: 'client' as const };
  const before: AnswerContext = { ...about, model: digestOfFiles(files), request: digestOfRequest(request) };
  return {
    ...about,
    formatVersion: 1,
    serverKey: server.publicKey.toString('base64'),
    id: '0123456789abcdef0123456789abcdef',
    time: '2026-01-02T03:04:05.678Z',
    version: '0.1.0',
    model: { name: 'hello', files },
    request,
    answers: [[5, 70_001, 9], []].map((ids, answer) => ({
      seed: 41 + answer,
      tokens: ids.length,
      head: headOf(before, { answer, seed: 41 + answer }, ids),
      ended: answer === 0 ? ('stop' as const) : ('client-gone' as const),
    })),
    ...more,
  };
}
