// `npm run check:package`: the package as npm packs it, installed by npm in a separate folder. Checks that all files of `exports` exist,
// that the examples of docs/library.md run under plain Node, print what the page says, and type-check, and what a user does first: a
// model of own texts is made and audited, and a programme is served with its pages. Exit code 1 where something fails.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { argv } from '../../src/base/testing/argv.ts';
import { promised, readExamples } from '../../src/library/testing/examples.ts';
import { workFolder } from '../work-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = workFolder('package');
// Separate keys and lists of runs.
const env: NodeJS.ProcessEnv = { ...process.env };
for (const name of ['CONFIG', 'STATE', 'CACHE', 'DATA']) env[`XDG_${name}_HOME`] = join(folder, name);

let failed = 0;
async function check(what: string, work: () => string | Promise<string>): Promise<void> {
  const started = performance.now();
  try {
    const detail = await work();
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
  version: string;
  devDependencies: Record<string, string>;
}

const installed = join(folder, 'node_modules/@jikji/jikji');

/** Packs the package and installs it: packages that it depends on come from npm's cache, or from the registry. */
function install(): string {
  const packed = run('npm', argv`pack --pack-destination ${folder} --loglevel error`, ROOT).trim().split('\n').at(-1)!;
  const size = readFileSync(join(folder, packed)).byteLength;
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const types = `@types/node@${manifest(ROOT).devDependencies['@types/node']}`;
  const options = argv`--prefer-offline --no-audit --no-fund --loglevel error`;
  run('npm', argv`install ${options} ./${packed} ${types}`, folder);
  return `${(size / 1e6).toFixed(2)} MB`;
}

const manifest = (of = installed): Manifest => JSON.parse(readFileSync(join(of, 'package.json'), 'utf8'));

function exportsAreThere(): string {
  const paths = Object.values(manifest().exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  // An audit starts this one by its path.
  const missing = [...paths, 'witness/jikji_witness/replay.py'].filter((path) => !existsSync(join(installed, path)));
  if (missing.length > 0) throw new Error(`not in the package: ${missing.join(', ')}`);
  return paths.join(', ');
}

/** The command as npm links it. */
const jikji = (...args: string[]): string => run(join(folder, 'node_modules/.bin/jikji'), args, folder);

function printsItsVersion(): string {
  const printed = jikji('--version').trim();
  const { version } = manifest();
  if (printed !== version) throw new Error(`printed ${printed} and is ${version}`);
  return printed;
}

/** Texts become a recipe, the recipe a run, and the audit holds. */
function ownTexts(): string {
  mkdirSync(join(folder, 'pages'));
  cpSync(join(ROOT, 'docs'), join(folder, 'pages'), { recursive: true, filter: (path) => !path.endsWith('.svg') });
  jikji('init', 'pages', '--minutes', '1');
  const made = JSON.parse(jikji('make', 'pages/recipe.yaml', '--set', 'train.steps=20', '--json')) as { run: string };
  const { verdict } = JSON.parse(jikji('audit', made.run, '--json')) as { verdict: string };
  if (verdict !== 'holds') throw new Error(`the audit of a run that was just made: ${verdict}`);
  return `the audit: ${verdict}`;
}

/** The example programme, with its pages and API. */
async function servedProgramme(): Promise<string> {
  jikji('program', 'example', 'practice');
  const server = spawn(join(folder, 'node_modules/.bin/jikji'), argv`console --port 0 --json`, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface(server.stdout)) {
      const { url } = JSON.parse(line) as { url: string };
      for (const path of ['/', '/api/openapi.json']) {
        const { status } = await fetch(new URL(path, url));
        if (status !== 200) throw new Error(`${path}: status ${status}`);
      }
      return url;
    }
    throw new Error('the server ended');
  } finally {
    server.kill();
  }
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

await check('npm pack', install);
await check('exports', exportsAreThere);
for (const { name, code } of readExamples()) await check(`example ${name}`, () => example(name, code));
await check('types, as Node resolves', () =>
  typeCheck('node', { module: 'nodenext', exactOptionalPropertyTypes: true }),
);
await check('types, as bundlers resolve', () =>
  typeCheck('bundler', { module: 'esnext', moduleResolution: 'bundler' }),
);
await check('jikji --version', printsItsVersion);
await check('a model of own texts', ownTexts);
await check('a programme', servedProgramme);

process.exitCode = failed > 0 ? 1 : 0;
