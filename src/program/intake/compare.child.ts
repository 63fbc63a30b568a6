// The child process that compares the weights of one submission with one other model. Opens no database and signs nothing.

import { existsSync, renameSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { answer } from '../../apart/index.ts';
import { makeFolder } from '../../base/index.ts';
import { digestOfFile } from '../../ledger/index.ts';
import { compareModels, kinshipOfRuns, makeSketch } from '../../lineage/index.ts';
import type { Compared, CompareWork } from './comparison.ts';
import { referenceSketch, runFolder, submissionSketch } from './paths.ts';
import * as refuse from './refusals/work.ts';
import { unpackSubmission } from './unpack.ts';

/** Rows of each block that are compared. */
const ROWS = 256;

/** The sketch of a reference model, as the rule book names it. @throws JikjiError `reference-missing`, `reference-differs` */
function checkedReference(files: string, sha256: string): string {
  const path = referenceSketch(files, sha256);
  if (!existsSync(path)) throw refuse.noReference(sha256, path);
  if (digestOfFile(path) === sha256) return path;
  throw refuse.otherReference(sha256);
}

/** The sketch of an earlier submission; made now if there is none. Its rows are drawn here, and nobody else knows which. */
async function sketchOf(files: string, digest: string): Promise<string> {
  const path = submissionSketch(files, digest);
  if (existsSync(path)) return path;
  const folder = await unpackSubmission(files, digest);
  makeFolder(dirname(path), 0o700);
  // In this work's own folder, which goes with it.
  const temporary = join(tmpdir(), `${digest}.sketch`);
  makeSketch(folder, { out: temporary, rows: ROWS });
  renameSync(temporary, path);
  return path;
}

answer<CompareWork, Compared, string>(async ({ files, digest, against, alpha, tried }, tell) => {
  const folder = await unpackSubmission(files, digest);
  const other =
    against.kind === 'reference' ? checkedReference(files, against.sketch) : await sketchOf(files, against.digest);
  const found = compareModels(folder, {
    against: [other],
    rows: ROWS,
    alpha,
    tried,
    threads: Math.min(256, availableParallelism()),
    onProgress: ({ part }) => void tell(part).catch(() => {}), // the parent is gone, and so are we
  });
  const [reference] = found.references as [Compared['references'][number]];
  // A sketch does not hold the evidence of its run.
  if (against.kind === 'submission') reference.kinship = kinshipOfRuns(folder, runFolder(files, against.digest));
  const { model } = reference;
  if (against.kind === 'reference' && model.digest !== against.model) throw refuse.otherModel(model.digest);
  return found;
});
