// `jikji runs`: what was made on this machine.

import { relative } from 'node:path';
import type { Command } from 'commander';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { count, fit, table } from './text.ts';

export function addRuns(program: Command, output: Output): void {
  program
    .command('runs')
    .summary('what was made on this machine')
    .description('Lists the runs that were made on this machine, the newest first.')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} runs`)
    .action(async () => {
      const all = (await foundry()).listRuns();
      output.result({ runs: all }, () => {
        if (all.length === 0) {
          output.line(
            `Nothing was made on this machine yet. ${calledAs()} make recipes/hello.yaml makes a first model.`,
          );
          return;
        }
        const rows = all.map((run) => {
          const near = relative(process.cwd(), run.folder) || '.';
          return [
            fit(run.name, 30),
            run.state,
            `${run.stepsDone === null ? '-' : count(run.stepsDone)}/${run.steps === null ? '-' : count(run.steps)}`,
            run.loss === null ? '-' : run.loss.toFixed(3),
            run.valBitsPerByte === null ? '-' : run.valBitsPerByte.toFixed(3),
            run.noted?.slice(0, 10) ?? '-',
            fit(near.startsWith('..') ? run.folder : near, 1000),
          ];
        });
        for (const line of table(
          [['run', 'state', 'steps', 'loss', 'bits/byte', 'begun', 'folder'], ...rows],
          [2, 3, 4],
        )) {
          output.line(line);
        }
      });
    });
}
