// Common passwords, which attackers try first: the list of zxcvbn-ts, 49,233 in lower case. A password that is not in it may still be easy
// to guess: the list has few names, dates and Korean words. Uses no network.

/** What people append to a common password if more is required: `password` becomes `Password123!`. */
const SUFFIX = /[\d\p{P}\p{S}]{1,4}$/u;

let list: Promise<ReadonlySet<string>> | undefined;

/** Whether a password is on the list, in any case, also with up to four digits or signs appended. */
export async function isCommonPassword(password: string): Promise<boolean> {
  // Loaded with the first new password: most servers never need it.
  list ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  const common = await list;
  const lower = password.toLowerCase();
  if (common.has(lower)) return true;
  const suffix = SUFFIX.exec(lower)?.[0].length ?? 0;
  for (let n = 1; n <= suffix; n++) if (common.has(lower.slice(0, lower.length - n))) return true;
  return false;
}
