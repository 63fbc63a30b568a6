// Maps members of a log entry to the arguments they came from: the log names members, people know arguments.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { fit } from '../text.ts';

/** Argument names by the member of an entry that they become. */
export type ArgumentNames = Record<string, string>;

const named = (prefix: string, ...members: string[]): ArgumentNames =>
  Object.fromEntries(members.map((member) => [`${prefix}${member}`, `--${member}`]));

const ARGUMENTS: ArgumentNames = {
  ...named('', 'by', 'call', 'consortium', 'country', 'from', 'judge', 'lead', 'name', 'note', 'reason'),
  ...named('', 'points', 'reviewer'),
  comment: '--note',
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
 * Runs `work`. If the log refuses the form of an entry, the error names the argument instead of the member.
 * `given`: the typed values, by member. `overrides`: argument names that differ from the usual ones. @throws JikjiError what `work` throws
 */
export async function namingArguments<T>(given: object, overrides: ArgumentNames, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'entry-broken')) throw error;
    const names: ArgumentNames = { ...ARGUMENTS, ...overrides };
    const path = error.input.split('.');
    // A member of a list comes from a repeatable option.
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
