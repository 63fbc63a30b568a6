// `jikji bundle RUN --out FILE.tar`: what an auditor needs of a run, in one file.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Command } from 'commander';
import { JikjiError, quantity, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import type { Output } from './output.ts';
import { liesIn, statOf } from './report-file.ts';
import { audit } from './rooms.ts';
import { bytes } from './text.ts';

/** Neither evidence nor anything that is no bundle is written over. @throws JikjiError `usage` */
function checkOut(run: string, out: string): void {
  const fail = (what: string) => new JikjiError('usage', what, `--out ${out}`, 'choose another file with --out');
  if (liesIn(out, run)) throw fail('this file lies in the run: a bundle is written elsewhere');
  if (statOf(out)?.isFile() && !isTar(out)) throw fail('this file is no bundle, and would be overwritten');
}

/** Whether a file begins with the header of a tar archive. */
function isTar(path: string): boolean {
  const [fd, magic] = [openSync(path, 'r'), Buffer.alloc(5)];
  try {
    readSync(fd, magic, 0, 5, 257);
    return magic.toString('latin1') === 'ustar';
  } finally {
    closeSync(fd);
  }
}

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
      checkOut(run, options.out);
      const { bundleRun, isWitnessed } = await audit();
      const result = await interruptible((signal) =>
        bundleRun({ run, out: options.out, withoutData: options.withoutData === true, signal }),
      );
      output.result(result, () => {
        output.line(`Bundled ${quantity(result.files, 'file')}, ${bytes(result.bytes)}`);
        output.line(`  bundle  ${result.file}`);
        output.line(`  sha256  ${result.sha256}`);
        const how = isWitnessed(run) ? ' --code FILE --python COMMAND --data DIR' : '';
        output.line(`Next:\n  ${calledAs()} audit ${shellWord(result.file)}${how}`);
      });
    });
}
