// Writes the script of a job as a person would, so that a person can read, change and submit it again.

import { shellWord } from '../../base/index.ts';
import { jobPaths } from './job-folder.ts';
import type { Job } from './launcher.ts';
import { ENDINGS, SESSION } from './session.ts';
import { sbatchLines } from './slurm-options.ts';

/** Waits for local jobs; those of a scheduler wait in its queue. */
const waiting = ({ after = [] }: Job): string[] =>
  after.length === 0
    ? []
    : [
        '# Begins when these jobs are done.',
        `for before in ${after.map(({ folder }) => shellWord(folder)).join(' ')}; do`,
        '  until [ -e "$before/ended" ]; do [ "$stop" != cancelled ] || end cancelled 130; sleep 0.2; done',
        '  [ "$(cat "$before/ended")" = 0 ] || end cancelled 1',
        'done',
        '',
      ];

/** Starts the command and waits for it, whatever signals come. */
function work(job: Job, slurm: boolean, output = ''): string[] {
  // Slurm's own number of processors for a step is 1, unless it is told again.
  const start = slurm
    ? `srun --mpi="\${SLURM_MPI_TYPE:-pmi2}" --cpus-per-task=${job.threads} --kill-on-bad-exit=1 `
    : '';
  const progress =
    job.progress === undefined
      ? 'echo "$SECONDS"'
      : job.progress === null
        ? 'echo'
        : `ls ${shellWord(job.progress)} 2>/dev/null | grep -v '\\.tmp$'`; // half-written, by one that was killed
  return [
    ...(slurm ? [`progress() { ${progress}; }`, 'before=$(progress)'] : []),
    `${start}${job.command.map(shellWord).join(' ')}${output} &`,
    'work=$!',
    '[ "$stop" != limit ] || kill -USR2 "$work" # it came too early',
    ...(slurm ? [] : ['[ "$stop" != cancelled ] || kill -TERM "$work" # so did this']),
    '# A signal ends a wait, not what is waited for.',
    'while kill -0 "$work" 2>/dev/null; do wait "$work"; done',
    'wait "$work"; code=$?',
    '',
    '[ "$stop" != cancelled ] || end cancelled 130',
  ];
}

/** What comes after the head: the command for as long as there is something to do, and how it ended. */
function slurmBody(job: Job): string[] {
  const { elements, lost } = job;
  const array = elements !== undefined;
  const goesOn = typeof job.progress === 'string';
  const { output } = jobPaths('$folder');
  return [
    ...(lost ? [`from=$(stat -c %s "${output}")`] : []),
    ...work(job, true),
    goesOn
      ? '# Its time is nearly over, it was killed, or a rank was lost: where it has saved something new, it goes on from there.'
      : '# Its time is nearly over.',
    ...(lost ? [`lost() { tail -c +$((from + 1)) "${output}" | grep -qF ${shellWord(lost)}; }`] : []),
    `[ "$stop" != limit ] || [ "$code" = 0 ] || echo '${ENDINGS.timeOver}'`,
    `if [ "$stop" = limit ] && [ "$code" != 0 ]${goesOn ? ' || [ "$code" -gt 130 ]' : ''}${lost ? ' || lost' : ''}; then`,
    '  if [ "$(progress)" = "$before" ]; then',
    `    echo '${ENDINGS.nothingSaved}'`,
    '    [ "$stop" != limit ] || end too-short 1',
    '    end "$code" "$code"',
    '  fi',
    '  for _ in $(seq 30); do',
    // One element of an array has the number of the whole array too: by that all would begin again.
    `    scontrol requeue ${array ? '"$SLURM_ARRAY_JOB_ID"_"$JIKJI_ELEMENT"' : '"$SLURM_JOB_ID"'} && exit 0`,
    '    sleep 1 # the scheduler may be being restarted',
    '  done',
    'fi',
    'end "$code" "$code"',
  ];
}

function localBody(job: Job): string[] {
  const { elements } = job;
  if (elements === undefined) return [...waiting(job), ...work(job, false), 'end "$code" "$code"'];
  const { ended, output } = jobPaths('$folder', '$JIKJI_ELEMENT');
  const each = work(job, false, ` >> "${output}" 2>&1`).map((line) => line && `  ${line}`);
  return [
    ...waiting(job),
    'export JIKJI_ELEMENT',
    'first=0 # code that is not 0',
    `for JIKJI_ELEMENT in $(seq 0 ${elements - 1}); do`,
    ...each,
    `  say "$code" "${ended}"`,
    '  [ "$first" != 0 ] || first=$code',
    'done',
    'end "$first" "$first"',
  ];
}

/** The script of a job for one launcher, as it is started in the folder `cwd`. */
export function jobScript(job: Job, launcher: 'local' | 'slurm', cwd: string): string {
  const slurm = launcher === 'slurm';
  const apart = slurm && job.elements !== undefined; // each element is a job of its own there
  const number = !slurm ? '$$' : apart ? '$SLURM_ARRAY_JOB_ID' : '$SLURM_JOB_ID';
  return `${[
    '#!/bin/bash',
    ...(slurm ? sbatchLines(job, cwd) : []),
    '',
    '# Says how it ended, and ends.',
    'say() { echo "$1" > "$2.tmp" && mv "$2.tmp" "$2"; }',
    `folder=${shellWord(job.folder)}`,
    ...(apart ? ['export JIKJI_ELEMENT=$SLURM_ARRAY_TASK_ID'] : []),
    `ended="${jobPaths('$folder', apart ? '$JIKJI_ELEMENT' : undefined).ended}"`,
    'end() { say "$1" "$ended"; exit "$2"; }',
    'rm -f "$ended"',
    `printf '${SESSION}%(%FT%T%z)T on %s, job %s\\n' -1 "$HOSTNAME" "${number}"`,
    `cd ${shellWord(cwd)} || end 2 2`,
    '',
    '# SIGUSR2 comes before the time limit: stop and save. SIGTERM comes with a cancellation.',
    "stop='' work=''",
    `trap 'stop=limit; [ -z "$work" ] || kill -USR2 "$work"' USR2`,
    slurm
      ? `trap 'stop=cancelled' TERM # the steps get it from Slurm`
      : `trap 'stop=cancelled; [ -z "$work" ] || kill -TERM "$work"' TERM`,
    '',
    ...(slurm ? slurmBody(job) : localBody(job)),
  ].join('\n')}\n`;
}
