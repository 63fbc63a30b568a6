// Whether a test can mount a small disk that it can fill: a tmpfs, which needs rights that not every user has.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const mount = (...args: string[]) => spawnSync('mount', args, { encoding: 'utf8' });

/** Why no small disk can be mounted here; undefined where one can. */
export function noSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'there is no tmpfs on this system';
  const place = mkdtempSync(join(tmpdir(), 'jikji-mount-'));
  const { status, stderr, error } = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place);
  if (status === 0) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return status === 0 ? undefined : `tmpfs cannot be mounted (${(error?.message ?? stderr).trim()})`;
}
