// What tests make once and copy: kept between runs of the tests, for as long as nothing changes that it follows from. vitest.config.ts says
// where, by the digest of those sources.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Removes what other sources made, and what killed processes left. */
function removeOthers(place: string) {
  const kind = basename(place).replace(/-[0-9a-f]{16}$/, '');
  for (const name of readdirSync(dirname(place)))
    if (name.startsWith(`${kind}-`) && name !== basename(place))
      rmSync(join(dirname(place), name), { recursive: true, force: true }); // others may remove it at the same time
}

/** For processes outside Vitest: goes with them. */
let own: string | undefined;

function ownPlace() {
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'jikji-kept-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    own = folder;
  }
  return own;
}

const whereOf = (place: string | undefined, name: string) => join(place ?? ownPlace(), name);

/** Made where temporary things of tests lie, which go even if this process is killed in the middle. */
const emptyFolder = () => mkdtempSync(join(tmpdir(), 'jikji-made-'));

function keep(made: string, where: string) {
  if (!existsSync(dirname(where))) {
    mkdirSync(dirname(where), { recursive: true });
    removeOthers(dirname(where));
  }
  const copy = `${where}.${process.pid}`;
  cpSync(made, copy, { recursive: true });
  rmSync(made, { recursive: true });
  try {
    renameSync(copy, where); // of two at once the first one counts
  } catch {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Copies into `folder` what `make` puts into the empty folder that it is given; it is called where nobody has made it yet.
 * @param place a folder of vitest.config.ts for things of these sources; undefined where tests run without it
 */
export async function copyKept(
  place: string | undefined,
  name: string,
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const where = whereOf(place, name);
  if (!existsSync(where)) {
    const made = emptyFolder();
    await make(made);
    keep(made, where);
  }
  cpSync(where, folder, { recursive: true });
}

/** The same for what is made at once. */
export function copyKeptNow(
  place: string | undefined,
  name: string,
  folder: string,
  make: (folder: string) => void,
): void {
  const where = whereOf(place, name);
  if (!existsSync(where)) {
    const made = emptyFolder();
    make(made);
    keep(made, where);
  }
  cpSync(where, folder, { recursive: true });
}
