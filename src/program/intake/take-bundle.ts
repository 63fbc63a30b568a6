// A bundle comes in: copied and read as an archive in one go. What its files hold is the audit's business.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { readTar } from '../../formats/index.ts';
import { type Copied, Copier, type CopyOptions, tooLarge, unknownKind } from './copying.ts';

const MOST_ENTRIES = 3_000_000;
/** The first two bytes of a compressed file. */
const GZIP = 0x1f8b;

/** @throws JikjiError `submission-too-large`, `submission-unknown-kind`, `tar-...`, `interrupted` */
export async function takeBundle(path: string, temporary: string, options: CopyOptions): Promise<Copied> {
  // A pipe would wait for its writer.
  const source = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await source.stat();
    if (!stat.isFile()) throw unknownKind(path, 'is neither a bundle nor a run folder');
    if (stat.size > options.most) throw tooLarge(path, options.most);
    const { buffer: start } = await source.read(Buffer.alloc(2), 0, 2, 0);
    if (start.readUInt16BE() === GZIP) throw unknownKind(path, 'is compressed: unpack it with gunzip first');
    const digest = createHash('sha256');
    const copier = new Copier(path, stat.size, options);
    await checkEntries(copier.copy(source, temporary, digest), path, options.most);
    return { digest: digest.digest('hex'), bytes: copier.bytes };
  } finally {
    await source.close();
  }
}

/** Reads the archive to its end, so that one that is cut off is not taken; a bundle has a commitment in its one folder. */
async function checkEntries(pieces: AsyncIterable<Buffer>, path: string, most: number): Promise<void> {
  const limits = { totalBytes: most, fileBytes: Number.MAX_SAFE_INTEGER, entries: MOST_ENTRIES };
  let evidence = false;
  for await (const entry of readTar(pieces, path, limits)) {
    if (entry.type === 'link' || entry.type === 'other')
      throw unknownKind(path, `holds ${JSON.stringify(entry.path.slice(0, 200))}, which is no file`);
    evidence ||= entry.type === 'file' && /^[^/]+\/genesis\.json$/.test(entry.path);
  }
  if (!evidence) throw unknownKind(path, 'is no bundle of a run: there is no genesis.json in it');
}
