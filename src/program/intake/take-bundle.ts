// A bundle comes in: copied, hashed and read as an archive in one go. Memory does not grow with it. What its files hold is the
// audit's business.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { JikjiError } from '../../base/index.ts';
import { readTar } from '../../formats/index.ts';
import { type Taken, type Taking, tooLarge, unknownKind } from './taking.ts';

/** Bytes read at a time. */
const PIECE = 1 << 20;
/** Pieces in turn: the reader of archives may still look at a header that began in the piece before, 1 MiB long at most. */
const PIECES = 4;
const MOST_ENTRIES = 3_000_000;

/**
 * `path` names the bundle in errors; it is the file that is read, unless its bytes are sent piece by piece.
 * @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `tar-...`, `interrupted`, and as the sender does
 */
export async function takeBundle(path: string, temporary: string, taking: Taking): Promise<Taken> {
  const { most, signal, tell } = taking;
  // A pipe would wait for its writer.
  const source = taking.pieces ? undefined : await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await source?.stat();
    if (stat && !stat.isFile()) throw unknownKind(path, 'is neither a bundle nor a run folder');
    const total = stat?.size ?? 0;
    if (total > most) throw tooLarge(path, most);
    const target = await open(temporary, 'wx', 0o600);
    try {
      const digest = createHash('sha256');
      let bytes = 0;
      async function* copied(): AsyncGenerator<Buffer> {
        for await (const piece of taking.pieces ?? piecesOf(source!)) {
          if (bytes === 0 && piece[0] === 0x1f && piece[1] === 0x8b)
            throw unknownKind(path, 'is compressed: unpack it with gunzip first');
          bytes += piece.length;
          if (bytes > most) throw tooLarge(path, most); // a file may grow while it is read
          const written = writeAll(target, piece);
          digest.update(piece);
          await written;
          if (signal?.aborted) throw new JikjiError('interrupted', 'the submission was stopped', path, 'begin it anew');
          tell(bytes, Math.max(bytes, total));
          yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
        }
      }
      await checkEntries(copied(), path, most);
      await target.sync();
      return { digest: digest.digest('hex'), bytes };
    } finally {
      await target.close();
    }
  } finally {
    await source?.close();
  }
}

async function* piecesOf(source: FileHandle): AsyncGenerator<Uint8Array> {
  const buffers = Array.from({ length: PIECES }, () => Buffer.allocUnsafeSlow(PIECE));
  for (let i = 0; ; i = (i + 1) % PIECES) {
    const { bytesRead } = await source.read(buffers[i]!, 0, PIECE, null);
    if (bytesRead === 0) return;
    yield buffers[i]!.subarray(0, bytesRead);
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length; ) done += (await file.write(piece, done)).bytesWritten;
}

/** Reads the archive to its end, so that one that is cut off is not taken; a bundle has a commitment in its one folder. */
async function checkEntries(pieces: AsyncIterable<Buffer>, path: string, most: number): Promise<void> {
  const limits = { totalBytes: most, fileBytes: Number.MAX_SAFE_INTEGER, entries: MOST_ENTRIES };
  let evidence = false;
  for await (const entry of readTar(pieces, path, limits)) {
    if (entry.type === 'link' || entry.type === 'other') {
      throw unknownKind(path, `holds ${JSON.stringify(entry.path.slice(0, 200))}, which is no file`);
    }
    evidence ||= entry.type === 'file' && /^[^/]+\/genesis\.json$/.test(entry.path);
  }
  if (!evidence) throw unknownKind(path, 'is no bundle of a run: there is no genesis.json in it');
}
