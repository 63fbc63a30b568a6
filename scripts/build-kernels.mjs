// Compiles kernels/ to kernels/build/kernels.wasm. With --if-stale only when a source, the crossing table or this script is
// newer than the result.
// Plain JavaScript: npm runs it as `prepare`, under any installed Node.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);
const folder = join(dirname(script), '../kernels');
const crossing = join(folder, '../src/engine/webassembly/crossing.json');
const build = join(folder, 'build');
const target = join(build, 'kernels.wasm');
const kernels = readdirSync(folder).filter((name) => /\.(ts|mjs)$/.test(name));
const sources = [...kernels.map((name) => join(folder, name)), crossing, script];

const changed = () => Math.max(...sources.map((file) => statSync(file).mtimeMs));
if (process.argv.includes('--if-stale') && existsSync(target) && statSync(target).mtimeMs > changed()) process.exit(0);

const { crossingSource, dispatchSource } = await import('../kernels/crossing.mjs');
const { tilesSource } = await import('../kernels/tiles.mjs');
const { q8TilesSource } = await import('../kernels/q8-tiles.mjs');
const { default: asc } = await import('assemblyscript/asc');
mkdirSync(build, { recursive: true });
const table = JSON.parse(readFileSync(crossing, 'utf8'));
writeFileSync(join(build, 'tiles.ts'), tilesSource(table.sizes));
writeFileSync(join(build, 'q8-tiles.ts'), q8TilesSource(table.sizes));
writeFileSync(join(build, 'crossing.ts'), crossingSource(table));
writeFileSync(join(build, 'dispatch.ts'), dispatchSource(table));
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
