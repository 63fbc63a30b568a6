// `npm start`: what a newcomer runs first. Runs under whatever Node npm found, so it needs nothing before it knows that
// this Node will do; the work is in start-verb.ts.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { run } = await import('./run.ts');
  process.exitCode = await run(['start', ...process.argv.slice(2)]);
} else {
  const launcher = fileURLToPath(new URL('../../bin/jikji', import.meta.url));
  process.on('SIGINT', () => {}); // the child answers Ctrl-C
  process.exitCode = spawnSync(launcher, ['start', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
