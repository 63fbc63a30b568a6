// `jikji audit weights FILE... --run RUN`: whether these weights are those that the run sealed.

import type { Command } from 'commander';
import type { ExportedFound } from '../audit/index.ts';
import { quantity } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { type Output, plain, requireHolds } from './output.ts';
import { audit as auditRoom } from './rooms.ts';

/** Names in a line. */
const MAX_NAMES = 6;

function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).map(plain).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const HEADS = {
  holds: ['green', 'These are the weights that the run sealed.'],
  partial: ['yellow', 'This is a part of the weights that the run sealed: of the others nothing is known.'],
  refuted: ['red', 'These are not the weights that the run sealed.'],
} as const;

function describe(output: Output, comparison: ExportedFound): void {
  const { verdict, same, rounded, differing, foreign, left, seal, sealed } = comparison;
  const [colour, word] = HEADS[verdict];
  output.line(output.style('bold', output.style(colour, word)));
  output.line(`  the same to the bit: ${quantity(same, 'tensor')}; rounded to a narrower type: ${rounded}`);
  if (differing.length > 0) output.line(`  other numbers, shape or type: ${named(differing)}`);
  if (foreign.length > 0) output.line(`  not in the run: ${named(foreign)}`);
  if (left.length > 0) output.line(`  of the run, and not in these files: ${named(left)}`);
  output.line(`  seal ${seal}, which names ${sealed}`);
  output.line('  How the run was trained is another question: audit it.');
}

export function addAuditWeights(audit: Command, output: Output): void {
  audit
    .command('weights')
    .summary('whether weights are those that a run sealed')
    .description(
      'Compares each tensor of safetensors files with what a run sealed: to the bit, or rounded to bfloat16 or float16.\nOf a run of PyTorch that is the last state, whose root the seal names; names are those of the state.\nExit code 0: all of them are; 1: one is not; 3: they are, but weights of the run are in none; 2: the call is wrong, or the run does not hold together.',
    )
    .argument('<file...>', 'safetensors files, all parts of a model')
    .requiredOption('--run <folder>', 'the run, of Jikji or of PyTorch')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} audit weights model.safetensors --run runs/mine`)
    .action(async (files: string[], { run }: { run: string }) => {
      const { compareExported, withRun } = await auditRoom();
      const comparison = await interruptible((signal) =>
        withRun(run, (folder) => compareExported(files, folder, signal), signal),
      );
      output.result(comparison, () => describe(output, comparison));
      requireHolds(comparison.verdict);
    });
}
