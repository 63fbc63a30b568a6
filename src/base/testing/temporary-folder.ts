// Folders for the files of one test file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, vi } from 'vitest';

/** Makes an empty folder, which is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same; what Jikji keeps for a user, such as its key, lies there too until then. */
export function temporaryHome(): string {
  const folder = temporaryFolder();
  for (const name of ['STATE', 'CONFIG']) vi.stubEnv(`XDG_${name}_HOME`, join(folder, name));
  afterAll(() => vi.unstubAllEnvs());
  return folder;
}
