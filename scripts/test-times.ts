// Writes scripts/test-times.tsv: the processor time of every test file, and of every test of at least .05 seconds, one file after another
// with warm caches. `npm run test-times` takes half an hour; nothing else should run meanwhile. Columns: file, test (empty: the whole
// file), seconds of the process that ran it, seconds of the child processes that it started.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import type { Seconds } from './testing/processor-time-runner.ts';

const TABLE = join(import.meta.dirname, 'test-times.tsv');
const LEAST = 0.05;

const total = ({ own, children }: Seconds): number => own + children;
const row = (file: string, test: string, { own, children }: Seconds): string =>
  [file, test.replaceAll(/\s+/g, ' '), own.toFixed(2), Math.max(0, children).toFixed(2)].join('\t');

/** Processor seconds of each file, by its path from the root. Empty without a table. */
export function secondsOfFiles(): Map<string, number> {
  const rows = existsSync(TABLE) ? readFileSync(TABLE, 'utf8').split('\n') : [];
  const files = rows.map((line) => line.split('\t')).filter(([, test]) => test === '');
  return new Map(files.map(([file, , own, children]) => [file!, Number(own) + Number(children)]));
}

/** Writes the table when all tests have been run. */
export class TimesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows: string[] = [];
    for (const module of modules.toSorted((a, b) => a.relativeModuleId.localeCompare(b.relativeModuleId))) {
      const { seconds } = module.meta();
      if (!seconds) continue;
      rows.push(row(module.relativeModuleId, '', seconds));
      for (const test of module.children.allTests()) {
        const { seconds: own } = test.meta();
        if (own && total(own) >= LEAST) rows.push(row(module.relativeModuleId, test.fullName, own));
      }
    }
    const head = `# ${cpus()[0]!.model.trim()}, Node ${process.version}, one file at a time: file, test, seconds, seconds of children`;
    writeFileSync(TABLE, `${head}\n${rows.join('\n')}\n`);
  }
}

if (import.meta.main) {
  const env = { ...process.env, JIKJI_TEST_TIMES: '1', JIKJI_TEST_TURN: 'all' };
  process.exitCode = spawnSync('npx', ['--no-install', 'vitest', 'run'], { env, stdio: 'inherit' }).status ?? 1;
}
