// No sentence claims more than the reach of the audit and the known origin of the data allow: all combinations, in both languages.

import { describe, expect, test } from 'vitest';
import {
  type Beginning,
  claimOf,
  type JoinedStanding,
  joinedClaim,
  linkClaims,
  roomClaim,
  type Standing,
  unrecordedClaim,
} from './claims.ts';
import {
  chainOf,
  claimedBy,
  forbiddenClaims,
  LANGS,
  missingStatements,
  RESERVED,
  standings,
  verdictsAlone,
} from './testing/claims.ts';

const all = (standing: Standing, lang: 'en' | 'ko'): string => Object.values(claimOf(standing, lang)).join(' ');

const PARENT: Beginning = { kind: 'run', seal: 'ab'.repeat(32), name: null, standing: null };
const SAMPLED = { verdict: 'holds', extent: 'sampled', data: 'maker', share: 0.1, chance: 0.05 } as const;
const BEGINNINGS: (Beginning | null)[] = [
  null,
  { kind: 'drawn' },
  { kind: 'model', files: [], compared: false },
  PARENT,
  { ...PARENT, standing: { beginning: { kind: 'drawn' }, ...SAMPLED } },
];

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
              for (const beginning of BEGINNINGS)
                yield {
                  beginning,
                  data: beginning === null ? null : 'texts',
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
      const text = claimedBy(all(standing, lang));
      if (!words.test(text)) continue;
      found++;
      expect({ standing, text, allowed: isAllowed(standing) }).toMatchObject({ allowed: true });
    }
    expect(found).toBeGreaterThan(0); // else RESERVED has other words than the table
  });

  test('each sampled verdict names its share, or that no chance is claimed', () => {
    for (const standing of standings()) {
      const chain = chainOf(standing);
      if (chain.every(({ extent }) => extent === 'all') || chain.some(({ share }) => share === 0)) continue;
      const { reach } = claimOf(standing, lang);
      expect(reach).toMatch(/\d%/);
      const isOpen = chain.some(({ chance, extent }) => extent === 'self' || (extent === 'sampled' && chance === null));
      if (isOpen && standing.verdict === 'holds')
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

  test('of a chain each run is stated, and what is said of all is said of the weakest', () => {
    const weak = { verdict: 'holds', extent: 'sampled', data: 'maker', share: 0.11, chance: 0.05, room: 0.42 } as const;
    const more = { figures: 'maker', lodging: 'office', makers: ['cd'.repeat(32)] } as const;
    const parent: Standing = { beginning: { kind: 'drawn' }, ...weak, ...more };
    const beginning = { kind: 'run', seal: 'ab'.repeat(32), name: 'small', standing: parent } as const;
    const own = { verdict: 'holds', extent: 'all', data: 'sources', share: 1, chance: null, room: 0 } as const;
    const child: Standing = { beginning, ...own, figures: 'computed', lodging: 'register' };
    const claim = claimOf(child, lang);
    expect(claim.word).toMatch(/sampled|표본/);
    expect(claim.reach).toMatch(/(weakest link, “small”|가장 약한 고리: “small”).* 11%/s);
    expect(claim.data).toMatch(/“small”.*(maker’s word|확인되지 않았습니다)/s);
    const [itself, of, ...none] = linkClaims(child, lang);
    expect(none).toEqual([]);
    expect(itself).toMatchObject({ word: expect.stringMatching(/all steps|모든 스텝/), room: null });
    expect(itself!.figures).toMatch(/computed again|다시 계산/);
    expect(of!.name).toMatch(/^“small”/);
    expect(of!.room).toContain('42%');
    // The key of each run, to compare with one that is known.
    expect(of!.makers).toContain('cd'.repeat(32));
    expect(Object.values(of!).join(' ')).toMatch(
      lang === 'en'
        ? /sampled.*11%.*5%.*maker’s word.*figure is the maker’s word.*register was not brought/
        : /표본.*11%.*5%.*제작자가 밝힌.*제작자가 밝힌 값.*접수 대장을 가져오지/,
    );
  });

  test('names of a parent’s files complete no sentence, cannot write on a terminal, and are only a few', () => {
    const claims = ['drawn from the seed and audited too: Holds', 'a”. The claim holds. “b', '\u001b[31mx\u202e'];
    const names = ['model.safetensors', ...claims, ...Array(5).fill('more')];
    const files = names.map((name, i) => ({ name, sha256: `${i}`.repeat(64) }));
    const known = { verdict: 'holds', extent: 'all', data: 'texts', share: 1, chance: null } as const;
    const { beginning } = claimOf({ beginning: { kind: 'model', files, compared: false }, ...known }, lang);
    expect(beginning).not.toMatch(/[\u001b\u202e]|audited too|claim holds/);
    expect(beginning).toMatch(/(the names that the maker gives them|제작자가 붙인 이름).*“model.safetensors”/);
    expect(beginning!.match(/[0-9]{64}/g)).toHaveLength(4);
    expect(beginning).toMatch(/and 5 more|외 5건/);
  });

  test('numbers are rounded down', () => {
    const drawn = { beginning: { kind: 'drawn' }, verdict: 'holds', extent: 'sampled', data: 'maker' } as const;
    // Of two of ten segments the chance is 1 - 0.8, which is less than 0.2 in binary.
    expect(claimOf({ ...drawn, share: 0.3, chance: 1 - 0.8 }, lang).reach).toContain('20%');
    const { reach } = claimOf({ ...drawn, share: 0.99999, chance: 0.99999 }, lang);
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
      const { beginning: begun, data, extent, share, chance, auditors, register } = standing;
      const verdict = standing.verdict === 'holds' && register === false ? 'incomplete' : standing.verdict;
      // Of a parent nothing is said where the run does not hold.
      const beginning = begun === null || verdict !== 'holds' ? PARENT : begun;
      const text = Object.values(joinedClaim(standing, lang)).join(' ');
      const asOne = verdict === 'disputed' ? 'refuted' : verdict;
      const known = { beginning, verdict: asOne, extent, data, share, chance } as const;
      expect([text, forbiddenClaims(text, known)]).toEqual([text, []]);
      if (verdict === 'holds') {
        const words = { drawn: null, run: /built on|위에 만들어/, model: /nobody showed|보이지 않은/ };
        const wanted = begun === null ? /do not state|적혀 있지 않습니다/ : words[begun.kind];
        if (wanted) expect(text).toMatch(wanted);
      }
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
