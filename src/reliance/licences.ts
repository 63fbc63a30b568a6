// Whether a licence lets the holder of a copy go on using it: SPDX expressions over a list of open licences. Knows nothing of what is
// licensed. A licence that is not in the list counts as not open.

const OPEN = new Set(
  `0BSD AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause
  BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0
  CDDL-1.1 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.2 FTL GPL-2.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later HPND
  ICU IJG ISC LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0-only LGPL-3.0-or-later
  libpng-2.0 Libpng MIT MIT-0 MPL-1.1 MPL-2.0 MulanPSL-2.0 NCSA OFL-1.1 OpenSSL PDDL-1.0 PostgreSQL PSF-2.0 Python-2.0 Ruby
  Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib ZPL-2.1`
    .toLowerCase()
    .split(/\s+/),
);

/** No real expression is longer. */
const MAX_LENGTH = 2000;

/** Whether an expression can be satisfied with open licences only. False for an invalid SPDX expression. */
export function isOpen(licence: string | null): boolean {
  if (licence === null || licence.length > MAX_LENGTH) return false;
  const tokens = licence.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;

  // Undefined: not an expression.
  const any = (): boolean | undefined => joined('OR', all, (a, b) => a || b);
  const all = (): boolean | undefined => joined('AND', one, (a, b) => a && b);
  const joined = (
    word: string,
    part: () => boolean | undefined,
    join: (a: boolean, b: boolean) => boolean,
  ): boolean | undefined => {
    let value = part();
    while (value !== undefined && tokens[at] === word) {
      at++;
      const next = part();
      value = next === undefined ? undefined : join(value, next);
    }
    return value;
  };
  const one = (): boolean | undefined => {
    const token = tokens[at++];
    if (token === undefined || /^(\)|AND|OR|WITH)$/.test(token)) return undefined;
    if (token === '(') {
      const inside = any();
      return tokens[at++] === ')' ? inside : undefined;
    }
    // An exception only adds permissions.
    if (tokens[at] === 'WITH') at += 2;
    return OPEN.has(token.toLowerCase().replace(/\+$/, ''));
  };
  return any() === true && at === tokens.length;
}
