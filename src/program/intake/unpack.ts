// A submission's run folder: there already, or unpacked from its bundle. Runs in a child, whose TMPDIR lies in the office's folder.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { withBundle } from '../../audit/index.ts';
import { JikjiError, syncFolder } from '../../base/index.ts';
import { bundleFile, runFolder } from './paths.ts';

/** @throws JikjiError `submission-lost`, `bundle-strange`, `tar-...`, `disk-full` */
export async function unpackSubmission(files: string, digest: string): Promise<string> {
  const folder = runFolder(files, digest);
  if (existsSync(folder)) return folder;
  const bundle = bundleFile(files, digest);
  if (!existsSync(bundle)) {
    const hint = 'bring the folder for submissions back from a backup';
    throw new JikjiError('submission-lost', 'its files are not in the office any more', bundle, hint);
  }
  await withBundle(bundle, async (temporary) => {
    syncTree(temporary); // what has its last name is whole, after a power cut too
    renameSync(temporary, folder);
    syncFolder(files);
  });
  return folder;
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncFolder(path); // a file is synced as a folder is
  }
  syncFolder(folder);
}
