// An empty database in a folder, for tests that are not about creating one: created once, then copied, which takes a tenth of the time.
// It is configured for tests: small in memory and on the disk, and it does not wait for the disk.

import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openStore } from '../open.ts';
import { connectFolder } from '../pglite.ts';

/** Where the copy lies; vitest.config.ts names a place for what these sources make. */
const MADE = process.env.JIKJI_TEST_DATABASE ?? join(tmpdir(), `jikji-empty-${process.pid}`);

/** Half of the time in which a database opens goes into memory that tests do not use. Processes are killed in tests, machines are not. */
const SETTINGS = `
shared_buffers = 8MB
wal_buffers = 256kB
max_connections = 10
io_max_concurrency = 1
fsync = off
`;

/** Databases that PostgreSQL makes others from: half of all files. */
const TEMPLATES = ['template0', 'template1'];

/** Configures the database of a folder for tests. */
export const quicken = (folder: string): void => appendFileSync(join(folder, 'postgresql.conf'), SETTINGS);

/** Removes what was made of other sources, and what killed processes left. */
function removeOthers(): void {
  for (const name of readdirSync(dirname(MADE)))
    if (/^database-[0-9a-f]{16}/.test(name) && name !== basename(MADE))
      rmSync(join(dirname(MADE), name), { recursive: true, force: true });
}

async function make(): Promise<void> {
  // Where temporary things of tests lie, which go even if this process is killed in the middle.
  const own = join(tmpdir(), `database-${process.pid}`);
  const store = await openStore({ folder: own });
  await store.close();
  const { pool, close } = await connectFolder(own);
  await pool.query('update pg_database set datistemplate = false');
  for (const name of TEMPLATES) await pool.query(`drop database ${name}`);
  await close();
  quicken(own);
  const copy = `${MADE}.${process.pid}`;
  cpSync(own, copy, { recursive: true });
  rmSync(own, { recursive: true });
  try {
    renameSync(copy, MADE); // of two at once the first one counts
    removeOthers();
  } catch {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** An empty database in `folder`, which is not there yet; the folder. */
export async function emptyDatabase(folder: string): Promise<string> {
  if (!existsSync(MADE)) await make();
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(MADE, folder, { recursive: true });
  return folder;
}
