// The options of sbatch for a job: those of the call, else those of the job before it, else those of the cluster's catalogue. Does not know
// what they mean.

import { checkSbatchOption, SBATCH_OPTION_NAMES, type SbatchOptions } from '../fleet/index.ts';
import type { LauncherChoice } from './on-options.ts';
import { note } from './output.ts';
import type { JobRecord } from './rooms.ts';

/**
 * `given`: an empty text leaves an option out. `before`: the job that this one continues. What it was given at the same cluster holds
 * again, and is said, because a folder may come from other people.
 * @throws JikjiError `slurm-option` if the record has an option that is not passed on
 */
export function optionsOfJob(
  given: SbatchOptions,
  { launcher, slurmrestd, options: usual = {} }: LauncherChoice,
  before: JobRecord | undefined,
): SbatchOptions {
  const isSame = before?.launcher === launcher && before.slurmrestd === slurmrestd;
  const earlier: Record<string, string> = (isSame && before.options) || {};
  for (const [name, text] of Object.entries(earlier)) checkSbatchOption(name, text, 'job/job.json');
  const again = SBATCH_OPTION_NAMES.filter((name) => given[name] === undefined && earlier[name] !== undefined);
  if (again.length > 0) note(`note: as before: ${again.map((name) => `--${name} ${earlier[name]}`).join(' ')}`);
  const found = SBATCH_OPTION_NAMES.map((name) => [name, given[name] ?? earlier[name] ?? usual[name]] as const);
  return Object.fromEntries(found.filter(([, text]) => text !== undefined && text !== ''));
}
