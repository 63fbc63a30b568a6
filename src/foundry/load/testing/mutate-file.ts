// Changes a file of a folder as an attacker or a broken disk would.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { HOSTILE, mutateBytes, mutateJson, type Random } from '../../../base/testing/mutate.ts';

/** Changes a file, or puts something that is no file in its place. */
export function mutateFile(path: string, whole: Buffer, random: Random): void {
  if (random.below(40) > 0) {
    let mutated: Uint8Array = whole;
    while (whole.equals(mutated)) {
      mutated =
        path.endsWith('.json') && random.below(2) === 0
          ? Buffer.from(mutateJson(JSON.parse(whole.toString()), HOSTILE, random))
          : mutateBytes(whole, random);
    }
    writeFileSync(path, mutated);
    return;
  }
  rmSync(path);
  const put = [
    () => symlinkSync('/dev/zero', path),
    () => symlinkSync(path, path),
    () => execFileSync('mkfifo', [path]),
    () => mkdirSync(path),
    () => {
      writeFileSync(path, '{');
      truncateSync(path, 2 ** (20 + random.below(14)) + random.below(3)); // holes
    },
  ];
  random.of(put)();
}
