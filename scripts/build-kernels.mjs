// Compiles kernels/ to kernels/build/kernels.wasm. With --if-stale only when a source is newer than the result.
// Plain JavaScript: npm runs it as `prepare`, under whatever Node is there.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../kernels');
const build = join(folder, 'build');
const target = join(build, 'kernels.wasm');
const sources = readdirSync(folder).filter((name) => /\.(ts|mjs)$/.test(name));

const changed = () => Math.max(...sources.map((name) => statSync(join(folder, name)).mtimeMs));
if (process.argv.includes('--if-stale') && existsSync(target) && statSync(target).mtimeMs > changed()) process.exit(0);

const { tilesSource } = await import('../kernels/tiles.mjs');
const { default: asc } = await import('assemblyscript/asc');
mkdirSync(build, { recursive: true });
writeFileSync(join(build, 'tiles.ts'), tilesSource());
const temporary = `kernels.${process.pid}.tmp`;
const { error, stderr } = await asc.main([
  'index.ts',
  ...['--baseDir', folder, '--outFile', join('build', temporary)],
  ...['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'simd,relaxed-simd,threads'],
  ...[
    '--disableWarning',
    '112',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
  ],
]);
if (error) {
  console.error(`The kernels did not compile: ${error.message}\n${stderr}`);
  process.exit(1);
}
renameSync(join(build, temporary), target); // a test that loads the module never sees half of it
