// The script of a job: what a person would write, so that a person can read it, change it and submit it again.

import { jobPaths } from './folder.ts';
import type { Job } from './launcher.ts';
import { directives } from './slurm-options.ts';

/** A word of the shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Waits for local jobs; those of a scheduler wait in its queue. */
const waiting = ({ after = [] }: Job): string[] =>
  after.length === 0
    ? []
    : [
        '# Begins when these jobs are done.',
        `for before in ${after.map(({ folder }) => quoted(folder)).join(' ')}; do`,
        '  until [ -e "$before/ended" ]; do [ "$stop" != cancelled ] || end cancelled 130; sleep 0.2; done',
        '  [ "$(cat "$before/ended")" = 0 ] || end cancelled 1',
        'done',
        '',
      ];

/** The script of a job for one launcher, as it is started in the folder `cwd`. */
export function jobScript(job: Job, launcher: 'local' | 'slurm', cwd: string): string {
  const { ended } = jobPaths(job.folder);
  const slurm = launcher === 'slurm';
  // Slurm's own number of processors for a step is 1, unless it is told again.
  const start = slurm ? `srun --mpi=pmi2 --cpus-per-task=${job.threads} --kill-on-bad-exit=1 ` : '';
  return `${[
    '#!/bin/bash',
    ...(slurm ? directives(job, cwd) : []),
    '',
    '# Says how it ended, and ends.',
    'end() {',
    `  echo "$1" > ${quoted(`${ended}.tmp`)} && mv ${quoted(`${ended}.tmp`)} ${quoted(ended)}`,
    '  exit "$2"',
    '}',
    `rm -f ${quoted(ended)}`,
    `cd ${quoted(cwd)} || end 2 2`,
    '',
    '# SIGUSR2 comes before the time limit: stop and save. SIGTERM comes with a cancellation.',
    "stop='' work=''",
    `trap 'stop=limit; [ -z "$work" ] || kill -USR2 "$work"' USR2`,
    slurm
      ? `trap 'stop=cancelled' TERM # the steps get it from Slurm`
      : `trap 'stop=cancelled; [ -z "$work" ] || kill -TERM "$work"' TERM`,
    '',
    ...(slurm ? [] : waiting(job)),
    ...(job.progress === undefined
      ? ['progress() { echo "$SECONDS"; }']
      : [`progress() { ls ${quoted(job.progress)} 2>/dev/null; }`]),
    'before=$(progress)',
    `${start}${job.command.map(quoted).join(' ')} &`,
    'work=$!',
    '[ "$stop" != limit ] || kill -USR2 "$work" # it came too early',
    '# A signal ends a wait, not what is waited for.',
    'while kill -0 "$work" 2>/dev/null; do wait "$work"; done',
    'wait "$work"; code=$?',
    '',
    '[ "$stop" != cancelled ] || end cancelled 130',
    ...(slurm
      ? [
          'if [ "$stop" = limit ] && [ "$code" != 0 ]; then',
          '  [ "$(progress)" != "$before" ] || end too-short 1',
          '  for _ in $(seq 30); do',
          '    scontrol requeue "$SLURM_JOB_ID" && exit 0',
          '    sleep 1 # the scheduler may be being restarted',
          '  done',
          'fi',
        ]
      : []),
    'end "$code" "$code"',
  ].join('\n')}\n`;
}
