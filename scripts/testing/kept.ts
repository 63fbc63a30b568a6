// Where tests keep what they make once, by the digest of all that it follows from: the sources of these rooms without their tests, the
// kernels, the lock file and Node. A changed line makes it anew.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DATABASE = ['src/base', 'src/ledger', 'src/formats', 'src/program/log', 'src/program/database'];
const RUNS = [
  'kernels',
  ...['apart', 'base', 'engine', 'fleet', 'formats', 'foundry', 'ledger', 'run-folder'].map((room) => `src/${room}`),
];
const PROGRAMMES = [
  ...RUNS,
  'src/audit',
  'src/http',
  'src/lineage',
  'src/page-kit',
  'src/program',
  'src/reliance',
  'src/serve',
];
/** Tests change nothing that is made; their helpers do. What is built follows from the sources. */
const LEFT_OUT = /\.test\.tsx?$|^kernels\/build\//;

/**
 * @param folders paths from the root, whose files count with their names
 * @param more what else it follows from
 */
export function digestOf(root: string, folders: readonly string[], more = ''): string {
  const digest = createHash('sha256').update(process.version).update(more);
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );
  for (const file of [...files.filter((file) => !LEFT_OUT.test(file)).sort(), 'package-lock.json']) {
    const bytes = readFileSync(join(root, file));
    digest.update(`\n${file} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex').slice(0, 16);
}

/** Log-ins of a kept programme end after some days. */
const today = (): string => new Date().toISOString().slice(0, 10);

/** The environment of the tests that names the places. */
export const keptEnvironment = (root: string, folder: string): Record<string, string> => ({
  JIKJI_TEST_DATABASE: join(folder, `database-${digestOf(root, DATABASE)}`),
  JIKJI_TEST_RUNS: join(folder, `runs-${digestOf(root, RUNS)}`),
  JIKJI_TEST_PROGRAMMES: join(folder, `programmes-${digestOf(root, PROGRAMMES, today())}`),
});
