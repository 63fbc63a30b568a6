// `jikji bundle RUN --out FILE.tar`: what an auditor needs of a run, in one file.

import type { Command } from 'commander';
import { counted, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import type { Output } from './output.ts';
import { audit } from './rooms.ts';
import { bytes } from './text.ts';

export function addBundle(program: Command, output: Output): void {
  program
    .command('bundle')
    .description(
      'Packs the evidence of a finished run into a tar file. The same run gives the same bytes.\nOf a run of PyTorch it never has the data and the training code: the auditor brings them.',
    )
    .argument('<run>', 'a run folder')
    .requiredOption('--out <file>', 'the tar file to write')
    .option('--without-data', 'leave out texts and tokens; an audit is then incomplete, and says in what')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} bundle runs/hello --out hello.tar`)
    .action(async (run: string, options: { out: string; withoutData?: boolean }) => {
      const { bundleRun, isWitnessed } = await audit();
      const result = await interruptible((signal) =>
        bundleRun({ run, out: options.out, withoutData: options.withoutData === true, signal }),
      );
      output.result(result, () => {
        output.line(`Bundled ${counted(result.files, 'file')}, ${bytes(result.bytes)}`);
        output.line(`  bundle  ${result.file}`);
        output.line(`  sha256  ${result.sha256}`);
        const how = isWitnessed(run) ? ' --code FILE --python COMMAND --data DIR' : '';
        output.line(`Next:\n  ${calledAs()} audit ${shellWord(result.file)}${how}`);
      });
    });
}
