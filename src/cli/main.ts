// The command line's entry: verbs, exit codes, what an error looks like. The work is in the rooms below.

import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2));
