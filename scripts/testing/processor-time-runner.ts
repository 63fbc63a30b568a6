// Runs tests as Vitest does, and notes in the meta of each file and each test what it took: seconds of this process and its
// threads, and of the child processes that ended meanwhile. Knows nothing of who reads it (scripts/test-times.ts).

import { readFileSync } from 'node:fs';
import { TestRunner } from 'vitest';

type Task = Parameters<TestRunner['onAfterRunTask']>[0];
type Suite = Parameters<TestRunner['onAfterRunSuite']>[0];
type File = Parameters<TestRunner['onCollectStart']>[0];

/** Processor seconds: of this process, of its ended children. */
export interface Seconds {
  own: number;
  children: number;
}

declare module 'vitest' {
  interface TaskMeta {
    seconds?: Seconds;
  }
}

/** Clock ticks a second in /proc, on all that Linux runs on. */
const TICKS = 100;

function now(): Seconds {
  const { user, system } = process.cpuUsage();
  // The name of the process, in brackets, may hold spaces: fields are counted behind it. cutime and cstime are fields 16 and 17 of proc_pid_stat(5).
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const children = (Number(fields[13]) + Number(fields[14])) / TICKS;
  return { own: (user + system) / 1e6, children };
}

function since(start: Seconds): Seconds {
  const end = now();
  return { own: end.own - start.own, children: end.children - start.children };
}

export default class ProcessorTimeRunner extends TestRunner {
  #file = now();
  #tests = new Map<string, Seconds>();

  override onCollectStart(file: File): void {
    this.#file = now();
    super.onCollectStart(file);
  }

  override async onBeforeRunTask(test: Task): Promise<void> {
    await super.onBeforeRunTask(test);
    this.#tests.set(test.id, now());
  }

  override onAfterRunTask(test: Task): void {
    const start = this.#tests.get(test.id);
    if (start !== undefined) test.meta.seconds = since(start);
    super.onAfterRunTask(test);
  }

  override async onAfterRunSuite(suite: Suite): Promise<void> {
    await super.onAfterRunSuite(suite);
    if (!('filepath' in suite)) return;
    suite.meta.seconds = since(this.#file);
  }
}
