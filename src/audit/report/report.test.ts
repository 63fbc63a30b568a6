// The page against hostile texts and numbers in an audit, and the contents that it must and must not have.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PALETTES } from '../../page-kit/document/index.ts';
import { TERMS } from '../../page-kit/index.ts';
import {
  bodyOf,
  changed,
  expectPictures,
  expectSameWords,
  expectSelfContained,
  NUMBERS,
  PAYLOADS,
  tagsOf,
  withNumber,
} from '../../page-kit/testing/document.ts';
import { claimOf } from '../claims.ts';
import { standingOf } from '../standing.ts';
import { type Audit, CHECKS, type Verdict } from '../types.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import { reportHtml } from './page.ts';
import { auditOf } from './testing/audits.ts';

const LANGS = ['ko', 'en'] as const;
const WORDS = [
  ['ko', ko],
  ['en', en],
] as const;
const VERDICTS: Verdict[] = ['holds', 'refuted', 'incomplete'];

/** Replaces every text that a run or a tool can choose by `payload`. */
const poison = (audit: Audit, payload: string): Audit =>
  changed(audit, (leaf, path) => {
    if (typeof leaf !== 'string') return leaf;
    // Values of our own types, not texts.
    const own = /\.(verdict|why|name|extent|standing|figures)$/.test(path) && path !== '.run.name';
    return own ? leaf : payload;
  });

/** The check that fails in an audit that does not hold. */
const replayOf = (audit: Audit) => audit.checks.find(({ name }) => name === 'replay')!;

const rich = (): Audit => auditOf({ verdict: 'refuted', lodged: true, claimed: true, register: true });

describe('hostile texts', () => {
  for (const lang of LANGS) {
    // Long enough not to be set in type, like the payloads: both pages have the same parts.
    const calm = new Set(tagsOf(reportHtml(poison(rich(), 'a quiet text of ordinary length'), lang)));
    const set = new Set([...calm, ...tagsOf(reportHtml(poison(rich(), 'quiet'), lang))]);
    for (const payload of PAYLOADS) {
      it(`${lang}: ${payload} makes no tag and no attribute`, () => {
        const page = reportHtml(poison(rich(), payload), lang);
        const strange = tagsOf(page).filter((tag) => !set.has(tag));
        expect(strange).toEqual([]);
        expect(page).not.toContain('<script');
      });
    }
  }

  it('the test sees an unescaped text', () => {
    const page = reportHtml(rich(), 'en').replace('hello', '<script>alert(1)</script>');
    expect(tagsOf(page)).toContain('<script>');
  });

  it('an ampersand stays the same', () => {
    const audit = auditOf();
    audit.checks[0].detail = 'a &lt; b';
    expect(reportHtml(audit, 'en')).toContain('a &amp;lt; b');
  });

  it('invisible characters, and those that turn the reading direction, are shown as code points', () => {
    const audit = auditOf({ verdict: 'refuted' });
    replayOf(audit).findings[0].file = 'model\u202etxt.exe\u0000\u200b\u{e0041}\ud800';
    const page = reportHtml(audit, 'en');
    expect(page).toContain('model⟨U+202E⟩txt.exe⟨U+0000⟩⟨U+200B⟩⟨U+E0041⟩\ufffd');
    expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000]/);
    expect(page.isWellFormed()).toBe(true);
  });

  it('very long texts and lists are cut, and the page says so', () => {
    const audit = auditOf({ verdict: 'refuted' });
    audit.run.name = `e${'\u0301'.repeat(5_000_000)}`;
    replayOf(audit).detail = 'x'.repeat(5_000_000);
    const [finding] = replayOf(audit).findings;
    replayOf(audit).findings = Array.from({ length: 100_000 }, () => finding);
    replayOf(audit).notes = Array.from({ length: 100_000 }, () => 'n');
    const page = reportHtml(audit, 'en');
    expect(page.length).toBeLessThan(200_000);
    expect(page).toContain('and 99,960 more');
  });
});

describe('hostile numbers', () => {
  for (const n of NUMBERS) {
    it(`${n} in place of every number: every coordinate stays finite`, () => {
      checkSvg(reportHtml(withNumber(rich(), n), 'ko'));
    });
    it(`${n} in one record, in one segment and as the number of steps`, () => {
      const audit = rich();
      audit.run.curve[50].loss = n;
      audit.run.curve[60].step = n;
      audit.run.segments[3].to = n;
      audit.replayed[0].from = n;
      audit.run.steps = n;
      checkSvg(reportHtml(audit, 'en'));
    });
  }

  it('records that cannot be drawn are counted', () => {
    const audit = auditOf();
    audit.run.curve[7].loss = Number.NaN;
    audit.run.curve[8].loss = 1e300;
    expect(reportHtml(audit, 'en')).toContain(en.curve.skipped('2'));
  });
});

function checkSvg(page: string): void {
  expect(expectPictures(page, 6).length).toBeGreaterThan(5);
}

describe('a self-contained page', () => {
  for (const lang of LANGS)
    for (const verdict of VERDICTS)
      it(`${lang}, ${verdict}: refers to nothing outside, runs nothing, is well-formed`, () => {
        for (const shape of [{}, { lodged: true, claimed: true }])
          expectSelfContained(reportHtml(auditOf({ verdict, ...shape }), lang));
      });

  it('the policy allows this one stylesheet and nothing else', () => {
    const page = reportHtml(auditOf(), 'en');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1].replaceAll('&#39;', "'");
    const styles = [...page.matchAll(/<style>(.*?)<\/style>/gs)];
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256').update(styles[0][1]).digest('base64');
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
  });

  it('the same audit gives the same bytes', () => {
    expect(reportHtml(auditOf(), 'ko')).toBe(reportHtml(auditOf(), 'ko'));
  });
});

describe('the contents of the page', () => {
  it('both languages have all words, none empty and none in the other language', () => {
    expect(expectSameWords(en, ko)).toEqual(['S₀']);
  });

  it('the whole page claims no more than the audit: nothing else, all steps, the sources', () => {
    for (const lang of LANGS)
      for (const shape of [{}, { claimed: true }, { replayAll: true }, { claimed: true, verdict: 'refuted' as const }])
        for (const standing of ['sources', 'texts', 'maker'] as const) {
          const audit = auditOf(shape);
          audit.data.standing = standing;
          const page = bodyOf(reportHtml(audit, lang));
          const all = audit.extent === 'all' && audit.verdict === 'holds';
          expect(/by nothing else\.|그 밖의 것은 쓰이지 않았습니다/.test(page)).toBe(all);
          expect(/The claim holds|주장이 성립합니다/.test(page)).toBe(all);
          const built = /built again from them|출처에서 다시 만들어/.test(page);
          expect(built).toBe(standing === 'sources' && audit.verdict === 'holds');
        }
  });

  it('the parts are in their order', () => {
    for (const [lang, words] of WORDS) {
      const page = reportHtml(auditOf(), lang).replace(/<desc.*?<\/desc>/g, '');
      const order = [
        '<h1>',
        claimOf(standingOf(auditOf()), lang).headline,
        `${words.who.heading}</h2>`,
        `${words.chain.heading}</h2>`,
        `${words.curve.heading}</h2>`,
        `${words.checks.heading}</h2>`,
        `${words.chance.heading}</h2>`,
        `${words.cost.heading}</h2>`,
        `${words.limits.heading}</h2>`,
      ].map((text) => page.indexOf(text, page.indexOf('<h1>')));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(order.every((at) => at >= 0)).toBe(true);
    }
  });

  it('a refuted run names file, step and tensor beside the verdict', () => {
    const page = reportHtml(auditOf({ verdict: 'refuted' }), 'en');
    const top = page.slice(page.indexOf('class="verdict'), page.indexOf('<section'));
    expect(top).toContain(claimOf(standingOf(auditOf({ verdict: 'refuted' })), 'en').headline);
    expect(top).toContain('checkpoints/step-000168/state.safetensors');
    expect(top).toContain('step 168');
    expect(top).toContain('model.layers.2.self_attn.q_proj.weight');
    expect(top).not.toContain('contradicts the claim. A part');
  });

  it('a self-audit claims no detection and shows no chance', () => {
    for (const [lang, words] of WORDS) {
      const self = reportHtml(auditOf(), lang);
      expect(self).toContain(words.chance.self);
      expect(self).toContain(claimOf(standingOf(auditOf()), lang).reach);
      expect(self).not.toContain(words.chance.columns.chance);
      const drawn = reportHtml(auditOf({ claimed: true }), lang);
      expect(drawn).toContain(claimOf(standingOf(auditOf({ claimed: true })), lang).reach);
      expect(drawn).toContain(words.chance.columns.chance);
      expect(drawn).toContain('6.6%');
      const nothing = auditOf({ drawn: 0 });
      nothing.detection.reason = 'too few segments to draw from';
      expect(reportHtml(nothing, lang)).toContain(words.chance.none);
      // Drawn, but not by the maker: no seal, or not all drawn segments could be replayed.
      const unfinished = auditOf();
      unfinished.detection.reason = 'the run has no seal, and a draw counts only after the seal';
      const page = reportHtml(unfinished, lang);
      expect(page).toContain(words.chance.void);
      expect(page).toContain('the run has no seal, and a draw counts only after the seal');
      expect(page).not.toContain(words.chance.self);
      expect(page).not.toContain(words.chance.columns.chance);
      expect(reportHtml(auditOf({ replayAll: true }), lang)).toContain(words.chance.all);
    }
  });

  it('a run that was not lodged says so at the top; a lodging without sound structure is not believed', () => {
    expect(reportHtml(auditOf(), 'en')).toContain(en.notLodged);
    const lodged = auditOf({ lodged: true });
    expect(reportHtml(lodged, 'en')).toContain(en.who.lodgedYes);
    expect(reportHtml(lodged, 'en')).not.toContain(en.notLodged);
    const own = auditOf({ lodged: true });
    own.run.office = own.run.maker;
    expect(reportHtml(own, 'en')).toContain(en.ownLodging);
    expect(reportHtml(own, 'en')).toContain(en.limits.time.own);
    expect(reportHtml(own, 'en')).not.toContain(en.who.lodgedYes);
    lodged.checks[0].verdict = 'refuted';
    expect(reportHtml(lodged, 'en')).not.toContain(en.who.lodgedYes);
    expect(reportHtml(lodged, 'en')).toContain(en.who.lodgedSays);
  });

  it('losses that were not computed again are called the maker’s word, unless all were replayed', () => {
    expect(reportHtml(auditOf(), 'en').replace(/<desc.*?<\/desc>/g, '')).toContain(en.curve.makersWord.slice(0, 20));
    expect(reportHtml(auditOf({ replayAll: true }), 'en').replace(/<desc.*?<\/desc>/g, '')).not.toContain(
      en.curve.makersWord.slice(0, 20),
    );
  });

  it('the picture of the chain has room for every check', () => {
    const svg = /<svg class="wide"[\s\S]*?<\/svg>/.exec(reportHtml(auditOf(), 'en'))![0];
    const height = Number(/viewBox="0 0 960 (\d+)"/.exec(svg)![1]);
    const lanes = [...svg.matchAll(/class="lane" d="M\d+ (\d+)H960"/g)].map((lane) => Number(lane[1]));
    expect(lanes.length).toBe(auditOf().checks.length);
    expect(Math.max(...lanes) + 20).toBeLessThanOrEqual(height);
  });

  it('a check that was not run is not reported to hold', () => {
    const audit = auditOf({ verdict: 'refuted' });
    audit.checks = audit.checks.slice(0, 1);
    const page = reportHtml(audit, 'en');
    expect(page.split(en.checks.notRun).length - 1).toBeGreaterThanOrEqual(5);
    expect(page).toContain(en.checksHeld('1', String(CHECKS.length - 2)));
  });

  it('the limits are those of docs/proof.md, all of them', () => {
    const docs = readFileSync(new URL('../../../docs/proof.md', import.meta.url), 'utf8');
    const text = docs.slice(docs.indexOf('## What this does not prove')).replace(/\s+/g, ' ');
    const [things, time] = [text.slice(0, text.indexOf('A run that was not')), text.slice(text.indexOf('A run that'))];
    expect(en.limits.items).toHaveLength(things.split(';').length);
    expect(ko.limits.items).toHaveLength(things.split(';').length);
    for (const item of en.limits.items) expect(things.toLowerCase()).toContain(item.replace(/[;.]$/, ''));
    expect(time).toContain('its genesis may have been made after the training');
    expect(en.limits.time.none).toContain('its genesis may have been made after the training');
    const page = reportHtml(auditOf(), 'en');
    for (const item of en.limits.items) expect(page).toContain(item);
  });
});

describe('shapes of runs', () => {
  it('no steps, no segments', () => {
    const page = reportHtml(auditOf({ steps: 0 }), 'en');
    expect(page).toContain(en.curve.none);
    checkSvg(page);
  });

  it('one step, one segment, one record', () => {
    const audit = auditOf({ steps: 1 });
    expect(audit.run.segments).toHaveLength(1);
    checkSvg(reportHtml(audit, 'en'));
  });

  it('nothing readable', () => {
    const audit = auditOf({ verdict: 'incomplete', steps: 0 });
    const { run } = audit;
    audit.run = { ...run, maker: null, madeAt: null, sealedAt: null, seed: null, parameters: null, steps: null };
    audit.run = { ...audit.run, tokens: null, stateRoot: null, head: null, valBitsPerByte: null, name: '' };
    audit.checks = [];
    for (const lang of LANGS) checkSvg(reportHtml(audit, lang));
  });

  it('a million steps in a thousand or a million segments: the page is bounded, and no spike is lost', () => {
    for (const every of [1000, 1]) {
      const audit = auditOf({ steps: 1_000_000, every, claimed: true });
      audit.run.curve[654_321].loss = 19.5;
      audit.run.curve[234_567].loss = 0.5;
      const page = reportHtml(audit, 'ko');
      expect(page.length).toBeLessThan(200_000);
      checkSvg(page);
      const wide = /<path class="word" d="([^"]*)"/.exec(page)?.[1] ?? '';
      const ys = [...wide.matchAll(/[ML]([\d.]+) ([\d.]+)/g)];
      const highest = ys.reduce((a, b) => (Number(b[2]) < Number(a[2]) ? b : a));
      // Left edge 58, width 888: the spike is where its step says.
      expect(Number(highest[1])).toBeCloseTo(58 + 0.654322 * 888, 0);
      const lowest = ys.reduce((a, b) => (Number(b[2]) > Number(a[2]) ? b : a));
      expect(Number(lowest[1])).toBeCloseTo(58 + 0.234568 * 888, 0);
      // No other point is as low.
      expect(ys.filter(([, , y]) => Number(y) === Number(lowest[2]))).toHaveLength(1);
    }
  });

  it('only replayed steps are drawn in the ink of replay', () => {
    const audit = auditOf({ steps: 12, every: 3 });
    audit.replayed = [{ index: 1, from: 3, to: 6, why: 'random', verdict: 'holds', root: null, engine: 'webassembly' }];
    const path = /<path class="same" d="([^"]*)"/.exec(reportHtml(audit, 'en'))?.[1] ?? '';
    const steps = [...path.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Math.round(((Number(x) - 58) / 888) * 12));
    expect(steps).toEqual([4, 5, 6]);
  });

  it('a segment that could not be replayed is not drawn as replayed', () => {
    const audit = auditOf({ steps: 12, every: 3 });
    audit.replayed = [
      { index: 1, from: 3, to: 6, why: 'random', verdict: 'incomplete', root: null, engine: 'webassembly' },
    ];
    expect(reportHtml(audit, 'en')).toContain('<path class="same" d></path>');
  });
});

describe('colours', () => {
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  it('text has the contrast of WCAG AA on its paper, lines 3:1', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    for (const palette of [...Object.values(PALETTES), { ...PALETTES.light, paper: '#ffffff' }]) {
      for (const paper of [palette.paper, palette.plate]) {
        for (const name of ['ink', 'soft', 'holds', 'refuted', 'incomplete', 'replay'] as const)
          expect(contrast(palette[name], paper)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(palette.word, paper)).toBeGreaterThanOrEqual(3);
      }
    }
  });
});

describe("the office's register", () => {
  it.each(LANGS)('is among the checks if the auditor had it, and nowhere else: %s', (lang) => {
    const { checks, checkQuestions } = TERMS[lang];
    const { holds } = (lang === 'ko' ? ko : en).checks.answers.register;
    const [given, none] = [true, false].map((register) => reportHtml(auditOf({ lodged: true, register }), lang));
    for (const text of [checks.register, checkQuestions.register, holds]) {
      expect(given).toContain(text);
      expect(none).not.toContain(`>${text}<`);
    }
    // Its lane lies inside the picture.
    const [, height] = /viewBox="0 0 960 (\d+)"/.exec(given!)!;
    const lanes = [...given!.matchAll(/class="lane" d="M128 (\d+)H960"/g)].map(([, y]) => Number(y));
    expect(lanes).toHaveLength(CHECKS.length - 1); // all but the parent's
    expect(Math.max(...lanes)).toBeLessThan(Number(height));
  });
});
