// The bash script of a job, written for people: they may read, change and submit it.

import { shellWord } from '../../base/index.ts';
import { jobPaths } from './job-folder.ts';
import type { Job } from './launcher.ts';
import { ENDINGS, ERROR, SESSION } from './session.ts';
import { sbatchLines } from './slurm-options.ts';

/** Lines that wait for other local jobs; a scheduler's jobs wait in its queue. */
const waitLines = ({ after = [] }: Job): string[] =>
  after.length === 0
    ? []
    : [
        '# Starts when these jobs are done.',
        `for before in ${after.map(({ folder }) => shellWord(folder)).join(' ')}; do`,
        '  until [ -e "$before/ended" ]; do [ "$stop" != cancelled ] || end cancelled 130; sleep 0.2; done',
        '  [ "$(cat "$before/ended")" = 0 ] || end cancelled 1',
        'done',
        '',
      ];

/** Lines that start the command and wait for its end, also after signals. */
function commandLines(job: Job, slurm: boolean, output = ''): string[] {
  // A step gets one processor unless srun gets the number too. Ranks end together: where one is still there a minute after the first has
  // ended, srun's signal to it was lost (it may not have begun yet), and it would hold its nodes for ever.
  const start = slurm
    ? `srun --mpi="\${SLURM_MPI_TYPE:-pmi2}" --cpus-per-task=${job.threads} --kill-on-bad-exit=1 --wait=60 `
    : '';
  const progress =
    job.progress === undefined
      ? 'echo "$SECONDS"'
      : job.progress === null
        ? 'echo'
        : `ls ${shellWord(job.progress)} 2>/dev/null | grep -v '\\.tmp$'`; // half-written files of a killed session
  return [
    ...(slurm ? [`progress() { ${progress}; }`, 'before=$(progress)'] : []),
    `${start}${job.command.map(shellWord).join(' ')}${output} &`,
    'work=$!',
    '[ "$stop" != limit ] || kill -USR2 "$work" # it came before the start',
    ...(slurm ? [] : ['[ "$stop" != cancelled ] || kill -TERM "$work" # this too']),
    '# A signal ends the wait, not the command.',
    'while kill -0 "$work" 2>/dev/null; do wait "$work"; done',
    'wait "$work"; code=$?',
    '',
    '[ "$stop" != cancelled ] || end cancelled 130',
  ];
}

/** The lines of a Slurm job after the head: runs the command, queues the job again if it can resume, and writes the outcome. */
function slurmBody(job: Job): string[] {
  const { elements, lost } = job;
  const array = elements !== undefined;
  const goesOn = typeof job.progress === 'string';
  const { output } = jobPaths('$folder');
  return [
    ...(goesOn ? [`from=$(stat -c %s "${output}")`] : []),
    ...commandLines(job, true),
    goesOn
      ? '# Near the time limit, killed, or a rank was lost: if it has saved something new, it is queued again to resume.'
      : '# Near the time limit.',
    // After an error of rank 0, srun kills the ranks that are slow to leave: that is no reason to try again.
    ...(goesOn ? [`said() { tail -c +$((from + 1)) "${output}" | grep -q ${shellWord(`^${ERROR}`)}; }`] : []),
    ...(lost ? [`lost() { tail -c +$((from + 1)) "${output}" | grep -qF ${shellWord(lost)}; }`] : []),
    `[ "$stop" != limit ] || [ "$code" = 0 ] || echo '${ENDINGS.timeOver}'`,
    `if [ "$stop" = limit ] && [ "$code" != 0 ]${goesOn ? ' || { [ "$code" -gt 130 ] && ! said; }' : ''}${lost ? ' || lost' : ''}; then`,
    '  if [ "$(progress)" = "$before" ]; then',
    `    echo '${ENDINGS.nothingSaved}'`,
    '    [ "$stop" != limit ] || end too-short 1',
    '    end "$code" "$code"',
    '  fi',
    '  for _ in $(seq 30); do',
    // The number of the array would requeue all its elements.
    `    scontrol requeue ${array ? '"$SLURM_ARRAY_JOB_ID"_"$JIKJI_ELEMENT"' : '"$SLURM_JOB_ID"'} && exit 0`,
    '    sleep 1 # the scheduler may be restarting',
    '  done',
    'fi',
    'end "$code" "$code"',
  ];
}

function localBody(job: Job): string[] {
  const { elements } = job;
  if (elements === undefined) return [...waitLines(job), ...commandLines(job, false), 'end "$code" "$code"'];
  const { ended, output } = jobPaths('$folder', '$JIKJI_ELEMENT');
  const each = commandLines(job, false, ` >> "${output}" 2>&1`).map((line) => line && `  ${line}`);
  return [
    ...waitLines(job),
    'export JIKJI_ELEMENT',
    'first=0 # the first exit code that is not 0',
    `for JIKJI_ELEMENT in $(seq 0 ${elements - 1}); do`,
    ...each,
    `  say "$code" "${ended}"`,
    '  [ "$first" != 0 ] || first=$code',
    'done',
    'end "$first" "$first"',
  ];
}

/** The script of a job for one launcher. `cwd`: the folder in which its command starts. */
export function jobScript(job: Job, launcher: 'local' | 'slurm', cwd: string): string {
  const slurm = launcher === 'slurm';
  const array = slurm && job.elements !== undefined; // Slurm runs the script once per element
  const number = !slurm ? '$$' : array ? '$SLURM_ARRAY_JOB_ID' : '$SLURM_JOB_ID';
  return `${[
    '#!/bin/bash',
    ...(slurm ? sbatchLines(job, cwd) : []),
    '',
    '# Write the outcome, and exit.',
    'say() { echo "$1" > "$2.tmp" && mv "$2.tmp" "$2"; }',
    `folder=${shellWord(job.folder)}`,
    ...(array ? ['export JIKJI_ELEMENT=$SLURM_ARRAY_TASK_ID'] : []),
    `ended="${jobPaths('$folder', array ? '$JIKJI_ELEMENT' : undefined).ended}"`,
    'end() { say "$1" "$ended"; exit "$2"; }',
    'rm -f "$ended"',
    `printf '${SESSION}%(%FT%T%z)T on %s, job %s\\n' -1 "$HOSTNAME" "${number}"`,
    `cd ${shellWord(cwd)} || end 2 2`,
    '',
    '# SIGUSR2 comes before the time limit: save and stop. SIGTERM cancels.',
    "stop='' work=''",
    `trap 'stop=limit; [ -z "$work" ] || kill -USR2 "$work"' USR2`,
    slurm
      ? `trap 'stop=cancelled' TERM # Slurm signals the steps`
      : `trap 'stop=cancelled; [ -z "$work" ] || kill -TERM "$work"' TERM`,
    '',
    ...(slurm ? slurmBody(job) : localBody(job)),
  ].join('\n')}\n`;
}
