// Passwords that many people have, and guessers try first: the list of zxcvbn-ts, 49,233 in lower case. A password that is not among
// them may still be easy to guess: of names, dates and words in Korean the list has few. It asks nobody on the network.

/** What people put behind a common one where more is asked of them: `password` becomes `Password123!`. */
const ADDED = /[\d\p{P}\p{S}]{1,4}$/u;

let list: Promise<ReadonlySet<string>> | undefined;

/** Whether a password is on the list, in whatever case, or is one of the list with up to four digits or signs behind it. */
export async function isCommonPassword(password: string): Promise<boolean> {
  // When the first password is chosen: most servers never need it.
  list ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  const common = await list;
  const lower = password.toLowerCase();
  if (common.has(lower)) return true;
  const added = ADDED.exec(lower)?.[0].length ?? 0;
  for (let n = 1; n <= added; n++) if (common.has(lower.slice(0, lower.length - n))) return true;
  return false;
}
