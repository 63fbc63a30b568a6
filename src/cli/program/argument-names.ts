// Which argument of the command line a member of an entry came from: the log knows members, people know what they typed.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { fit } from '../text.ts';

/** Names of arguments by the member of an entry that they become. */
export type ArgumentNames = Record<string, string>;

const named = (prefix: string, ...members: string[]): ArgumentNames =>
  Object.fromEntries(members.map((member) => [`${prefix}${member}`, `--${member}`]));

const ARGUMENTS: ArgumentNames = {
  ...named('', 'by', 'call', 'consortium', 'country', 'from', 'judge', 'lead', 'name', 'note', 'reason'),
  ...named('', 'stage', 'step', 'submission', 'text', 'to'),
  ...named('source.', 'publisher', 'item', 'date', 'url'),
  id: '<id>',
  'name.en': '--name',
  'name.ko': '--name-ko',
  title: '--name',
  'title.en': '--name',
  'title.ko': '--name-ko',
  consortia: '--consortium',
  roles: '--role',
  members: '--member',
  cluster: '--on',
  deviceHours: '--hours',
  answer: '--text',
};

/**
 * Does what was asked for; where the log refuses the form of what it was given, the error names the argument that it came from.
 * `own`: names that differ from those that most verbs use.
 */
export async function namingArguments<T>(given: object, own: ArgumentNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'entry-broken')) throw error;
    const names: ArgumentNames = { ...ARGUMENTS, ...own };
    const path = error.input.split('.');
    // A member of a list is of the option that may be given several times.
    const at = [path.length, path.length - 1].map((length) => path.slice(0, length).join('.'));
    const argument = at.map((member) => names[member]).find((name) => name !== undefined);
    if (argument === undefined) throw error;
    let value: unknown = given;
    for (const member of path) value = (value as Record<string, unknown> | undefined)?.[member];
    const hint = `${calledAs()} program --help names the verbs, and each verb its arguments with --help`;
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : argument;
    const input = fit(text.replace(/[\p{Zl}\p{Zp}]/gu, ' '), 100) || 'nothing';
    throw new JikjiError('entry-broken', `${argument} ${error.message}`, input, hint);
  }
}
