// `npm start` and `npm test` in a clone that has packages but no builds: kernels and pages are built first, where they are stale. The scripts are stand-ins
// that note how they are called; npm itself runs them.

import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const STEPS = [
  'scripts/ensure-installed.mjs',
  'scripts/build-kernels.mjs',
  'scripts/build-console.mjs',
  'src/cli/start.ts',
];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-start-'));
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '0.0.0', type: 'module', scripts }));
  for (const step of STEPS) {
    mkdirSync(join(folder, step, '..'), { recursive: true });
    const line = `${JSON.stringify(step)} + ' ' + process.argv.slice(2).join(' ')`;
    writeFileSync(
      join(folder, step),
      `import { appendFileSync } from 'node:fs';\nappendFileSync('called', (${line}).trim() + '\\n');\n`,
    );
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const called = () => readFileSync(join(folder, 'called'), 'utf8').trim().split('\n');

test('npm start installs, then builds what is stale, then starts', () => {
  execFileSync('npm', ['start', '--silent'], { cwd: folder });
  expect(called()).toEqual([
    'scripts/ensure-installed.mjs',
    'scripts/build-kernels.mjs --if-stale',
    'scripts/build-console.mjs --if-stale',
    'src/cli/start.ts',
  ]);
});

test('npm start does not start where a build fails', () => {
  writeFileSync(join(folder, STEPS[2]!), 'process.exit(1);\n');
  expect(() => execFileSync('npm', ['start', '--silent'], { cwd: folder, stdio: 'ignore' })).toThrow();
  expect(called()).not.toContain('src/cli/start.ts');
});

test('built pages are told from pages of older sources', () => {
  const root = join(import.meta.dirname, '..');
  const packages = ['preact', 'uplot', 'vite'].map((name) => `node_modules/${name}/package.json`);
  const mark = 'dist/console/inputs.sha256';
  for (const path of ['src/console', 'src/page-kit', ...packages, 'vite.config.ts', 'scripts/build-console.mjs', mark])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  const check = () => spawnSync('node', [join(folder, 'scripts/build-console.mjs'), '--check']).status;
  expect(check()).toBe(0);
  appendFileSync(join(folder, 'src/console/app.tsx'), '\n');
  expect(check()).toBe(3);
});
