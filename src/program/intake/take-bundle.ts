// A bundle comes in: copied and read as an archive in one go. What its files hold is the audit's business.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { readTar } from '../../formats/index.ts';
import { type Copied, Copier, type CopyOptions, tooLarge, unknownKind } from './copier.ts';

const MAX_ENTRIES = 3_000_000;
/** The first two bytes of a compressed file. */
const GZIP = [0x1f, 0x8b];

/**
 * `path` names the bundle in errors; it is the file that is read, unless its bytes are sent.
 * @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `tar-...`, `interrupted`, and as the sender does
 */
export async function takeBundle(path: string, temporary: string, options: CopyOptions): Promise<Copied> {
  // A pipe would wait for its writer.
  const file = options.pieces ? undefined : await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file?.stat();
    if (stat && !stat.isFile()) throw unknownKind(path, 'is neither a bundle nor a run folder');
    const size = stat?.size ?? 0;
    if (size > options.maxBytes) throw tooLarge(path, options.maxBytes);
    const digest = createHash('sha256');
    const copier = new Copier(path, size, options);
    const pieces = copier.copy(uncompressed(options.pieces ?? copier.read(file!), path), temporary, digest);
    await checkEntries(pieces, path, options.maxBytes);
    return { digest: digest.digest('hex'), bytes: copier.bytes };
  } finally {
    await file?.close();
  }
}

/** The same pieces. @throws JikjiError `submission-unknown-kind` before the first one where they are of a compressed file */
async function* uncompressed(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && GZIP.every((byte, i) => piece[i] === byte))
      throw unknownKind(path, 'is compressed: unpack it with gunzip first');
    isFirst = false;
    yield piece;
  }
}

/** Reads the archive to its end, so that one that is cut off is not taken; a bundle has a commitment in its one folder. */
async function checkEntries(pieces: AsyncIterable<Buffer>, path: string, maxBytes: number): Promise<void> {
  const limits = { totalBytes: maxBytes, fileBytes: Number.MAX_SAFE_INTEGER, entries: MAX_ENTRIES };
  let evidence = false;
  for await (const entry of readTar(pieces, path, limits)) {
    if (entry.type === 'link' || entry.type === 'other')
      throw unknownKind(path, `holds ${JSON.stringify(entry.path.slice(0, 200))}, which is no file`);
    evidence ||= entry.type === 'file' && /^[^/]+\/genesis\.json$/.test(entry.path);
  }
  if (!evidence) throw unknownKind(path, 'is no bundle of a run: there is no genesis.json in it');
}
