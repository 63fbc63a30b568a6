// The stage's page: hostile texts, no external resources, the page of a record, chances without colour.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LANGS as CLAIM_LANGS, forbiddenClaims, missingStatements, standings } from '../../audit/testing/claims.ts';
import { PALETTES } from '../../page-kit/document/index.ts';
import { STYLES } from '../../page-kit/document/styles.ts';
import { TERMS } from '../../page-kit/text/index.ts';
import { claimsOf } from '../audits/index.ts';
import { stageReportHtml } from './page.ts';
import { dyeOf } from './page-cells.ts';
import { en } from './page-en.ts';
import { ko } from './page-ko.ts';
import { DYES, dye, STAGE_STYLES } from './page-styles.ts';
import type { StageReport } from './page-types.ts';
import { practiceReport, recordReport } from './testing/page.ts';

const LANGS = ['ko', 'en'] as const;
const PAGES = LANGS.flatMap((lang) =>
  [recordReport(), practiceReport()].map((report) => ({
    lang,
    id: report.programme.id,
    page: stageReportHtml(report, lang),
  })),
);

/** What a browser would take for tags, without the values of their attributes. */
const tagsOf = (page: string): string[] =>
  [...page.replace(STYLES + STAGE_STYLES, '').matchAll(/<(?:"[^"]*"|[^">])*>/g)].map(([tag]) =>
    tag.replace(/"[^"]*"/g, '""').replace(/\s+/g, ' '),
  );

/** Words of our own types, not texts. */
const OWN = /\.(mode|status|kind|verdict|outcome|reason|what|value|source|withheld\[\d+\])$/;

/** Puts `payload` into every text that somebody else can choose. */
function poison<T>(value: T, payload: string, path = ''): T {
  if (typeof value === 'string') return (OWN.test(path) ? value : payload) as T;
  if (Array.isArray(value)) return value.map((item, i) => poison(item, payload, `${path}[${i}]`)) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, poison(item, payload, `${path}.${key}`)]),
    ) as T;
  return value;
}

describe('hostile texts', () => {
  const payloads = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '</title></style></svg><svg onload=alert(1)>',
    '</bdi><iframe src="https://example.com/"></iframe>',
    '<!--',
    '&lt;script&gt;&#60;b&#62;',
  ];
  for (const lang of LANGS)
    for (const report of [recordReport(), practiceReport()])
      for (const payload of payloads)
        it(`${lang}, ${report.programme.id}: ${payload} makes no tag and no attribute`, () => {
          const calm = new Set(tagsOf(stageReportHtml(poison(report, 'quiet'), lang)));
          const page = stageReportHtml(poison(report, payload), lang);
          expect(tagsOf(page).filter((tag) => !calm.has(tag))).toEqual([]);
          expect(page).not.toContain('<script');
        });

  it('invisible characters and direction marks are shown by their number', () => {
    const report = practiceReport();
    report.appeals[0].text = 'fair\u202eriaf\u0000\u200b\ud800';
    const page = stageReportHtml(report, 'en');
    expect(page).toContain('fair⟨U+202E⟩riaf⟨U+0000⟩⟨U+200B⟩\ufffd');
    expect(page.isWellFormed()).toBe(true);
  });

  it('very long texts and lists are cut, with a note', () => {
    const report = practiceReport();
    report.findings = Array.from({ length: 20_000 }, () => ({ ...report.findings[0], text: 'x'.repeat(100) }));
    report.appeals[0].text = 'y'.repeat(5_000_000);
    const page = stageReportHtml(report, 'en');
    expect(page.length).toBeLessThan(300_000);
    expect(page).toContain('and 19,800 more');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308, -0])('%f everywhere is drawn', (n) => {
    const fill = <T>(value: T): T => {
      if (typeof value === 'number') return n as T;
      if (Array.isArray(value)) return value.map(fill) as T;
      if (value !== null && typeof value === 'object')
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)])) as T;
      return value;
    };
    const report = fill(practiceReport());
    report.ruleBook.decimals = 1;
    for (const lang of LANGS) expect(stageReportHtml(report, lang)).not.toMatch(/NaN|Infinity|undefined|null/);
  });
});

describe.each(PAGES)('a self-contained page ($lang, $id)', ({ page }) => {
  it('refers to nothing outside and runs nothing', () => {
    expect(page).not.toMatch(/\b(src|href|xlink:href|srcset|action|data|poster|background|ping|formaction)\s*=/i);
    expect(page).not.toMatch(/url\s*\(|@import|@font-face|image-set|https?:|\/\/[a-z]/i);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form|image|use|audio|video)\b/i);
    expect(page).not.toMatch(/\son[a-z]+\s*=|\sstyle\s*=|javascript:/i);
  });

  it('the policy allows this one stylesheet and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1].replaceAll('&#39;', "'");
    const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)];
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256').update(styles[0][1]).digest('base64');
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  });

  it('elements are closed in order, ids are unique, every reference has its target, every table a caption', () => {
    const open: string[] = [];
    const bare = page.replace(STYLES + STAGE_STYLES, '');
    for (const [, end, name, self] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (self || ['meta', 'br'].includes(name)) continue;
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, ref] of page.matchAll(/aria-labelledby="([^"]*)"/g)) expect(ids).toContain(ref);
    expect([...bare.matchAll(/<table/g)].length).toBe([...bare.matchAll(/<table[^>]*><caption/g)].length);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });
});

const textOf = (page: string): string =>
  page
    .replace(STYLES + STAGE_STYLES, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
const parted = (page: string, id: string): string =>
  new RegExp(`<section aria-labelledby="${id}">.*?</section>`, 's').exec(page)?.[0] ?? '';

describe('contents of the page', () => {
  it('both languages have all words, none empty, none in the other language', () => {
    const words = (value: unknown): string[] => {
      if (typeof value === 'string') return [value];
      if (typeof value === 'function') return [String(value('1', '2', '3'))];
      return value === null ? [] : Object.values(value as object).flatMap(words);
    };
    const keys = (value: unknown): unknown =>
      value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, keys(item)]))
        : typeof value;
    expect(keys(ko)).toEqual(keys(en));
    expect([...words(ko), ...words(en)].filter((text) => text.trim() === '')).toEqual([]);
    expect(words(en).filter((text) => /\p{Script=Hangul}/u.test(text))).toEqual([]);
    expect(words(ko).filter((text) => !/\p{Script=Hangul}/u.test(text))).toEqual(['1: 2']);
  });

  it('the same report gives the same bytes', () => {
    expect(stageReportHtml(practiceReport(), 'ko')).toBe(stageReportHtml(practiceReport(), 'ko'));
  });

  it('a record: the published figures with their sources, all else not published, no order and no chances', () => {
    const page = stageReportHtml(recordReport(), 'en');
    const table = parted(page, 'standings');
    expect(textOf(table)).toMatch(/LG AI Research and partners 33\.6 31\.6 25\.0 90\.2/);
    expect(table.match(/>not published</g)).toHaveLength(4 * 3);
    // Three places of five, and the totals of four.
    expect(table.match(/>not known</g)).toHaveLength(3 + 4);
    expect(textOf(table)).toMatch(
      / 1 LG AI Research and partners .* 5 derived: the one of five [^0-9]* NC AI and partners/,
    );
    expect(table).toContain('Places recorded: 2 of 5. The others are not recorded.');
    expect(textOf(page)).not.toContain('order of the teams was not published');
    expect(textOf(parted(page, 'appeals'))).toContain('None is recorded.');
    const none = recordReport();
    for (const team of none.teams) team.place = null;
    expect(parted(stageReportHtml(none, 'en'), 'standings')).toContain('No place is recorded.');
    for (const [i, team] of none.teams.entries()) team.place = i + 1;
    expect(parted(stageReportHtml(none, 'en'), 'standings')).not.toContain('ecorded');
    const cited = textOf(parted(page, 'parts'));
    expect(cited).toMatch(
      /LG AI Research and partners : blocks\.benchmark , blocks\.experts , blocks\.users Source: segye 20260115512329 , date not recorded/,
    );
    expect(parted(page, 'chances')).toContain(TERMS.en.stage.chancesUnknown);
    expect(parted(page, 'withheld')).toContain('27 of 30 scores');
    expect(page).toContain(en.mode.record);
    expect(page).toContain(en.log.unsigned);
    const decided = textOf(parted(page, 'decision'));
    expect(decided).toMatch(/Naver Cloud and partners originality: .* NC AI and partners points/);
    expect(decided).toMatch(/How many go on by the rules was not published\. .* Go on: 3/);
    expect(decided).toContain('Whether it was final, and until when appeals ran, is not recorded.');
    expect(page).toContain(en.status.recorded);
    const facts = textOf(parted(page, 'facts'));
    expect(facts).toContain('mean of the experts’ points (of 35) : 28.56');
    expect(facts).toContain('source not recorded');
    expect(facts).toContain('Data for all teams in common, in won : 10,000,000,000 Source: Chosun Biz English');
    expect(facts).toMatch(
      /as a newspaper found out: LG AI Research, SK Telecom, [^.]* not official Source: etnews 20260206000257/,
    );
    expect(facts).toMatch(/How many were to go on after stage 1; [^:]*: 4 not verified derived: reports speak/);
    expect(facts).toContain('heraldcorp 10656336 , January 2026');
    expect(facts).toContain('news1 6026672 , date not recorded');
  });

  it('a source with an address of the web is a link with its title; any other address is not shown', () => {
    const report = recordReport();
    const cite = (url: string) => [{ publisher: 'segye', item: 'Points of "1" <stage>', url }];
    report.decisionSource = cite('https://example.org/a?b="c"&d=1');
    const linked = parted(stageReportHtml(report, 'en'), 'decision');
    expect(linked).toMatch(/<a href="https:\/\/example\.org\/a\?b=&quot;c&quot;&amp;d=1" rel="noreferrer">/);
    expect(/<a [^>]*>(.*?)<\/a>/.exec(linked)![1]!.replace(/<[^>]+>/g, '')).toBe(
      'segye Points of &quot;1&quot; &lt;stage>',
    );
    for (const url of ['javascript:alert(1)', ' https://x', 'data:text/html,x', '//example.org']) {
      report.decisionSource = cite(url);
      expect(parted(stageReportHtml(report, 'en'), 'decision')).not.toMatch(/<a |alert|example/);
    }
  });

  it('an unsigned finding is shown as reported, never as signed', () => {
    const record = LANGS.map((lang) => parted(stageReportHtml(recordReport(), lang), 'findings'));
    expect(record[0]).toContain(TERMS.ko.stage.reportedBy);
    expect(record[1]).toContain('Reported by: ');
    expect(textOf(record[0]!)).toMatch(/보도된 사업 측 판단/);
    expect(record[0]).not.toContain('another');
    expect(record[1]).toContain('the programme, as reported');
    for (const text of record) expect(textOf(text)).not.toMatch(/Signed|signed verdict|심사단이 서명한|>서명:/);
    const report = practiceReport();
    expect(textOf(parted(stageReportHtml(report, 'en'), 'findings'))).toContain('The panel’s signed verdicts.');
    report.findings[0]!.signed = false;
    const mixed = textOf(parted(stageReportHtml(report, 'en'), 'findings'));
    expect(mixed).toContain('some are signed');
    expect(mixed).toMatch(/Reported by: .*Signed by: /);
  });

  it('who was compared with whom, what waits, and what became of a proposal; nothing where the rules compare nothing', () => {
    const report = practiceReport();
    const shown = textOf(parted(stageReportHtml(report, 'en'), 'comparisons'));
    expect(shown).toMatch(
      /Bellflower[^,]*, bellflower-1 with Azalea[^,]*, azalea-1 *MLP units: shares weights \(196 of 196 in place\)/,
    );
    expect(shown).toMatch(/bellflower-1 with Known model *MLP units: no evidence/);
    expect(shown).toMatch(/bellflower-2 with Known model *not compared yet/);
    expect(shown).toMatch(/MLP: proposed, and rejected .*Panel : Both used the default seed\./);
    const { proposals } = report.comparisons!;
    report.comparisons = { all: [], proposals };
    expect(textOf(parted(stageReportHtml(report, 'en'), 'comparisons'))).toContain('Nothing was compared.');
    report.comparisons = null;
    expect(stageReportHtml(report, 'en')).not.toContain('id="comparisons"');
  });

  it('a team that is out by veto, but would be kept by points, is shown as such', () => {
    for (const [lang, words] of [
      ['en', en],
      ['ko', ko],
    ] as const) {
      const decided = textOf(parted(stageReportHtml(practiceReport(), lang), 'decision'));
      expect(decided).toContain(words.decision.vetoPlace('2'));
      expect(decided.split(words.decision.vetoPlace('2'))).toHaveLength(2);
    }
  });

  it('a decision that is not final is shown as not final', () => {
    const report = practiceReport();
    for (const lang of LANGS) {
      report.stage.status = 'decided';
      expect(parted(stageReportHtml(report, lang), 'decision')).toContain(TERMS[lang].stage.notFinal);
      report.stage.status = 'final';
      expect(stageReportHtml(report, lang)).not.toContain(TERMS[lang].stage.notFinal);
      expect(parted(stageReportHtml(report, lang), 'decision')).toContain(TERMS[lang].stage.isFinal);
    }
    report.stage.appealsUntil = '2026-12-24T00:00:00.000Z';
    expect(textOf(stageReportHtml(report, 'en'))).not.toContain('Appeals until');
    report.stage.status = 'decided';
    expect(textOf(parted(stageReportHtml(report, 'en'), 'decision'))).toMatch(/Appeals until: +24 Dec 2026/);
  });

  it('after an upheld appeal nothing is said that held before it, and the reason stands beside the team', () => {
    for (const [lang, words] of [
      ['en', en],
      ['ko', ko],
    ] as const) {
      const report = practiceReport();
      Object.assign(report, { appealUpheld: true, moves: null });
      for (const team of report.teams)
        if (team.outcome === 'out')
          Object.assign(team, { outcome: 'kept', reason: null, overturned: team.reason, lacks: [] });
      const t = TERMS[lang].stage;
      const page = textOf(stageReportHtml(report, lang));
      const kept = report.ruleBook.kept!;
      for (const text of [words.decision.rule(String(kept), '4'), t.notFinal, t.moves, words.chances.movesNone])
        expect(page).not.toContain(text);
      const decided = textOf(parted(stageReportHtml(report, lang), 'decision'));
      for (const text of [t.afterAppeal('4', '4'), t.notFinalNobodyOut, words.decision.out('0')])
        expect(decided).toContain(text);
      expect(decided.split(t.appealUpheld)).toHaveLength(3);
      const places = textOf(parted(stageReportHtml(report, lang), 'standings'));
      expect(places.split(t.appealUpheld)).toHaveLength(3);
      expect(places).toContain('(2) ');
      expect(page).toContain(t.beforeAppeal);
      report.notKnown = { parts: [], isSettled: true };
      const unsure = textOf(stageReportHtml(report, lang));
      expect(unsure).not.toContain(t.settled);
      expect(unsure).toContain(t.beforeAppeal);
    }
  });

  it('who was asked, why a certainty is not known, what a closed stage lacked, and why a team was out before its appeal', () => {
    for (const lang of LANGS) {
      const t = TERMS[lang].stage;
      const report = practiceReport();
      const asked = { en: '3 experts', ko: '전문가 3명' };
      const part = report.blocks.find(({ kind }) => kind === 'forms')!;
      part.asked = asked;
      const warning = { en: 'Experts: 3 experts, fewer than 5.', ko: '전문가: 3명(최소 5명)' };
      const lacking = { en: 'Users: 1 of 5 users have judged', ko: '사용자: 5명 중 1명 참여' };
      const lack = { en: 'Signed with the key abab.', ko: '서명한 키: abab' };
      report.warnings = [warning];
      report.stage.lacking = [lacking];
      const out = report.teams.find(({ reason }) => reason === 'veto')!;
      Object.assign(out, { outcome: 'kept', reason: null, overturned: 'veto', lacks: [lack] });
      const [decision, parts, chances] = ['decision', 'parts', 'chances'].map((id) =>
        textOf(parted(stageReportHtml(report, lang), id)),
      );
      const words = lang === 'en' ? en : ko;
      expect(decision).toContain(t.leftOut(words.decision.reason.veto));
      for (const text of [lack[lang], t.closedLacking, lacking[lang]]) expect(decision).toContain(text);
      expect(parts).toContain(asked[lang]);
      expect(chances).toContain(warning[lang]);
      const { title } = part;
      report.notKnown = { parts: [{ path: part.path, title, reason: 'single' }], isSettled: false };
      const why = { en: 'a single expert, user, question or text counts', ko: '가운데 하나만 반영됨' }[lang];
      const unsure = textOf(parted(stageReportHtml(report, lang), 'chances'));
      expect(unsure).toMatch(new RegExp(`${lang === 'en' ? title.en : title.ko} ?\\([^)]*${why}\\)`));
      expect(unsure).not.toContain(warning[lang]);
    }
  });

  it('where a server shows it: the way to the console, and the other language', () => {
    for (const [lang, other] of [
      ['en', 'ko'],
      ['ko', 'en'],
    ] as const) {
      const page = stageReportHtml(practiceReport(), lang, '/p/a%20b/stages/s1');
      expect([...page.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
        '/p/a%20b/stages/s1',
        `?lang=${other}`,
      ]);
    }
  });

  it('an unknown total: no place, no chance, and the undecided teams are named', () => {
    const report = practiceReport();
    for (const team of report.teams) Object.assign(team, { place: null, places: null, keptChance: null });
    Object.assign(report.teams[2]!, { outcome: null, total: { value: null, interval: null, source: null } });
    Object.assign(report, { statistics: null, moves: null });
    const page = stageReportHtml(report, 'en');
    expect(textOf(parted(page, 'standings'))).toContain(TERMS.en.stage.totalUnknown);
    expect(textOf(parted(page, 'standings'))).toMatch(/not known Camellia .* not known/);
    expect(parted(page, 'chances')).toContain(TERMS.en.stage.chancesUnknown);
    expect(textOf(parted(page, 'decision'))).toMatch(/Left open by the rules: 1 Camellia \(made up\)/);
  });

  it('an open stage has no decision; a closed stage is not decided yet', () => {
    const report = practiceReport();
    for (const team of report.teams) Object.assign(team, { outcome: null, reason: null });
    report.stage = { ...report.stage, status: 'open', closed: null };
    expect(parted(stageReportHtml(report, 'en'), 'decision')).toContain(en.decision.open);
    expect(stageReportHtml(report, 'en')).not.toContain('class="outcome"');
    report.stage = { ...report.stage, status: 'closed' };
    expect(parted(stageReportHtml(report, 'ko'), 'decision')).toContain(TERMS.ko.stage.decisionClosed);
  });

  it('a name without Korean is marked as English on a Korean page', () => {
    expect(stageReportHtml(practiceReport(), 'ko')).toContain('<bdi lang="en">Dandelion (made up)</bdi>');
  });

  it('an answer is shown with its appeal', () => {
    const told = textOf(parted(stageReportHtml(practiceReport(), 'en'), 'appeals'));
    expect(told).toMatch(/Bellflower \(made up\) : rejected .* Answer: The audit’s origin check/);
    expect(told).toMatch(/Dandelion \(made up\) : not answered yet/);
  });
});

describe('chances', () => {
  it('can be read without colour', () => {
    const table = textOf(parted(stageReportHtml(practiceReport(), 'en'), 'chances'));
    // Who has a veto is not in it.
    expect(table).not.toContain('Bellflower');
    expect(table).toContain('Camellia (made up) 1% 96% 3% 97%');
    expect(table).toContain('Azalea (made up) 93% 7% &lt;1% >99%');
    expect([0, 0.04, 0.05, 0.5, 1, Number.NaN].map(dyeOf)).toEqual(['', '', 'h1', 'h5', 'h10', '']);
  });

  it('the likeliest place of each team is marked', () => {
    const table = parted(stageReportHtml(practiceReport(), 'en'), 'chances');
    expect(table.match(/likeliest/g)).toHaveLength(3);
  });

  it('with many teams, distant places are grouped', () => {
    const report: StageReport = practiceReport();
    report.teams = Array.from({ length: 50 }, (_, i) => ({
      ...report.teams[0],
      id: `t${i}`,
      places: Array.from({ length: 50 }, () => 0.02),
    }));
    const table = parted(stageReportHtml(report, 'en'), 'chances');
    expect(table).toContain('>12. or later</th>');
    expect(table).not.toContain('13.');
    expect(table.match(/>78%</g)).toHaveLength(51 - 1);
  });

  it('text keeps WCAG AA on every dye', () => {
    const luminance = (hex: string) => {
      const [r, g, b] = [1, 3, 5].map((at) => {
        const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const palette of ['light', 'dark'] as const)
      for (let step = 1; step <= DYES; step++) {
        const [a, b] = [luminance(PALETTES[palette].ink), luminance(dye(step, palette))].sort((x, y) => y - x);
        expect((a + 0.05) / (b + 0.05), `${palette} ${step}`).toBeGreaterThan(4.5);
      }
  });
});

describe('audits', () => {
  it.each(CLAIM_LANGS)('%s: no sentence is stronger than its extent and its data’s standing', (lang) => {
    const all = [...standings([0, 0.242, 1], [null, 0.0689])];
    const report = practiceReport();
    // Many on a page: what stands in its lead stands over each of them.
    for (let from = 0; from < all.length; from += 100) {
      const some = all.slice(from, from + 100);
      report.audits = some.map((known) => ({
        ...{ team: 'Azalea', submission: 'azalea-1', verdict: known.verdict },
        ...{ claim: claimsOf(known, 0.13), joined: null },
      }));
      const page = stageReportHtml(report, lang);
      const [lead, ...items] = parted(page, 'audits').split('<li>');
      expect(items).toHaveLength(some.length);
      for (const [i, known] of some.entries()) {
        const text = textOf(`${lead} ${items[i]}`);
        expect({ text, found: [forbiddenClaims(text, known), missingStatements(text, known)] }).toEqual({
          text,
          found: [[], []],
        });
      }
    }
  });

  it('the page says so if no audit may be shown', () => {
    const page = stageReportHtml({ ...practiceReport(), audits: [] }, 'en');
    expect(page).toContain(en.audits.none);
  });
});

it('a component stands by its name in the language of the page; what has none stands as it is written', () => {
  const report = practiceReport();
  const [first] = report.findings;
  const page = (lang: 'ko' | 'en', component: string) =>
    stageReportHtml({ ...report, findings: [{ ...first!, component }], comparisons: null }, lang);
  expect(page('ko', 'embeddings')).toContain('임베딩');
  for (const lang of LANGS) expect(page(lang, 'embeddings')).not.toMatch(/class="mono">embeddings</);
  expect(page('ko', 'my-own-part')).toMatch(/class="mono">my-own-part</);
});
