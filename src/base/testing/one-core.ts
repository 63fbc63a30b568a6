// Imported for its effect: this process and its children see a machine with one core. Threads that wait for each other spin, and in
// tests the cores are busy: a tiny run would spin longer than it trains. No bit depends on the number of threads: the tests of the
// engine and of training check this, and set it themselves.

import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { isMainThread } from 'node:worker_threads';

os.availableParallelism = () => 1;
syncBuiltinESMExports();

const option = `--import ${import.meta.url}`;
const others = process.env.NODE_OPTIONS ?? '';
if (isMainThread && !others.includes(option)) process.env.NODE_OPTIONS = `${others} ${option}`.trim();
