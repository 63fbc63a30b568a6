// Which argument of the command line a member of an entry came from: the log knows members, people know what they typed.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { fit } from '../text.ts';

/** Names of arguments by the member of an entry that they become. */
export type ArgumentNames = Record<string, string>;

const ARGUMENTS: ArgumentNames = {
  id: '<id>',
  name: '--name',
  'name.en': '--name',
  'name.ko': '--name-ko',
  title: '--name',
  'title.en': '--name',
  'title.ko': '--name-ko',
  consortium: '--consortium',
  consortia: '--consortium',
  country: '--country',
  roles: '--role',
  lead: '--lead',
  members: '--member',
  call: '--call',
  step: '--step',
  note: '--note',
  stage: '--stage',
  cluster: '--on',
  from: '--from',
  to: '--to',
  deviceHours: '--hours',
  submission: '--submission',
  text: '--text',
  answer: '--text',
  by: '--by',
  judge: '--judge',
  reason: '--reason',
  'source.publisher': '--publisher',
  'source.item': '--item',
  'source.date': '--date',
  'source.url': '--url',
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
