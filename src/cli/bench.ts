// `jikji bench`: measures the engine on this machine.

import { type Command, Option } from 'commander';
import { count } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { table } from './text.ts';

interface Options {
  shape: 's' | 'm' | 'l';
  profile?: boolean;
  threads: number;
}

export function addBench(program: Command, output: Output): void {
  program
    .command('bench')
    .summary('measure training speed on this machine')
    .description('Trains a few steps of a fixed shape on random tokens and prints the speed.')
    .addOption(
      new Option('--shape <shape>', 's: 5.7 M, m: 29 M, l: 91 M parameters').choices(['s', 'm', 'l']).default('s'),
    )
    .option('--profile', 'time by operation')
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} bench --shape m --profile`)
    .action(async ({ shape, profile, threads }: Options) => {
      const { benchShape } = await foundry();
      const result = await benchShape({ shape, threads, profile: profile === true });
      output.result(result, () => {
        output.line(`shape ${shape}, ${threads} threads: ${count(result.tokensPerSecond)} tokens/s`);
        const share = `${Math.round(result.utilisation * 100)}% of this machine's ${result.peakGflops.toFixed(0)}`;
        output.line(`  ${result.gflops.toFixed(1)} GFLOP/s, ${share}`);
        if (!result.operations?.length) return;
        const total = result.operations.reduce((sum, op) => sum + op.seconds, 0);
        const rows = result.operations
          .toSorted((a, b) => b.seconds - a.seconds)
          .map((op) => [
            op.name,
            (op.seconds * 1e3).toFixed(1),
            `${((op.seconds / total) * 100).toFixed(1)}%`,
            op.gflops === undefined ? '' : op.gflops.toFixed(1),
          ]);
        output.line();
        for (const line of table([['operation', 'ms', 'share', 'GFLOP/s'], ...rows], [1, 2, 3]))
          output.line(`  ${line}`);
      });
    });
}
