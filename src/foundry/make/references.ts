// start/references.bin of a run that learns from pairs: the nats of each conversation by the weights of step 0, in binary64, little-endian;
// by source, training before validation, in the order of the token files.

import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../base/index.ts';
import { SPLITS, type Split } from '../corpus/index.ts';
import { natsOfFile, type TokenFiles, type Trainer } from '../train/index.ts';
import { damaged } from './made-files.ts';
import type { TokensManifest } from './tokens-manifest.ts';

/** Bytes of a conversation in the file. */
export const REFERENCE_BYTES = 8;

/** Conversations in the file. */
export const countReferences = ({ sources }: TokensManifest): number =>
  2 * sources.reduce((sum, { train, validation }) => sum + train.documents + validation.documents, 0);

/** Reads the file. @throws JikjiError `run-damaged` where it has not the size that the tokens need */
export function openReferences(path: string, tokens: TokensManifest): (source: number, split: Split) => Float64Array {
  const bytes = readFileSync(path);
  const count = countReferences(tokens);
  if (bytes.length !== REFERENCE_BYTES * count) {
    const hint = 'delete it, and --resume makes it again';
    throw damaged(`is damaged: it has ${bytes.length} bytes, not ${REFERENCE_BYTES * count}`, path, hint);
  }
  const all = Float64Array.from({ length: count }, (_, i) => bytes.readDoubleLE(REFERENCE_BYTES * i));
  return (source, split) => {
    const before = tokens.sources.slice(0, source);
    const first =
      countReferences({ ...tokens, sources: before }) +
      (split === 'train' ? 0 : 2 * tokens.sources[source].train.documents);
    return all.slice(first, first + 2 * tokens.sources[source][split].documents);
  };
}

/**
 * Writes the file, unless it is there. The trainer is at step 0. `pause` gets the share that is done, and may throw.
 * @throws JikjiError `marks-broken`, `conversation-long`, `disk-full`, `not-writable`
 */
export async function writeReferences(
  path: string,
  trainer: Trainer,
  sources: readonly Record<Split, TokenFiles>[],
  pause: (done: number) => Promise<void>,
): Promise<void> {
  if (existsSync(path)) return;
  const files = sources.flatMap((source) => SPLITS.map((split) => source[split]));
  const total = files.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const parts: Buffer[] = [];
  let before = 0;
  for (const { tokens, marks } of files) {
    const share = tokens.length / total;
    const nats = await natsOfFile(
      trainer,
      { tokens, marks: marks! },
      { pause: (done) => pause(before + done * share) },
    );
    const bytes = Buffer.alloc(REFERENCE_BYTES * nats.length);
    for (const [i, value] of nats.entries()) bytes.writeDoubleLE(value, REFERENCE_BYTES * i);
    parts.push(bytes);
    before += share;
  }
  writeFileAtomic(path, Buffer.concat(parts));
}
