// The run folder of a submission, unpacked from its bundle if necessary. Runs in a child whose TMPDIR is in the office's folder.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { withBundle } from '../../audit/index.ts';
import { syncFolder } from '../../base/index.ts';
import { bundleFile, runFolder } from './paths.ts';
import { lost } from './refusals/work.ts';

/** @throws JikjiError `submission-lost`, `bundle-strange`, `tar-...`, `disk-full` */
export async function unpackSubmission(files: string, digest: string): Promise<string> {
  const folder = runFolder(files, digest);
  if (existsSync(folder)) return folder;
  const bundle = bundleFile(files, digest);
  if (!existsSync(bundle)) throw lost(bundle);
  await withBundle(bundle, async (temporary) => {
    // A folder with its final name is complete, even after a power cut.
    for (const name of ['', ...readdirSync(temporary, { recursive: true, encoding: 'utf8' })])
      syncFolder(join(temporary, name)); // works for files too
    renameSync(temporary, folder);
    syncFolder(files);
  });
  return folder;
}
