// Writes JavaScript and type declarations of the package into dist, beside the console. Removes an earlier build. `npm pack` runs it.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

for (const name of readdirSync(dist)) if (name !== 'console') rmSync(join(dist, name), { recursive: true });
for (const project of ['tsconfig.package.json', 'tsconfig.declarations.json']) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// TypeScript 7.0 omits the attribute of an imported JSON file, and then reports an error to users who check declarations.
for (const name of readdirSync(dist, { recursive: true })) {
  if (!name.endsWith('.d.ts') || name.startsWith('console')) continue;
  const text = readFileSync(join(dist, name), 'utf8');
  const whole = text.replace(/^(import .* from '[^']+\.json');$/gm, "$1 with { type: 'json' };");
  if (whole !== text) writeFileSync(join(dist, name), whole);
}
