// `jikji bench`: measures the engine on this machine, or a model as a server's clients see it.

import { type Command, Option } from 'commander';
import { count } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import { note, type Output } from './output.ts';
import { foundry } from './rooms.ts';
import { measureServing } from './serving-speed.ts';
import { table } from './text.ts';

interface Options {
  shape: 's' | 'm' | 'l';
  profile?: boolean;
  serve?: string;
  threads: number;
}

export function addBench(program: Command, output: Output): void {
  program
    .command('bench')
    .description(
      `Trains a few steps of a fixed shape on random tokens and prints the speed. With --serve it serves a model on loopback and asks it, with 1, 8
and 32 clients at a time.`,
    )
    .addOption(
      new Option('--shape <shape>', 's: 5.7 M, m: 29 M, l: 91 M parameters').choices(['s', 'm', 'l']).default('s'),
    )
    .option('--profile', 'time by operation')
    .addOption(
      new Option('--serve <model>', 'time to the first token and between tokens').conflicts(['shape', 'profile']),
    )
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} bench --shape m --profile`)
    .action(async ({ shape, profile, serve, threads }: Options) => {
      if (serve !== undefined) return printServing(output, serve, threads);
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

async function printServing(output: Output, model: string, threads: number): Promise<void> {
  const onClients = (clients: number): void => note(`${count(clients)} at a time ...`);
  const speeds = await measureServing({ model, threads, onClients });
  output.result(speeds, () => {
    const head = ['clients', 'first token, ms', 'longest', 'between tokens, ms', 'tokens/s'];
    const rows = speeds.map(({ clients, firstMs, longestFirstMs, betweenMs, tokensPerSecond }) => [
      `${clients}`,
      firstMs.toFixed(1),
      longestFirstMs.toFixed(1),
      betweenMs.toFixed(2),
      count(tokensPerSecond),
    ]);
    for (const line of table([head, ...rows], [0, 1, 2, 3, 4])) output.line(line);
  });
}
