// The page against hostile texts and numbers in a result, and the contents that it must and must not have.

import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  expectPictures,
  expectSameWords,
  expectSelfContained,
  NUMBERS,
  PAYLOADS,
  tagsOf,
  withNumber,
} from '../../page-kit/testing/document.ts';
import type { Lineage } from '../lineage.ts';
import { en } from './en.ts';
import { lineageHtml } from './index.ts';
import { ko } from './ko.ts';
import { lineageOf, type Relation } from './testing/lineages.ts';

const LANGS = ['ko', 'en'] as const;
const WORDS = { ko, en };
const RELATIONS: Relation[] = ['same', 'noise', 'shuffled', 'independent', 'embedding', 'zero'];
/** Puts a text wherever a model or its files can choose one. */
function poisoned(payload: string) {
  const result = lineageOf('noise', 'independent');
  for (const model of [result.suspect, ...result.references.map(({ model }) => model)]) {
    Object.assign(model, { name: payload, family: payload, path: payload, digest: payload });
    for (const tower of model.towers) tower.name = payload;
  }
  result.challenge = payload;
  for (const reference of result.references) {
    reference.untested = [{ model: 'suspect', part: payload, why: payload }];
    for (const group of reference.groups) group.untested = [payload];
  }
  return result;
}

describe('hostile texts', () => {
  test.each(LANGS)('make no tag and no attribute: %s', async (lang) => {
    const dated = (text: string) => ({ ...poisoned(text), dates: [{ digest: text, time: text, office: text }] });
    const known = new Set([
      ...tagsOf(await lineageHtml(poisoned('quiet'), lang)),
      ...tagsOf(await lineageHtml(dated('q'), lang)),
    ]);
    for (const payload of PAYLOADS) {
      expect(tagsOf(await lineageHtml(dated(payload), lang)).filter((tag) => !known.has(tag))).toEqual([]);
    }
  });

  test('invisible ones are shown as code points', async () => {
    const page = await lineageHtml(poisoned('a\u202etxt\u0000\ud800'), 'en');
    expect(page).toContain('a⟨U+202E⟩txt⟨U+0000⟩\ufffd');
    expect(page).not.toMatch(/[\u202a-\u202e\u0000]/);
    expect(page.isWellFormed()).toBe(true);
  });
});

describe('numbers and sizes', () => {
  test.each(NUMBERS)('%d in place of every number', async (n) => {
    expectPictures(await lineageHtml(withNumber(lineageOf('noise', 'independent'), n), 'ko'));
  });

  test('a map of a thousand layers stays small, and no high value is lost', async () => {
    const result = lineageOf('noise');
    const layers = Array.from({ length: 1000 }, (_, i) => i);
    const values = layers.map(() => layers.map(() => 0.1));
    values[654]![321] = 0.95;
    result.references[0]!.towers[0]!.layers = { suspect: layers, reference: layers, values };
    result.references[0]!.towers[0]!.map = layers.map((i) => [i, i]);
    const page = await lineageHtml(result, 'en');
    expect(page.length).toBeLessThan(300_000);
    expect(expectPictures(page).filter((width) => width >= 320)).toHaveLength(2);
    const wide = /<svg class="wide"[\s\S]*?<\/svg>/.exec(page)![0];
    const [, x, y] = /class="heat heat-5" d="M([\d.]+) ([\d.]+)h[^M]*"/.exec(wide)!.map(Number);
    // 63 fields of 16 layers each way; the field of layer 654 is the 40th, that of 321 the 20th.
    expect((y! - 68) / (400 / 63)).toBeCloseTo(40, 1);
    expect((x! - 56) / (902 / 63)).toBeCloseTo(20, 1);
    expect(page).toContain(en.map.folded('32'));
  });

  test('hundreds of references are cut, and the page says so', async () => {
    const result = lineageOf('noise');
    result.references = Array.from({ length: 300 }, () => result.references[0]!);
    const page = await lineageHtml(result, 'en');
    expect(page).toContain('and 276 more');
    expect(page.length).toBeLessThan(600_000);
  });
});

describe('a self-contained page', () => {
  test.each(LANGS.flatMap((lang) => RELATIONS.map((relation) => [lang, relation] as const)))(
    '%s, %s: refers to nothing outside, runs nothing, is well-formed',
    async (lang, relation) => {
      const page = await lineageHtml(lineageOf(relation), lang);
      expectSelfContained(page);
      expect(page).toBe(await lineageHtml(structuredClone(lineageOf(relation)), lang));
    },
  );
});

describe('what the page claims', () => {
  test('both languages have all words, none empty and none in the other language', () => {
    // What holds only numbers and names is the same in both.
    expect(expectSameWords(en, ko)).toEqual(['‘1’', '1: 2', '1', '1~2']);
  });

  test.each(LANGS)('each verdict has its own sentence, and no other: %s', async (lang) => {
    const words = WORDS[lang];
    const sentences = {
      same: words.meaning.identical,
      independent: words.meaning.none,
      zero: words.meaning.untestable,
    };
    for (const relation of RELATIONS) {
      const page = bodyOf(await lineageHtml(lineageOf(relation), lang));
      for (const [own, sentence] of Object.entries(sentences)) expect(page.includes(sentence)).toBe(own === relation);
      const finds = !['independent', 'zero'].includes(relation);
      expect(page.includes(words.ruledOut.heading), relation).toBe(finds);
      expect(page.includes(words.caveats.direction)).toBe(finds);
      expect(page.includes(words.basisOnly)).toBe(relation === 'embedding');
      expect(page.includes(words.sameFiles)).toBe(relation === 'same');
      for (const limit of [words.limits.proves, words.seen.hidden, words.dates.none, ...words.limits.items])
        expect(page).toContain(limit.replaceAll("'", '&#39;'));
    }
  });

  test.each(LANGS)('a shared initialisation is ruled out by evidence of other seeds alone: %s', async (lang) => {
    const { caveats, ruledOut, kinship } = WORDS[lang];
    const result = lineageOf('noise');
    const found = async (kind: Lineage['references'][number]['kinship']) => {
      result.references[0]!.kinship = kind;
      const page = await lineageHtml(result, lang);
      return [
        page.includes(caveats.start),
        [ruledOut.start, ruledOut.startOther, ruledOut.startKnown].map((one) => page.includes(one)),
      ];
    };
    expect(await found(undefined)).toEqual([true, [true, false, false]]);
    expect(await found('parent-elsewhere')).toEqual([true, [true, false, false]]);
    expect(await found('other-start')).toEqual([false, [false, true, false]]);
    for (const kind of ['same-start', 'same-seed', 'same-parent', 'begins-from-reference'] as const)
      expect(await found(kind)).toEqual([true, [false, false, true]]);
    expect(await lineageHtml(result, lang)).toContain(kinship['begins-from-reference']);
  });

  test.each(LANGS)('the chance is the one that the verdict rests on: %s', async (lang) => {
    const page = await lineageHtml(lineageOf('noise'), lang);
    // 383 of 384 units in three blocks: 3^383 / 383!, for six tests and three parts.
    expect(page).toContain(lang === 'en' ? 'by chance at most 1 in 10⁶⁴¹' : '우연히 이렇게 될 확률은 10⁶⁴¹분의 1 이하');
  });

  test.each(LANGS)('dates are those of the register, in the name of its office; the order counts: %s', async (lang) => {
    const result = lineageOf('noise');
    const { dates, caveats } = WORDS[lang];
    const office = 'ab'.repeat(32);
    const reference = { digest: result.references[0]!.model.digest, time: '2026-01-14T23:58:07.000Z', office };
    const page = await lineageHtml({ ...result, dates: [reference] }, lang);
    expect(page).toContain(office);
    expect(page).toContain('datetime="2026-01-14T23:58:07.000Z"');
    expect(page).toContain(dates.unknown);
    expect(page).not.toContain(dates.none);
    // One of the two is not dated.
    expect(page).toContain(caveats.noDate);
    const suspect = { ...reference, digest: result.suspect.digest };
    const [later, earlier] = ['2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'].map((time) =>
      lineageHtml({ ...result, dates: [reference, { ...suspect, time }] }, lang),
    );
    for (const one of [await later, await earlier]) expect(one).not.toContain(caveats.noDate);
    expect(await later).not.toContain(caveats.suspectFirst);
    expect(await earlier).toContain(caveats.suspectFirst);
    // Fixed at one moment, as two of the same files are: neither came first.
    const same = await lineageHtml({ ...result, dates: [reference, suspect] }, lang);
    expect(same).toContain(caveats.noDate);
    expect(same).not.toContain(caveats.suspectFirst);
  });

  test.each(LANGS)('controls, what was not tested, and the command stand there: %s', async (lang) => {
    const words = WORDS[lang];
    const result = lineageOf('independent');
    result.challengeGiven = true;
    result.suspect.towers.push({ name: 'vision', hiddenSize: 8, layers: 2 });
    const page = await lineageHtml(result, lang);
    expect(page).toContain(words.controls.columns['noise-3']);
    expect(page).toContain(words.controls.of('384', '384'));
    expect(page).toContain('lang="en"');
    expect(page).toContain(`${words.untested.model.suspect}: ${words.towers.vision}: ${words.untested.missing}`);
    expect(page).toContain(words.caveats.challengeGiven);
    expect(page).toContain(
      `jikji lineage MODEL --against REFERENCE --rows 256 --alpha 1e-9 --challenge ${'5f'.repeat(32)}`,
    );
    for (const word of ['suspect', 'SUSPECT', '용의', '피의']) expect(bodyOf(page)).not.toContain(word);
  });

  test('the map marks the layers that were compared', async () => {
    const page = await lineageHtml(lineageOf('layers'), 'en');
    expect(page).toContain('1 of 3 chosen pairs have the same number. Pairs: 0–2, 1–1, 2–0.');
    // A rotated copy shows nothing as it is stored: the map is that of the alignment that found it.
    const rotated = lineageOf('rotated');
    expect(rotated.references[0]!.towers[0]!.map.toSorted((a, b) => a[0] - b[0])).toEqual([[0, 0], [1, 1], [2, 2]]); // biome-ignore format: a table
    const { values } = rotated.references[0]!.towers[0]!.layers!;
    expect(values[1]![1]).toBeGreaterThan(0.8);
  });
});
