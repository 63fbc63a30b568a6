// Imported for what it does: this process, and all that it starts, takes the machine for one with a single core. Threads that wait for
// each other spin, and in tests the cores have other work: a tiny run spins longer than it trains. No bit depends on it, as the tests
// of the engine and of training show, which say how many threads they want.

import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { isMainThread } from 'node:worker_threads';

os.availableParallelism = () => 1;
syncBuiltinESMExports();

const option = `--import ${import.meta.url}`;
const others = process.env.NODE_OPTIONS ?? '';
if (isMainThread && !others.includes(option)) process.env.NODE_OPTIONS = `${others} ${option}`.trim();
