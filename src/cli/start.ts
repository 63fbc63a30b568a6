// `npm start`: the first command of a newcomer. It runs under the Node that npm found, so it imports nothing before it has checked the
// version; the work is in start-verb.ts.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { run } = await import('./main.ts');
  process.exitCode = await run(['start', ...process.argv.slice(2)]);
} else {
  const launcher = fileURLToPath(new URL('../../bin/jikji', import.meta.url));
  process.on('SIGINT', () => {}); // the child answers Ctrl-C
  process.exitCode = spawnSync(launcher, ['start', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
