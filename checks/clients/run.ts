// `npm run check:clients`: a server of tiny models, asked by the clients that people use, each as its own pages show it: openai, Vercel's ai,
// LangChain and Instructor, in the versions of package.json here, which are installed first. Their types are checked here too: without them
// `npm run types` could not. Exit code 1 where something does not hold.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../work-folder.ts';
import type { Check, Scene } from './scene.ts';

const HERE = import.meta.dirname;
const TYPES = [process.execPath, join(HERE, '../../node_modules/typescript/bin/tsc'), '--noEmit', '-p', '.'];
const INSTALL = ['npm', 'ci', '--ignore-scripts', '--omit=optional', '--omit=peer', '--no-audit', '--no-fund'];

async function run([command, ...args]: readonly string[]): Promise<void> {
  const { status, error } = spawnSync(command!, args, { cwd: HERE, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

let failed = 0;
let passed = 0;

async function report(what: string, work: Check[1]): Promise<void> {
  try {
    await work();
    passed++;
    console.log(`holds   ${what}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${what}`);
    for (const line of String((error as Error).stack ?? error)
      .split('\n')
      .slice(0, 12))
      console.log(`          ${line}`);
  }
}

/** By package. Its file is read once it is installed. */
const CLIENTS: Record<string, () => Promise<(scene: Scene) => Check[]>> = {
  openai: async () => (await import('./openai.ts')).openaiChecks,
  ai: async () => (await import('./vercel.ts')).vercelChecks,
  '@langchain/openai': async () => (await import('./langchain.ts')).langchainChecks,
  '@instructor-ai/instructor': async () => (await import('./instructor.ts')).instructorChecks,
};

const { dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
await run([...INSTALL, '--loglevel=error']);
await report('types', () => run(TYPES));
const scene = await (await import('./scene.ts')).Scene.begin(workFolder('clients'));
try {
  for (const [name, checks] of Object.entries(CLIENTS))
    for (const [what, work] of (await checks())(scene)) await report(`${name} ${dependencies[name]}: ${what}`, work);
} finally {
  await scene.close();
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
