// Errors on their way out to people who are not the office: where things lie there, and under whose name, is nobody's business.

import { JikjiError } from '../../base/index.ts';

/** The same error about `input`, without the folder `files` in its words. What is no JikjiError stays as it is. */
export function withoutFolder(error: unknown, files: string, input: string): unknown {
  if (!(error instanceof JikjiError)) return error;
  const words = (text: string) => text.replaceAll(files, '…');
  const told = new JikjiError(error.code, words(error.message), input, words(error.hint), { cause: error });
  const { retryAfter } = error as { retryAfter?: number };
  return retryAfter === undefined ? told : Object.assign(told, { retryAfter });
}
