// No sentence is stronger than how far the audit reached and what is known of the data: all combinations, in both languages.

import { describe, expect, test } from 'vitest';
import { claimOf, type Standing } from './claims.ts';

const LANGS = ['en', 'ko'] as const;
const VERDICTS = ['holds', 'refuted', 'incomplete'] as const;
const EXTENTS = ['all', 'sampled', 'self'] as const;
const DATA = ['sources', 'texts', 'maker'] as const;

function* standings(): Generator<Standing> {
  for (const verdict of VERDICTS)
    for (const extent of EXTENTS)
      for (const data of DATA)
        for (const share of [0, 0.0004, 0.242, 0.99999, 1])
          for (const chance of [null, 0.0689, 0.99999]) yield { verdict, extent, data, share, chance };
}

const all = (standing: Standing, lang: 'en' | 'ko'): string => Object.values(claimOf(standing, lang)).join(' ');

/** What only a certain standing may say. Written down here a second time, on purpose. */
const RESERVED: { what: string; words: RegExp; may: (s: Standing) => boolean }[] = [
  {
    what: 'that nothing else was done',
    words: /nothing else|그 밖의 것/,
    may: (s) => s.verdict === 'holds' && s.extent === 'all',
  },
  {
    what: 'that the claim holds',
    words: /The claim holds|주장이 성립/,
    may: (s) => s.verdict === 'holds' && s.extent === 'all',
  },
  {
    what: 'that all steps were trained again',
    words: /Every step|모든 단계를 다시|all steps|\(모든 단계\)/,
    may: (s) => s.extent === 'all' && (s.verdict === 'holds' || s.share > 0),
  },
  {
    what: 'a chance',
    words: /with a chance of \d|\d%의 확률로/,
    may: (s) => s.chance !== null && s.extent === 'sampled' && s.share > 0,
  },
  {
    what: 'that the texts are those of the sources',
    words: /built again from them|출처에서 다시 만들어/,
    may: (s) => s.data === 'sources' && s.verdict === 'holds',
  },
  {
    what: 'that the tokens were compared with the texts',
    words: /compared with the texts|텍스트와 비교/,
    may: (s) => s.data === 'texts' && s.verdict === 'holds',
  },
  {
    what: 'that it holds',
    words: /Holds|성립(?!합)|Nothing that was checked contradicts|어긋나는 것은 없/,
    may: (s) => s.verdict === 'holds',
  },
];

describe.each(LANGS)('%s', (lang) => {
  test.each(RESERVED)('only who may says $what', ({ words, may }) => {
    let said = 0;
    for (const standing of standings()) {
      const text = all(standing, lang).replaceAll('불성립', '');
      if (!words.test(text)) continue;
      said++;
      expect({ standing, text, may: may(standing) }).toMatchObject({ may: true });
    }
    expect(said).toBeGreaterThan(0); // else the words above are not those of the table
  });

  test('each sampled verdict names its share; where none is claimed, it says so', () => {
    for (const standing of standings()) {
      if (standing.extent === 'all' || standing.share === 0) continue;
      const { reach } = claimOf(standing, lang);
      expect(reach).toMatch(/\d%/);
      if (standing.chance === null || standing.extent === 'self') expect(reach).toMatch(/no chance|주장하지 않습니다/);
    }
  });

  test("data that was not compared with its sources is called the maker's word", () => {
    for (const standing of standings()) {
      const { data } = claimOf(standing, lang);
      if (standing.data !== 'sources') expect(data).toMatch(/maker’s word|확인되지 않았습니다/);
    }
  });

  test('numbers are rounded down', () => {
    const { reach } = claimOf(
      { verdict: 'holds', extent: 'sampled', data: 'maker', share: 0.99999, chance: 0.99999 },
      lang,
    );
    expect(reach).toContain('99%');
    expect(reach).not.toContain('100%');
  });
});
