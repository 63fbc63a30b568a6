// The body of a request as a client has saved it: what it says by itself, and what it means for a model.

import { JikjiError } from '../../base/index.ts';
import {
  chatMeaning,
  chatRequest,
  completionMeaning,
  completionRequest,
  type Meaning,
  type ServedModel,
  type StatedRequest,
  statedChat,
  statedCompletion,
} from '../../foundry/requests/index.ts';
import { notOne } from './bounded-json.ts';

/** As much as a server takes. */
export const MAX_REQUEST_BYTES = 16 << 20;

export interface SavedRequest {
  stated: StatedRequest;
  /** Undefined without a model. */
  meaning: Meaning | undefined;
  /** The model's name in it. */
  model: string;
  /** Whether answers begin with their prompt. */
  isEchoed: boolean;
  /** Whether the server says that this was the request: nobody else does. */
  isServers: boolean;
}

interface Source {
  path: string;
  isServers: boolean;
}

/** @throws JikjiError `not-a-receipt` if it is not a request that this model could answer */
export async function requestOf(
  body: unknown,
  model: ServedModel | undefined,
  { path, isServers }: Source,
): Promise<SavedRequest> {
  const isChat = typeof body === 'object' && body !== null && 'messages' in body;
  try {
    if (isChat) {
      const request = chatRequest.parse(body);
      const meaning = model && (await chatMeaning(request, model));
      return { stated: statedChat(request), meaning, model: request.model, isEchoed: false, isServers };
    }
    const request = completionRequest.parse(body);
    const isEchoed = request.echo === true;
    const meaning = model && completionMeaning(request, model);
    return { stated: statedCompletion(request), meaning, model: request.model, isEchoed, isServers };
  } catch (cause) {
    if (cause instanceof JikjiError)
      throw notOne(path, `is not a request to ${model ? 'this' : 'a'} model: ${cause.input} ${cause.message}`, cause);
    if (cause instanceof Error && cause.name === 'ZodError') throw notOne(path, 'is not the body of a request', cause);
    throw cause;
  }
}
