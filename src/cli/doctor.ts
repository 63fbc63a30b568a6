// `jikji doctor`: what this machine can do, one line a check. A check that fails is exit code 1.

import { accessSync, constants, statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { defaultThreads } from './option-values.ts';
import { CheckFailed, type Output } from './output.ts';
import { engine } from './rooms.ts';
import { bytes, table } from './text.ts';

interface Check {
  name: string;
  verdict: 'ok' | 'warning' | 'failed';
  detail: string;
}

const SUPPORTED_PLATFORMS = ['linux x64', 'linux arm64', 'darwin arm64'];

/** Checks that the operating system and Node answer. */
function systemChecks(folder: string): Check[] {
  const checks: Check[] = [];
  const add = (name: string, verdict: Check['verdict'], detail: string) => checks.push({ name, verdict, detail });

  const major = Number(process.versions.node.split('.')[0]);
  add('node', major >= 24 ? 'ok' : 'failed', `${process.version}${major >= 24 ? '' : ', 24 or newer is needed'}`);
  const platform = `${process.platform} ${process.arch}`;
  const isSupported = SUPPORTED_PLATFORMS.includes(platform);
  add(
    'platform',
    isSupported ? 'ok' : 'warning',
    isSupported ? platform : `${platform} is not one of ${SUPPORTED_PLATFORMS.join(', ')}`,
  );
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  add('cores', 'ok', `${availableParallelism()} (${model})`);

  // A container's limit counts, not the host's memory; Node reports no limit as 0 or as a huge number.
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = Math.min(process.availableMemory() || freemem(), memory);
  const enough = free >= 1e9;
  add(
    'memory',
    enough ? 'ok' : 'warning',
    `${bytes(free)} free of ${bytes(memory)}${enough ? '' : ', small models only'}`,
  );
  try {
    const disk = statfsSync(folder);
    const room = disk.bavail * disk.bsize;
    const verdict = room >= 2e9 ? 'ok' : room >= 100e6 ? 'warning' : 'failed';
    add('disk', verdict, `${bytes(room)} free in ${folder}`);
  } catch (error) {
    add('disk', 'warning', `free space of ${folder} is not known (${(error as Error).message})`);
  }
  try {
    accessSync(folder, constants.W_OK);
    add('writable', 'ok', folder);
  } catch {
    add('writable', 'warning', `${folder} is not writable: give make --out another folder`);
  }
  return checks;
}

/** Checks of the engine, which refuses to train without fused multiply-add. */
async function engineChecks(): Promise<Check[]> {
  try {
    const report = await (await engine()).machineReport(defaultThreads());
    const fused = report.fusedMultiplyAdd;
    return [
      {
        name: 'fused multiply-add',
        verdict: fused ? 'ok' : 'failed',
        detail: fused
          ? 'relaxed SIMD is fused'
          : 'not fused here: runs would not have the same bits, so training refuses',
      },
      { name: 'fastest tile', verdict: 'ok', detail: report.fastestTile },
      { name: 'peak', verdict: 'ok', detail: `${report.peakGflops.toFixed(0)} GFLOP/s in matrix products` },
    ];
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    const name = error.code === 'no-fma' ? 'fused multiply-add' : 'engine';
    return [{ name, verdict: 'failed', detail: `${error.message} (${error.hint})` }];
  }
}

export function addDoctor(program: Command, output: Output): void {
  program
    .command('doctor')
    .description('Checks Node, memory, disk and the engine on this machine.')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} doctor --json`)
    .action(async () => {
      const checks = [...systemChecks(process.cwd()), ...(await engineChecks())];
      output.result({ checks }, () => {
        const marks = {
          ok: output.style('green', '✓'),
          warning: output.style('yellow', '!'),
          failed: output.style('red', '✗'),
        };
        output.lines(table(checks.map((c) => [marks[c.verdict], c.name, c.detail])));
      });
      if (checks.some((check) => check.verdict === 'failed')) throw new CheckFailed();
    });
}
