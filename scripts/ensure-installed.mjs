// Runs `npm ci` when node_modules does not match package-lock.json, and does nothing else.
// Plain JavaScript: on a fresh machine this runs under any installed Node (20 or newer).
import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** True when every package of the lock that this platform needs is installed in the locked version. */
function matchesLock() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const there = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
    // npm writes the second file last, so an interrupted install does not match.
    return Object.entries(wanted).every(([path, p]) => {
      if (path === '') return true;
      const found = there[path];
      return found ? found.version === p.version && found.integrity === p.integrity : p.optional === true;
    });
  } catch {
    return false;
  }
}

/** GB on Linux x64, as measured; the rest of `npm start` (kernels, pages, the run of `hello`, the example programmes) takes LATER. */
const INSTALLED = 0.8;
const CACHED = 0.3;
const LATER = 0.3;

if (!matchesLock()) {
  console.error(
    `Installing what package-lock.json names (npm ci): about ${INSTALLED} GB here and ${CACHED} GB in npm's cache.`,
  );
  const { bavail, bsize } = statfsSync(root);
  const free = (bavail * bsize) / 1e9;
  if (free < INSTALLED + CACHED + LATER)
    console.error(`Only ${free.toFixed(1)} GB are free here: it may not be enough.`);
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (npm.error) console.error(`npm ci could not be started: ${npm.error.message}`);
  process.exit(npm.status ?? 1);
}
