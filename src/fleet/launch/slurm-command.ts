// Runs one of Slurm's commands, and tells its failures apart: no Slurm on this machine, no munge, no controller.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type ErrorCode, JikjiError } from '../../base/index.ts';

/** Milliseconds; Slurm's own commands give up on a controller after less. */
const TIMEOUT_MS = 90_000;

/** What Slurm said when it refused, by a command or by slurmrestd. */
export class SlurmRefusal extends Error {
  /** All of it: the last line is the message, and one before it may say more. */
  readonly said: string;

  constructor(message: string, { said = message, cause }: { said?: string; cause?: Error | undefined } = {}) {
    super(message, { cause });
    this.said = said;
  }
}

/** First patterns of what is said, then what it means. */
const MEANINGS: readonly [RegExp, code: ErrorCode, message: string, hint: string][] = [
  [
    /munge/i,
    'slurm-no-munge',
    'Slurm has nobody here who vouches for you: munged does not run, or has another key',
    'systemctl start munge; its key, /etc/munge/munge.key, is the same on all hosts',
  ],
  [
    /unable to contact slurm controller|connection refused|connection timed out|socket timed out|unable to contact any/i,
    'slurm-unreachable',
    'the controller of Slurm does not answer',
    'scontrol ping says which one is asked; try again when it is back',
  ],
];

const NOT_SET_UP = /configuration source|slurm\.conf/i;
const notSetUp = (input: string): JikjiError =>
  new JikjiError(
    'slurm-not-set-up',
    'Slurm is installed here, but not set up',
    input,
    'do this where the cluster is used from, often called its login node',
  );

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)!
    .replace(/^\w+: (error: )?/, '');

/** What Slurm's words mean: a JikjiError where it is in no state to answer, otherwise SlurmRefusal with the last line of them. */
export function slurmErrorOf(said: string, cause?: Error): JikjiError | SlurmRefusal {
  const words = lastLine(said);
  for (const [pattern, code, message, hint] of MEANINGS) {
    if (pattern.test(said)) return new JikjiError(code, message, words, hint, { cause });
  }
  return NOT_SET_UP.test(said) ? notSetUp(words) : new SlurmRefusal(words, { said, cause });
}

/**
 * Runs one of Slurm's commands and gives what it wrote to standard output.
 * @throws JikjiError `slurm-missing`, `slurm-no-munge`, `slurm-unreachable`, `slurm-not-set-up`
 * @throws SlurmRefusal with Slurm's words where it says no
 */
export function runSlurm(command: string, args: readonly string[]): Promise<string> {
  const conf = process.env.SLURM_CONF;
  if (conf && !existsSync(conf)) return Promise.reject(notSetUp(`SLURM_CONF=${conf}`)); // Slurm would look for it for a minute
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
            'do this where the cluster is used from; docs/fleet.md says how to have a Slurm of your own',
            { cause: error },
          ),
        );
      }
      const said = stderr.trim() || (error.killed ? 'socket timed out' : error.message);
      reject(slurmErrorOf(said, error));
    });
  });
}
