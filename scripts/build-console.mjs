// Builds src/console to dist/console. With --if-stale only when the sources differ from those of the last build; with --check it
// builds nothing, and ends with exit code 3 when they differ. Plain JavaScript: npm runs it as `prepare`, under any installed Node.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dist/console');
const mark = join(target, 'inputs.sha256');

/** Digest of all sources and of the packages in the pages. File times mean nothing after a checkout. */
function inputs() {
  const own = ['src/console', 'src/page-kit']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(tsx?|css|html|svg)$/.test(name) && !/\.test\.ts$|(^|[\\/])testing[\\/]/.test(name))
    .sort();
  const packages = ['preact', 'uplot', 'vite'].map((name) => `node_modules/${name}/package.json`);
  const hash = createHash('sha256');
  for (const name of [...own, ...packages, 'vite.config.ts', 'scripts/build-console.mjs']) {
    hash.update(`${name}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest(),
    );
  }
  return `${hash.digest('hex')}\n`;
}

function built() {
  try {
    return readFileSync(mark, 'utf8');
  } catch {
    return undefined;
  }
}

const digest = inputs();
if (process.argv.includes('--check')) process.exit(built() === digest ? 0 : 3);
if (process.argv.includes('--if-stale') && built() === digest) process.exit(0);

const { build } = await import('vite');
const temporary = `${target}.${process.pid}.tmp`;
const before = `${target}.${process.pid}.old.tmp`;
try {
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: temporary } });
} catch (error) {
  rmSync(temporary, { recursive: true, force: true });
  console.error(`The console did not build: ${error.message}`);
  process.exit(1);
}
// Beside each file, as browsers take it from this machine and over TLS: a seventh smaller than the server can make it at each start.
for (const name of readdirSync(temporary, { recursive: true })) {
  if (!/\.(js|css|html|svg)$/.test(name)) continue;
  const bytes = readFileSync(join(temporary, name));
  writeFileSync(join(temporary, `${name}.br`), brotliCompressSync(bytes));
}
writeFileSync(join(temporary, 'inputs.sha256'), digest);
// A running server never sees a half-written build.
mkdirSync(dirname(target), { recursive: true });
try {
  renameSync(target, before);
} catch {
  // the first build
}
renameSync(temporary, target);
rmSync(before, { recursive: true, force: true });
