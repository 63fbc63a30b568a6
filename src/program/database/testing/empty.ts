// An empty database in a folder, for tests that are not about creating one: created once, then copied, which takes a tenth of the time.
// It is configured for tests: small in memory and on the disk, and it does not wait for the disk.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyKept } from '../../../base/testing/kept.ts';
import { openStore } from '../open.ts';
import { connectFolder } from '../pglite.ts';

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

/** An empty database in `folder`, which is not there yet; the folder. */
export async function emptyDatabase(folder: string): Promise<string> {
  await copyKept(process.env.JIKJI_TEST_DATABASE, 'empty', folder, async (made) => {
    const store = await openStore({ folder: made });
    await store.close();
    const { pool, close } = await connectFolder(made);
    await pool.query('update pg_database set datistemplate = false');
    for (const name of TEMPLATES) await pool.query(`drop database ${name}`);
    await close();
    quicken(made);
  });
  return folder;
}
