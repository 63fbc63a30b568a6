// Checks input of users: ids, names, passwords, invitations. Knows no database.

import { type ErrorCode, JikjiError } from '../../base/index.ts';
import { isCommonPassword } from './common-passwords.ts';
import { type Membership, ROLES } from './types.ts';

const MIN_PASSWORD = 10;
const MAX_PASSWORD_BYTES = 256;
/** Longer than any token, so that nobody can make the server digest long texts. */
const MAX_TOKEN = 100;
const MAX_INVITATION_DAYS = 90;

/** The form of ids in the log. */
export const isUserId = (user: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/.test(user);

export const isToken = (token: string): boolean => token.length > 0 && token.length <= MAX_TOKEN;

/**
 * Whether a text can be a password: any other was never accepted, so it is wrong and need not be hashed. scrypt treats a password with
 * an appended NUL like the one without.
 */
export const fitsPassword = (password: string): boolean =>
  Buffer.byteLength(password) <= MAX_PASSWORD_BYTES && !password.includes('\0');

/** Whether a text shows as one line, without marks that change its direction. */
const isLine = (value: string, maxLength: number): boolean =>
  value.length <= maxLength &&
  value.trim() !== '' &&
  !/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(value);

const unfit = (code: ErrorCode, message: string, input: string, hint: string): JikjiError =>
  new JikjiError(code, message, input.slice(0, 100), hint);

/** @throws JikjiError `user-unfit`, `name-unfit` */
export function checkWho(user: string, name: string): void {
  if (!isUserId(user))
    throw unfit('user-unfit', 'this cannot be a user', user, 'use lower-case letters, digits and hyphens, at most 64');
  checkName(name);
}

/** @throws JikjiError `name-unfit` */
export function checkName(name: string): void {
  if (!isLine(name, 100))
    throw unfit('name-unfit', 'this cannot be a name', name, 'use one line, at most 100 characters');
}

/** @throws JikjiError `password-weak`, `password-common`; they do not hold the password */
export async function checkPassword(password: string, user: string): Promise<void> {
  const weak = (why: string, hint: string) => unfit('password-weak', `this password is too ${why}`, 'password', hint);
  if ([...password].length < MIN_PASSWORD) throw weak('short', `use at least ${MIN_PASSWORD} characters`);
  if (!fitsPassword(password)) throw weak('long', `use at most ${MAX_PASSWORD_BYTES} bytes, and no NUL`);
  if (password.toLowerCase() === user || new Set(password).size < 5) throw weak('easy to guess', 'choose another one');
  if (await isCommonPassword(password)) {
    const message = 'many people use this password, and attackers try it first';
    throw unfit('password-common', message, 'password', 'choose another one, for example of several words');
  }
}

/** @throws JikjiError `days-unfit` */
export function checkDays(days: number, maxDays: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= maxDays) return;
  throw unfit('days-unfit', 'it cannot be valid for so long', String(days), `use 1 to ${maxDays} days`);
}

export interface Invited extends Membership {
  note?: string;
  days?: number;
}

const refuse = (message: string, input: string | null, hint: string) =>
  unfit('invitation-unfit', message, String(input), hint);

/** Checks what a role may belong to, not whether it exists. @throws JikjiError `invitation-unfit` */
export function checkMembership({ role, programme, consortium }: Membership): void {
  const invited = ROLES.filter((one) => one !== 'public');
  if (!invited.includes(role)) throw refuse('nobody is invited to this role', role, `use one of ${invited.join(', ')}`);
  if ((role === 'office') !== (programme === null))
    throw refuse('the office is of all programmes, everybody else of one', programme, 'name the programme, or none');
  if ((role === 'consortium') !== (consortium !== null))
    throw refuse('a consortium’s people belong to it, nobody else does', consortium, 'name the consortium, or none');
  for (const id of [programme, consortium])
    if (id !== null && !isUserId(id))
      throw refuse('this is not an id', id, 'use lower-case letters, digits and hyphens');
}

/** @throws JikjiError `invitation-unfit`, `days-unfit` */
export function checkInvited({ note, days = 7, ...membership }: Invited): void {
  checkMembership(membership);
  if (note !== undefined && !isLine(note, 300))
    throw refuse('this cannot be a note', note, 'use one line, at most 300');
  checkDays(days, MAX_INVITATION_DAYS);
}
