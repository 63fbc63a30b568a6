// Runs one of Slurm's commands and classifies failures: no Slurm on this machine, no munge, no controller, a refusal.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type ErrorCode, JikjiError } from '../../base/index.ts';

/** Longer than Slurm's commands wait for a controller. */
const TIMEOUT_MS = 90_000;

/** A refusal by Slurm, from a command or slurmrestd; the message is the last line. */
export class SlurmRefusal extends Error {
  /** The whole text: earlier lines may say more than the message. */
  readonly output: string;

  constructor(message: string, { output = message, cause }: { output?: string; cause?: Error | undefined } = {}) {
    super(message, { cause });
    this.output = output;
  }
}

/** The error if Slurm refuses a question. */
export const slurmSilent = (cause: SlurmRefusal, hint: string): JikjiError =>
  new JikjiError('slurm-refused', 'Slurm does not answer', cause.message, hint, { cause });

/** Patterns of Slurm's messages, and the errors that they mean. */
const MEANINGS: readonly [RegExp, code: ErrorCode, message: string, hint: string][] = [
  [
    /munge/i,
    'slurm-no-munge',
    'Slurm cannot verify you: munged does not run here, or has another key',
    'systemctl start munge; its key, /etc/munge/munge.key, must be the same on all hosts',
  ],
  [
    /unable to contact slurm controller|connection refused|connection timed out|socket timed out|unable to contact any/i,
    'slurm-unreachable',
    'the controller of Slurm does not answer',
    'scontrol ping shows the controller; try again when it is back',
  ],
];

const NOT_SET_UP = /configuration source|slurm\.conf/i;
const notSetUp = (input: string): JikjiError =>
  new JikjiError(
    'slurm-not-set-up',
    'Slurm is installed here, but not set up',
    input,
    'run this on the login node of the cluster',
  );

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^\w+: (error: )?/, '');

/** The error for a message of Slurm: a JikjiError if Slurm cannot answer at all, else a SlurmRefusal with its last line. */
export function slurmErrorOf(output: string, cause?: Error): JikjiError | SlurmRefusal {
  const words = lastLine(output);
  for (const [pattern, code, message, hint] of MEANINGS) {
    if (pattern.test(output)) return new JikjiError(code, message, words, hint, { cause });
  }
  return NOT_SET_UP.test(output) ? notSetUp(words) : new SlurmRefusal(words, { output, cause });
}

/**
 * Runs one of Slurm's commands and returns its standard output.
 * @throws JikjiError `slurm-missing`, `slurm-no-munge`, `slurm-unreachable`, `slurm-not-set-up`
 * @throws SlurmRefusal with Slurm's message
 */
export function runSlurm(command: string, args: readonly string[]): Promise<string> {
  const conf = process.env.SLURM_CONF;
  if (conf && !existsSync(conf)) return Promise.reject(notSetUp(`SLURM_CONF=${conf}`)); // Slurm would search for it for a minute
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: 1 << 28, encoding: 'utf8' } as const;
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === 'ENOENT') {
        return reject(
          new JikjiError(
            'slurm-missing',
            'there is no Slurm on this machine',
            command,
            'run this on the login node of the cluster; docs/fleet.md shows how to set up Slurm',
            { cause: error },
          ),
        );
      }
      reject(slurmErrorOf(stderr.trim() || (error.killed ? 'socket timed out' : error.message), error));
    });
  });
}
