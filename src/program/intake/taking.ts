// What taking in a bundle and taking in a folder have in common.

import { JikjiError } from '../../base/index.ts';

export interface Taking {
  /** Bytes that the rule book allows. */
  most: number;
  signal: AbortSignal | undefined;
  tell(done: number, total: number): void;
  /** A bundle's bytes as they are sent. */
  pieces: AsyncIterable<Uint8Array> | undefined;
}

export interface Taken {
  digest: string;
  bytes: number;
}

export const tooLarge = (path: string, most: number): JikjiError =>
  new JikjiError(
    'submission-too-large',
    `is larger than the ${most} bytes that the rule book allows`,
    path,
    'a bundle without its data is smaller: jikji bundle --without-data',
  );

export const unknownKind = (path: string, what: string): JikjiError =>
  new JikjiError(
    'submission-unknown-kind',
    what,
    path,
    'submit a bundle (jikji bundle RUN) or a run folder with its evidence',
  );
