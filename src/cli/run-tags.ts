// `jikji runs tag` and `jikji runs untag`: a user's own words for runs, kept beside the list of runs and not in their folders.

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { JikjiError, quantity } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import type { Output } from './output.ts';
import { runFolder } from './rooms.ts';

async function change(output: Output, { tag, folders, on }: { tag: string; folders: string[]; on: boolean }) {
  const { knownRuns, tagRuns } = await runFolder();
  const known = new Set(knownRuns().map(({ folder }) => folder));
  const runs = [...new Set(folders.map((folder) => resolve(folder)))];
  const foreign = runs.find((folder) => !known.has(folder));
  if (foreign !== undefined) {
    const hint = `see what was made here: ${calledAs()} runs`;
    throw new JikjiError('run-unknown', 'this run is not on the list of this machine', foreign, hint);
  }
  const changed = tagRuns(runs, tag, on);
  output.result({ tag, runs, changed }, () => {
    const rest = changed < runs.length ? `; ${quantity(runs.length - changed, 'run')} already so` : '';
    output.line(`${on ? 'Tagged' : 'Untagged'}: ${quantity(changed, 'run')}${rest}.`);
  });
}

/** @param runs the command `runs` */
export function addRunTags(runs: Command, output: Output): void {
  for (const [name, on, summary] of [
    ['tag', true, 'give runs a tag'],
    ['untag', false, 'take a tag away from runs'],
  ] as const) {
    runs
      .command(name)
      .summary(summary)
      .description(
        on
          ? 'Gives runs a tag: a word of your own, to find them by. It is kept beside the list of runs of your user, not in their folders.'
          : 'Takes a tag away from runs.',
      )
      .argument('<tag>', 'up to 40 characters, without a comma')
      .argument('<run...>', 'run folders on the list of this machine')
      .addHelpText(
        'after',
        `\nExample:\n  $ ${calledAs()} runs ${name} baseline runs/hello\n  $ ${calledAs()} runs --tag baseline`,
      )
      .action((tag: string, folders: string[]) => change(output, { tag, folders, on }));
  }
}
