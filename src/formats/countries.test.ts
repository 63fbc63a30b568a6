// Country codes: the list against Unicode's, and the error for an invalid code.

import { expect, test } from 'vitest';
import { countryCodes, countryHint, countrySchema, countryText, isCountry, parseCountry } from './countries.ts';

const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const all = letters.flatMap((a) => letters.map((b) => a + b));

test('the codes are those that ISO 3166 assigns: all codes with a Unicode name, except those that are not a country in ISO 3166', () => {
  expect(countryCodes()).toHaveLength(249);
  for (const language of ['en', 'ko']) {
    const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
    // Exceptional reservations, parts, unions, Kosovo and private ones; a code that was withdrawn is called as another is.
    const beside = 'AC CP CQ DG EA EU EZ IC QO TA UK UN XA XB XK ZZ'.split(' ');
    const taken = new Map<string, string>();
    for (const code of countryCodes()) taken.set(names.of(code)!, code);
    expect(taken.size).toBe(249);
    const named = all.filter((code) => {
      const name = names.of(code);
      return name !== undefined && !beside.includes(code) && (taken.get(name) ?? code) === code;
    });
    expect(named).toEqual(countryCodes().sort());
  }
});

test('codes that ISO leaves to users are accepted for examples, and no others', () => {
  for (const code of ['AA', 'QM', 'QZ', 'XA', 'XX', 'ZZ']) expect(isCountry(code)).toBe(true);
  for (const code of ['UK', 'EU', 'SU', 'QL', 'ZY', 'kr', 'K', 'KOR', '', 'K R'])
    expect([code, isCountry(code)]).toEqual([code, false]);
  expect(['KR', 'XX', 'UK'].map(countryText)).toEqual(['South Korea (KR)', 'XX', 'UK']);
});

test('the hint names the probable country', () => {
  const cases: [wrong: string, hint: string][] = [
    ['UK', 'did you mean United Kingdom (GB)?'],
    ['kr', 'did you mean South Korea (KR)?'],
    ['KOR', 'did you mean South Korea (KR)?'],
    ['USA', 'did you mean United States (US)?'],
    ['CHN', 'did you mean Switzerland (CH) or China (CN)?'],
    ['Korea', 'did you mean South Korea (KR)?'],
    ['한국', 'did you mean South Korea (KR)?'],
    ['대한민국', 'did you mean South Korea (KR)?'],
    ['Germny', 'did you mean Germany (DE)?'],
    ['the Netherlands', 'did you mean Netherlands (NL)?'],
    ['nowhere at all', 'write two capital letters, for example KR'],
    ['나라', 'write two capital letters, for example KR'],
    ['', 'write two capital letters, for example KR'],
    ['x'.repeat(1_000_000), 'write two capital letters, for example KR'],
  ];
  for (const [wrong, hint] of cases) {
    expect([wrong.slice(0, 20), countryHint(wrong).en]).toEqual([wrong.slice(0, 20), hint]);
    const { error } = countrySchema.safeParse(wrong);
    const [issue] = error!.issues as unknown as [{ message: string; params: { hint: string } }];
    // Only one of the invalid codes in a file is reported; the file is not searched for others.
    expect(Object.getOwnPropertyDescriptor(issue.params, 'hint')!.get).toBeDefined();
    expect(issue).toMatchObject({ message: 'is not a country of ISO 3166', params: { hint } });
  }
});

test('a code on the command line may be in lower case', () => {
  expect(parseCountry('kr', '--home kr')).toBe('KR');
  expect(() => parseCountry('UK', '--home UK')).toThrow(
    expect.objectContaining({ code: 'usage', input: '--home UK', hint: 'did you mean United Kingdom (GB)?' }),
  );
});
