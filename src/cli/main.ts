// The entry of the command line: sets the exit code. The work is in run.ts.

import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
