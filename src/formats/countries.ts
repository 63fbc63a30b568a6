// Countries by their ISO 3166-1 alpha-2 codes: the codes, their names (from Node's Unicode data), and hints for wrong codes. Knows
// nothing of organisations.

import { z } from 'zod';
import { type Both, JikjiError } from '../base/index.ts';
import { editDistance, nearestName } from './nearest-name.ts';

/** The assigned codes of October 2024. */
const CODES = new Set(
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD
  CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF
  GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
  KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
  NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI
  SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
  VN VU WF WS YE YT ZA ZM ZW`.split(/\s+/),
);

/** Codes that ISO reserves for private use; examples use them for invented countries. */
const PRIVATE_USE = /^(AA|Q[M-Z]|X[A-Z]|ZZ)$/;

/** Common words for countries that are neither names nor codes. */
const ALIASES: Record<string, readonly string[]> = {
  CN: ['PRC'],
  GB: ['Britain', 'England'],
  KR: ['Korea', 'ROK', '한국'],
  US: ['America', 'USA'],
};

export const isCountry = (code: string): boolean => CODES.has(code) || PRIVATE_USE.test(code);

/** All assigned codes. */
export const countryCodes = (): string[] => [...CODES];

let names: Intl.DisplayNames | undefined;
/** Made on first use: it takes a dozen milliseconds, and every process loads this file. */
function english(): Intl.DisplayNames {
  names ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return names;
}

/** `South Korea (KR)`; an unassigned code is returned unchanged. */
export function countryText(code: string): string {
  const name = CODES.has(code) ? english().of(code) : undefined;
  return name === undefined ? code : `${name} (${code})`;
}

/** The schema of a code, or of the one word that may replace it. The hint names the nearest countries. */
export const countryOr = <W extends string>(word?: W) =>
  z.string().superRefine((text, context) => {
    if (text === word || isCountry(text)) return;
    // A getter, because only the shown hint is computed: a file may have twenty thousand wrong codes.
    const params = {
      get hint() {
        return countryHint(text).en;
      },
      get hintKo() {
        return countryHint(text).ko;
      },
    };
    context.addIssue({ code: 'custom', message: 'is not a country of ISO 3166', params });
  });
export const countrySchema = countryOr();

/**
 * The code in a word of the command line, in capitals or not.
 * @throws JikjiError `usage` with the given `input`
 */
export function parseCountry(text: string, input: string): string {
  const code = text.toUpperCase();
  if (isCountry(code)) return code;
  throw new JikjiError('usage', 'this is not a country of ISO 3166', input, countryHint(text).en);
}

const MAX_HINTS = 3;
/** The limit of a country's name. */
const MAX_CHARACTERS = 60;

/** The hint for a wrong code: the countries that were probably meant. */
export function countryHint(wrong: string): Both {
  const codes = wrong.length > MAX_CHARACTERS ? [] : nearestCountries(wrong.trim());
  if (codes.length === 0)
    return { en: 'write two capital letters, for example KR', ko: '영문 대문자 두 자로 쓰십시오. 예: KR' };
  return {
    en: `did you mean ${codes.map(countryText).join(' or ')}?`,
    ko: `가장 비슷한 나라 코드는 다음과 같습니다: ${codes.join(', ')}`,
  };
}

/** The nearest countries, at most three. */
function nearestCountries(wrong: string): string[] {
  const capitals = wrong.toUpperCase();
  if (isCountry(capitals)) return [capitals];
  const near = [...CODES].map((code) => ({ code, distance: distanceTo(code, wrong, capitals) }));
  const min = Math.min(...near.map(({ distance }) => distance));
  if (min === Infinity) return [];
  const nearest = near.filter(({ distance }) => distance === min).map(({ code }) => code);
  // The first letter of a three-letter code is usually right.
  const withSameInitial = nearest.filter((code) => code[0] === capitals[0]);
  return (withSameInitial.length > 0 ? withSameInitial : nearest).slice(0, MAX_HINTS);
}

/** Compares two or three letters with the code, longer words with the names. */
function distanceTo(code: string, wrong: string, capitals: string): number {
  const names = namesOf(code);
  if (names.some((name) => name.toUpperCase() === capitals)) return 0;
  if (/^[A-Z]{2,3}$/.test(capitals)) return editDistance(capitals, code) <= 1 ? 1 : Infinity;
  return wrong.length < 4 ? Infinity : (nearestName(wrong, names)?.distance ?? Infinity);
}

const namesByCode = new Map<string, readonly string[]>();

function namesOf(code: string): readonly string[] {
  let names = namesByCode.get(code);
  if (!names) {
    const all = ['en', 'ko'].flatMap((language) =>
      (['long', 'short'] as const).flatMap(
        (style) => new Intl.DisplayNames(language, { type: 'region', style, fallback: 'none' }).of(code) ?? [],
      ),
    );
    names = [...new Set([...all, ...(ALIASES[code] ?? [])])];
    namesByCode.set(code, names);
  }
  return names;
}
