// Copies a submitted bundle and checks its archive in the same pass. Does not know what its files hold: the audit does.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { readTar } from '../../formats/index.ts';
import { type Copied, Copier, type CopyOptions } from './copier.ts';
import * as refuse from './refusals/submissions.ts';
import { makerIn } from './try-read.ts';

const MAX_ENTRIES = 3_000_000;
/** Far more than a genesis has. */
const MAX_GENESIS = 32 << 20;
/** The first two bytes of a compressed file. */
const GZIP = [0x1f, 0x8b];

/**
 * `path` is the file to read; for an upload, only its name in errors.
 * @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `tar-...`, `interrupted`, and as the sender does
 */
export async function takeBundle(path: string, temporary: string, options: CopyOptions): Promise<Copied> {
  // O_NONBLOCK: opening a pipe must not wait for a writer.
  const file = options.pieces ? undefined : await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file?.stat();
    if (stat && !stat.isFile()) throw refuse.neitherKind(path);
    const size = stat?.size ?? 0;
    if (size > options.maxBytes) throw refuse.submissionTooLarge(path, options.maxBytes);
    const digest = createHash('sha256');
    const copier = new Copier(path, size, options);
    const pieces = copier.copy(uncompressed(options.pieces ?? copier.read(file!), path), temporary, digest);
    const maker = await checkEntries(pieces, path, options.maxBytes);
    return { digest: digest.digest('hex'), bytes: copier.bytes, maker };
  } finally {
    await file?.close();
  }
}

/** Passes on the pieces. @throws JikjiError `submission-unknown-kind` before the first piece if the file is compressed */
async function* uncompressed(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && GZIP.every((byte, i) => piece[i] === byte)) throw refuse.compressed(path);
    isFirst = false;
    yield piece;
  }
}

/** Reads the archive to its end, so that a truncated one is refused. A bundle has a genesis.json in its folder: gives whose key signed it. */
async function checkEntries(
  pieces: AsyncIterable<Buffer>,
  path: string,
  maxBytes: number,
): Promise<string | undefined> {
  const limits = { totalBytes: maxBytes, fileBytes: Number.MAX_SAFE_INTEGER, entries: MAX_ENTRIES };
  let genesis: string | undefined;
  for await (const entry of readTar(pieces, path, limits)) {
    if (entry.type === 'link' || entry.type === 'other')
      throw refuse.holdsNoFile(path, JSON.stringify(entry.path.slice(0, 200)));
    if (genesis !== undefined || entry.type !== 'file' || !/^[^/]+\/genesis\.json$/.test(entry.path)) continue;
    genesis = '';
    if (entry.size <= MAX_GENESIS) for await (const piece of entry.body()) genesis += piece.toString('latin1');
  }
  if (genesis === undefined) throw refuse.noGenesis(path);
  return makerIn(Buffer.from(genesis, 'latin1').toString());
}
