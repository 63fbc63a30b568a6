// `npm run check:package`: the package as npm packs it, in a separate folder with only the packages that it depends on. Checks that all
// files of `exports` exist, and that the examples of docs/library.md run under plain Node, print what the page says, and type-check.
// Needs no network. Exit code 1 where something fails.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promised, readExamples } from '../../src/library/testing/examples.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'jikji-package-'));
// Separate keys and lists of runs.
const env: NodeJS.ProcessEnv = { ...process.env };
for (const name of ['CONFIG', 'STATE', 'CACHE']) env[`XDG_${name}_HOME`] = join(folder, name);

let failed = 0;
function check(what: string, work: () => string): void {
  const started = performance.now();
  try {
    const detail = work();
    console.log(`holds   ${what}${detail && `: ${detail}`}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (error) {
    failed++;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    console.log(`FAILS   ${what}: ${(error as Error).message}\n${stdout}${stderr}`);
  }
}

const run = (command: string, args: string[], cwd: string): string =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });

interface Manifest {
  exports: Record<string, string | Record<string, string>>;
  dependencies: Record<string, string>;
}

const installed = join(folder, 'node_modules/@jikji/jikji');

/** Packs the package and installs it as npm would, with links to the packages that it depends on. */
function install(): string {
  const packed = run('npm', ['pack', '--pack-destination', folder, '--loglevel', 'error'], ROOT)
    .trim()
    .split('\n')
    .at(-1)!;
  const size = readFileSync(join(folder, packed)).byteLength;
  run('tar', ['-xzf', packed], folder);
  mkdirSync(dirname(installed), { recursive: true });
  run('mv', ['package', installed], folder);
  const { dependencies } = manifest();
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  return `${(size / 1e6).toFixed(2)} MB`;
}

const manifest = (): Manifest => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

function exportsAreThere(): string {
  const paths = Object.values(manifest().exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  // An audit starts this one by its path.
  const missing = [...paths, 'witness/jikji_witness/replay.py'].filter((path) => !existsSync(join(installed, path)));
  if (missing.length > 0) throw new Error(`not in the package: ${missing.join(', ')}`);
  return paths.join(', ');
}

function example(name: string, code: string): string {
  writeFileSync(join(folder, `${name}.mjs`), code);
  const printed = run(process.execPath, [`${name}.mjs`], folder).split('\n');
  const missing = promised(code).filter((line) => !printed.includes(line));
  if (missing.length > 0) throw new Error(`does not print: ${missing.join(' | ')}`);
  return '';
}

/** The strictest settings of a user, including the declarations of the package and its dependencies. */
function typeCheck(name: string, options: Record<string, unknown>): string {
  const include = readExamples().map((one) => {
    writeFileSync(join(folder, `${one.name}.mts`), one.code);
    return `${one.name}.mts`;
  });
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    ...options,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ compilerOptions, include }));
  return run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', `${name}.json`], folder);
}

try {
  check('npm pack', install);
  check('exports', exportsAreThere);
  for (const { name, code } of readExamples()) check(`example ${name}`, () => example(name, code));
  check('types, as Node resolves', () => typeCheck('node', { module: 'nodenext', exactOptionalPropertyTypes: true }));
  check('types, as bundlers resolve', () => typeCheck('bundler', { module: 'esnext', moduleResolution: 'bundler' }));
  check('jikji --version', () => run(join(installed, 'bin/jikji'), ['--version'], folder).trim());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
