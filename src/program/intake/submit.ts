// Submits a bundle or a run folder to a stage: copies it into the office's folder, records it, queues its audit. Reads only as much as
// it needs to tell a bundle from other files.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JikjiError, makeFolder, syncFolder, systemCode, writeFailure } from '../../base/index.ts';
import type { Programme } from '../programme/index.ts';
import { bookOfStage, freeId, requireCluster, requireOpenStage } from '../state/index.ts';
import { bundleFile, runFolder } from './paths.ts';
import * as refuse from './refusals/submissions.ts';
import { takeBundle } from './take-bundle.ts';
import { takeFolder } from './take-folder.ts';

export interface SubmitOptions {
  /** A bundle, or a run folder with its evidence; for an upload, its name in errors. */
  path: string;
  /** The chunks of an uploaded bundle. */
  pieces?: AsyncIterable<Uint8Array> | undefined;
  stage: string;
  consortium: string;
  actor: string;
  /** Id of the submission; default: made from consortium and digest. */
  id?: string | undefined;
  /** The cluster of the catalogue on which it was made. */
  cluster?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: (done: number, total: number) => void;
}

export interface Submitted {
  submission: string;
  digest: string;
  bytes: number;
  /** Number of the job that will audit it. */
  job: number;
}

/** Age after which an incomplete copy is removed. */
const ABANDONED_MS = 24 * 3_600_000;

/**
 * Submits. `files` is the office's folder of submissions. A refused submission leaves no files.
 * @throws JikjiError `stage-unknown`, `stage-closed`, `not-in-stage`, `consortium-out`, `no-limits`, `cluster-unknown`, `no-catalogue`, `submission-missing`, `submission-too-large`,
 *   `submission-unknown-kind`, `submission-other-key`, `submission-known`, `tar-...`, `disk-full`, `not-writable`, `interrupted`
 */
export async function submit(programme: Programme, files: string, options: SubmitOptions): Promise<Submitted> {
  const { path, pieces, stage, consortium, cluster, actor, signal, onProgress = () => {} } = options;
  const maxBytes = checkAdmission(programme, options);
  const kind = pieces ? 'bundle' : await kindOf(path);
  const temporary = join(files, `incoming-${randomUUID()}.tmp`);
  try {
    makeFolder(files, 0o700);
    await removeAbandoned(files);
    const take = kind === 'bundle' ? takeBundle : takeFolder;
    const { digest, bytes, maker } = await take(path, temporary, { maxBytes, signal, onProgress, pieces });
    requireTeamsKey(programme, options, maker);
    const place = (kind === 'bundle' ? bundleFile : runFolder)(files, digest);
    // An existing file has the same digest.
    if (!existsSync(place)) {
      await rename(temporary, place);
      syncFolder(files);
    }
    let submission = '';
    try {
      await programme.recordOnce(actor, (tables) => {
        // The same files may be submitted again after a refusal.
        submission = options.id ?? freeId(tables, 'submissions', `${consortium.slice(0, 40)}-${digest.slice(0, 16)}`);
        const where = cluster === undefined ? {} : { cluster };
        const data = { id: submission, stage, consortium, kind, digest, bytes, ...where };
        return [{ kind: 'submission-received', data }];
      });
    } catch (error) {
      // The file stays if it is not known whether the entry was written.
      const unknown = error instanceof JikjiError && /^(database-|log-moved)/.test(error.code);
      const needed = programme.tables.of('submissions', 'digest', digest).length > 0;
      if (!unknown && !needed) await rm(place, { recursive: true, force: true });
      throw error;
    }
    // A kill here loses nothing: `work` finds submissions without a job.
    const job = await programme.store.jobs.add('audit', { submission });
    return { submission, digest, bytes, job };
  } catch (error) {
    throw writeFailure(error, files);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Refuses early, before gigabytes are copied; the log checks again. Returns the allowed bytes.
 * @throws JikjiError `stage-unknown`, `stage-closed`, `not-in-stage`, `consortium-out`, `no-limits`, `cluster-unknown`, `no-catalogue`
 */
function checkAdmission(
  { tables }: Programme,
  { stage, consortium, cluster }: Pick<SubmitOptions, 'stage' | 'consortium' | 'cluster'>,
): number {
  requireOpenStage(tables, stage, consortium);
  if (cluster !== undefined) requireCluster(tables, cluster);
  const { limits } = bookOfStage(tables, stage);
  if (limits) return limits.bundleBytes;
  throw refuse.noLimits(stage);
}

/**
 * Where the rule book asks for the team's key and the team has named one, what another key signed could only be out at the decision. In the act
 * and not in the entry's check: logs of before have such submissions. @throws JikjiError `submission-other-key`
 */
function requireTeamsKey(
  { tables }: Programme,
  { path, stage, consortium }: Pick<SubmitOptions, 'path' | 'stage' | 'consortium'>,
  maker: string | undefined,
): void {
  if (maker === undefined || bookOfStage(tables, stage).originality.audit?.makerKey !== true) return;
  const key = tables.get('consortia', consortium)?.makerKey ?? null;
  if (key !== null && key !== maker) throw refuse.otherKey(path, maker, key);
}

async function kindOf(path: string): Promise<'bundle' | 'model'> {
  try {
    return (await stat(path)).isDirectory() ? 'model' : 'bundle';
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause;
    throw refuse.cannotOpen(path).causedBy(cause);
  }
}

/** Removes incomplete copies of killed processes. */
export async function removeAbandoned(files: string): Promise<void> {
  for (const name of await readdir(files)) {
    if (!/^incoming-.*\.tmp$/.test(name)) continue;
    const path = join(files, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { recursive: true, force: true });
  }
}
