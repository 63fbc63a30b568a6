// `jikji runs`: what was made on this machine; the curves of a run for other software.

import { relative } from 'node:path';
import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { foundry } from './rooms.ts';
import { count, fit, table } from './text.ts';

export function addRuns(program: Command, output: Output): void {
  program
    .command('runs')
    .summary('what was made on this machine')
    .description(
      'Lists the runs that were made on this machine, the newest first.\n--export writes the curves of one: loss, norm of the gradient and learning rate by step, validation by source.',
    )
    .argument('[run]', 'the run folder whose curves --export writes')
    .option('--export <path>', 'write them to a file that ends in .csv, or to a new folder for TensorBoard')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} runs\n  $ ${calledAs()} runs --export hello.csv runs/hello\n  $ ${calledAs()} runs --export logs/hello runs/hello   # tensorboard --logdir logs`,
    )
    .action(async (run: string | undefined, { export: out }: { export?: string }) => {
      if ((run === undefined) !== (out === undefined)) {
        throw new JikjiError(
          'usage',
          run === undefined ? '--export needs the run whose curves it is to write' : 'runs takes a run with --export',
          run ?? `--export ${out}`,
          `write for example ${calledAs()} runs --export hello.csv runs/hello`,
        );
      }
      if (run !== undefined && out !== undefined) {
        const written = (await foundry()).exportCurves({ run, out });
        output.result(written, () => {
          const { steps, validations, file } = written;
          output.line(`Wrote ${count(steps)} steps and ${count(validations)} validations: ${file}`);
        });
        return;
      }
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
