// No sentence claims more than the reach of the audit and the known origin of the data allow: all combinations, in both languages.

import { describe, expect, test } from 'vitest';
import { claimOf, type JoinedStanding, joinedClaim, roomClaim, type Standing, unrecordedClaim } from './claims.ts';
import { forbiddenClaims, LANGS, missingStatements, RESERVED, standings, verdictsAlone } from './testing/claims.ts';

const all = (standing: Standing, lang: 'en' | 'ko'): string => Object.values(claimOf(standing, lang)).join(' ');

interface OfOurRun extends JoinedStanding {
  verdict: 'holds' | 'disputed' | 'incomplete';
  extent: 'all' | 'sampled';
}

function* joined(): Generator<OfOurRun> {
  for (const verdict of ['holds', 'disputed', 'incomplete'] as const)
    for (const extent of ['all', 'sampled'] as const)
      for (const auditors of [0, 1, 3])
        for (const share of extent === 'all' ? [1] : [0, 0.242, 0.99999])
          for (const chance of [null, 0.0689])
            for (const register of [undefined, true, false])
              for (const hasParent of [false, true])
                yield {
                  hasParent,
                  verdict,
                  extent,
                  auditors,
                  share,
                  chance,
                  ...(register !== undefined && { register }),
                };
}

describe.each(LANGS)('%s', (lang) => {
  test.each(RESERVED)('only an allowed standing claims $claim', ({ words, isAllowed }) => {
    let found = 0;
    for (const standing of standings()) {
      const text = all(standing, lang).replaceAll('불성립', '');
      if (!words.test(text)) continue;
      found++;
      expect({ standing, text, allowed: isAllowed(standing) }).toMatchObject({ allowed: true });
    }
    expect(found).toBeGreaterThan(0); // else RESERVED has other words than the table
  });

  test('each sampled verdict names its share, or that no chance is claimed', () => {
    for (const standing of standings()) {
      if (standing.extent === 'all' || standing.share === 0) continue;
      const { reach } = claimOf(standing, lang);
      expect(reach).toMatch(/\d%/);
      if (standing.chance === null || standing.extent === 'self')
        expect(reach).toMatch(/says nothing about how likely|드러났을 확률이 얼마인지는 이것으로 알 수 없습니다/);
    }
  });

  test("data that was not compared with its sources is the maker's word", () => {
    for (const standing of standings()) {
      const { data } = claimOf(standing, lang);
      if (standing.data !== 'sources') expect(data).toMatch(/maker’s word|확인되지 않았습니다/);
    }
  });

  test('missingStatements finds nothing missing in the whole claim', () => {
    for (const standing of standings()) expect(missingStatements(all(standing, lang), standing)).toEqual([]);
  });

  test('names of a parent’s files cannot write on a terminal, and are only a few', () => {
    const files = Array.from({ length: 9 }, (_, i) => ({ name: `\u001b[31m${i}\u202e`, sha256: `${i}`.repeat(64) }));
    const known = { verdict: 'holds', extent: 'all', data: 'texts', share: 1, chance: null } as const;
    const { beginning } = claimOf({ beginning: { kind: 'model', files, compared: false }, ...known }, lang);
    expect(beginning).not.toMatch(/[\u001b\u202e]/);
    expect(beginning!.match(/[0-9]{64}/g)).toHaveLength(4);
    expect(beginning).toMatch(/and 5 more|외 5건/);
  });

  test('numbers are rounded down', () => {
    const { reach } = claimOf(
      {
        beginning: { kind: 'drawn' },
        verdict: 'holds',
        extent: 'sampled',
        data: 'maker',
        share: 0.99999,
        chance: 0.99999,
      },
      lang,
    );
    expect(reach).toContain('99%');
    expect(reach).not.toContain('100%');
  });

  test('a record of the verdict alone claims no extent', () => {
    for (const known of verdictsAlone()) {
      const text = Object.values(unrecordedClaim(known.verdict, lang)).join(' ');
      expect([forbiddenClaims(text, known), missingStatements(text, known)]).toEqual([[], []]);
    }
  });

  test('joined audits name their number, and claim the whole run only if all was replayed and nobody contradicts', () => {
    for (const standing of joined()) {
      const { hasParent, extent, share, chance, auditors, register } = standing;
      const verdict = standing.verdict === 'holds' && register === false ? 'incomplete' : standing.verdict;
      const text = Object.values(joinedClaim(standing, lang)).join(' ');
      const asOne = verdict === 'disputed' ? 'refuted' : verdict;
      const beginning = hasParent ? ({ kind: 'run', seal: '', name: null, standing: null } as const) : undefined;
      const known = { ...(beginning && { beginning }), verdict: asOne, extent, data: null, share, chance } as const;
      expect(forbiddenClaims(text, known)).toEqual([]);
      if (hasParent && verdict === 'holds') expect(text).toMatch(/built on|위에 만들어/);
      if (verdict === 'holds') {
        expect(text).toMatch(lang === 'en' ? /by \d auditors?\)/ : /검증자 \d명\)/);
        expect(text).toMatch(auditors === 1 && lang === 'en' ? /one auditor signed/ : /signed|서명/);
      }
      const isShown = verdict === 'incomplete' && register === false && auditors > 0;
      expect([standing, /register|접수 대장/.test(text)]).toEqual([standing, isShown]);
    }
  });

  test('a room is rounded up; an unknown room is called unknown', () => {
    expect(roomClaim(0.12341, 0.1, lang)).toContain('12.4%');
    expect(roomClaim(0.13, 0.1, lang)).toContain('13%');
    expect(roomClaim(0, 0.1, lang)).toContain('0%');
    // Without a claimed chance, no text says that a forger stays unseen with one.
    expect(roomClaim(0.7, null, lang)).toContain('70%');
    expect(roomClaim(0.7, null, lang)).not.toMatch(/chance|확률/);
    expect(roomClaim(null, 0.1, lang)).toMatch(/not known|알 수 없/);
  });
});
