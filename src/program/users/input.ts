// Checks input of users: ids, names, passwords, invitations. Knows no database.

import { isOneDirection } from '../../formats/index.ts';
import * as refuse from './refusals.ts';
import { type Membership, ROLES } from './types.ts';

/** What people append to a common password if more is required: `password` becomes `Password123!`. */
const SUFFIX = /[\d\p{P}\p{S}]{1,4}$/u;

let list: Promise<ReadonlySet<string>> | undefined;

/** Whether a password is on the list, in any case, also with up to four digits or signs appended. */
async function isCommonPassword(password: string): Promise<boolean> {
  // Loaded with the first new password: most servers never need it.
  list ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  const common = await list;
  const lower = password.toLowerCase();
  if (common.has(lower)) return true;
  const suffix = SUFFIX.exec(lower)?.[0].length ?? 0;
  for (let n = 1; n <= suffix; n++) if (common.has(lower.slice(0, lower.length - n))) return true;
  return false;
}

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
  !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value) &&
  isOneDirection(value);

/** Of what was given, as much as an error shows. */
const shown = (given: string | null): string => String(given).slice(0, 100);

/** @throws JikjiError `user-unfit`, `name-unfit` */
export function checkWho(user: string, name: string): void {
  if (!isUserId(user)) throw refuse.userUnfit(shown(user));
  checkName(name);
}

/** @throws JikjiError `name-unfit` */
export function checkName(name: string): void {
  if (!isLine(name, 100)) throw refuse.nameUnfit(shown(name));
}

/** @throws JikjiError `password-weak`, `password-common`; they do not hold the password */
export async function checkPassword(password: string, user: string): Promise<void> {
  if ([...password].length < MIN_PASSWORD) throw refuse.passwordShort('password', MIN_PASSWORD);
  if (!fitsPassword(password)) throw refuse.passwordLong('password', MAX_PASSWORD_BYTES);
  if (password.toLowerCase() === user || new Set(password).size < 5) throw refuse.passwordEasy('password');
  if (await isCommonPassword(password)) throw refuse.passwordCommon('password');
}

/** @throws JikjiError `days-unfit` */
export function checkDays(days: number, maxDays: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= maxDays) return;
  throw refuse.daysUnfit(shown(String(days)), maxDays);
}

export interface Invited extends Membership {
  note?: string;
  days?: number;
}

/** Checks what a role may belong to, not whether it exists. @throws JikjiError `invitation-unfit` */
export function checkMembership({ role, programme, consortium }: Membership): void {
  const invited = ROLES.filter((one) => one !== 'public');
  if (!invited.includes(role)) throw refuse.roleNotInvited(shown(role), invited);
  if ((role === 'office') !== (programme === null)) throw refuse.programmeOrNone(shown(programme));
  if ((role === 'consortium') !== (consortium !== null)) throw refuse.consortiumOrNone(shown(consortium));
  for (const id of [programme, consortium]) if (id !== null && !isUserId(id)) throw refuse.noId(shown(id));
}

/** @throws JikjiError `invitation-unfit`, `days-unfit` */
export function checkInvited({ note, days = 7, ...membership }: Invited): void {
  checkMembership(membership);
  if (note !== undefined && !isLine(note, 300)) throw refuse.noteUnfit(shown(note));
  checkDays(days, MAX_INVITATION_DAYS);
}
