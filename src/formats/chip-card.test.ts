// Chip cards: one that the Python package wrote on a processor, and what a hostile one may try.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { Random } from '../base/testing/mutate.ts';
import { canonicalJson, type Json } from '../ledger/index.ts';
import { isChipCard, MAX_CARD_BYTES, parseChipCard } from './chip-card.ts';
import { CARD_RESULTS, CARD_SECTIONS } from './chip-card-schema.ts';

const PATH = join(import.meta.dirname, 'testing/chip-card.txt');
const TEXT = readFileSync(PATH, 'utf8');
type Raw = { [key: string]: Json } & { findings: { [key: string]: Json }[] };

/** The card with a change, in canonical form. */
function changed(change: (card: Raw) => unknown) {
  const card = JSON.parse(TEXT) as Raw;
  change(card);
  return `${canonicalJson(card)}\n`;
}
function refused(text: string) {
  try {
    parseChipCard(text, 'card.json');
  } catch (error) {
    if (error instanceof JikjiError) return error;
    throw error;
  }
  throw new Error('it was read');
}
const first = (about: string) => (card: Raw) => card.findings.find((one) => one.about === about)!;

test('a card of the Python package is read, with the digest of its file', () => {
  const card = parseChipCard(TEXT, 'card.json');
  expect(isChipCard(TEXT)).toBe(true);
  const [digest] = execFileSync('sha256sum', [PATH], { encoding: 'utf8' }).split(' ');
  expect(card).toMatchObject({ file: 'card.json', digest, by: 'A measurer of tests', asked: 'cpu' });
  expect(card.findings).toHaveLength((JSON.parse(TEXT) as Raw).findings.length);
  expect(new Set(card.findings.map(({ about }) => about))).toEqual(new Set(CARD_SECTIONS));
  expect(card.findings.find(({ about, of }) => about === 'accuracy' && of === 'embedding y')).toMatchObject({
    result: 'finite',
    reason: null,
    numbers: { largest: 0, rms: 0 },
    bits: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('its sections and results are those of the package', () => {
  const file = (name: string) =>
    readFileSync(new URL(`../../witness/jikji_witness/card/${name}.py`, import.meta.url), 'utf8');
  const [, titles] = /TITLES = \{(.*?)\n\}/s.exec(file('table'))!;
  expect([...titles.matchAll(/^ {4}"([a-z-]+)":/gm)].map(([, about]) => about)).toEqual([...CARD_SECTIONS]);
  const [, modes] = /MODES = \((.*?)\)/.exec(file('formats'))!;
  expect(CARD_RESULTS).toEqual(expect.arrayContaining(JSON.parse(`[${modes}]`)));
});

test('what was not measured has a reason instead of numbers', () => {
  const text = changed((card) => {
    const { about, dtype, of } = first('rounding')(card);
    card.findings = [{ about: about!, dtype: dtype!, of: of!, reason: 'RuntimeError: no', result: 'not-measured' }];
  });
  const [found] = parseChipCard(text, 'card.json').findings;
  expect(found).toMatchObject({ about: 'rounding', result: null, reason: 'RuntimeError: no', numbers: {}, bits: null });
  expect(refused(text.replace('"reason":"RuntimeError: no",', ''))).toMatchObject({ code: 'chip-card-missing' });
});

const CHANGES: [what: string, code: string, text: string | ((card: Raw) => unknown), message: RegExp][] = [
  ['no JSON', 'chip-card-json', '{"kind":"chip-card"', /not JSON/],
  ['too large', 'chip-card-too-large', ' '.repeat(MAX_CARD_BYTES + 1), /limit of a chip card is 1 MiB/],
  ['too deep', 'chip-card-too-deep', `${'['.repeat(100)}${']'.repeat(100)}`, /deeper than 64/],
  ['a list', 'chip-card-type', '[]', /the card must be of the type object/],
  ['null', 'chip-card-type', 'null', /the card must be/],
  ['a later version', 'chip-card-version', (card) => Object.assign(card, { formatVersion: 2 }), /formatVersion 2/],
  ['another kind', 'chip-card-range', (card) => Object.assign(card, { kind: 'chip' }), /kind is "chip"/],
  ['nobody', 'chip-card-missing', (card) => delete card.by, /by is missing/],
  ['an empty name', 'chip-card-range', (card) => Object.assign(card, { by: '' }), /^by: /],
  ['a new line', 'chip-card-text', (card) => Object.assign(card, { by: 'a\nb' }), /by must be text on one line/],
  ['turned text', 'chip-card-text', (card) => Object.assign(card, { by: 'a\u202eb' }), /by must be text/],
  ['a long text', 'chip-card-range', (card) => Object.assign(card, { by: 'x'.repeat(201) }), /^by: /],
  ['a false day', 'chip-card-range', (card) => Object.assign(card, { time: '2026-02-30T00:00:00Z' }), /calendar/],
  ['an unknown member', 'chip-card-range', (card) => Object.assign(card, { speed: 1 }), /unknown member "speed"/],
  ['no findings', 'chip-card-range', (card) => Object.assign(card, { findings: [] }), /^findings: /],
  [
    'too many findings',
    'chip-card-range',
    (card) => Object.assign(card, { findings: Array.from({ length: 2001 }, () => card.findings[0]) }),
    /^findings: /,
  ],
  ['a repeated finding', 'chip-card-range', (card) => card.findings.push(card.findings[0]), /repeats an earlier one/],
  [
    'an unknown section',
    'chip-card-range',
    (card) => Object.assign(card.findings[0], { about: 'speed' }),
    /findings\[0\].about is "speed"/,
  ],
  [
    'a result of another section',
    'chip-card-range',
    (card) => Object.assign(first('rounding')(card), { result: 'same' }),
    /result is "same"/,
  ],
  [
    'a result that the numbers deny',
    'chip-card-range',
    (card) => Object.assign(first('subnormal-inputs')(card), { result: 'flushed' }),
    /does not follow/,
  ],
  [
    'repeats that differ and are the same',
    'chip-card-range',
    (card) => Object.assign(first('repeat-run')(card), { numbers: { distinct: 2, tries: 20 } }),
    /does not follow/,
  ],
  [
    'a negative number',
    'chip-card-range',
    (card) => Object.assign(first('repeat-run')(card), { numbers: { distinct: -1, tries: 20 } }),
    /numbers.distinct/,
  ],
  [
    'a text for a number',
    'chip-card-type',
    (card) => Object.assign(first('repeat-run')(card), { numbers: { distinct: '1', tries: 20 } }),
    /numbers.distinct must be of the type number/,
  ],
  ...(['largest', 'rms'] as const).map((name): (typeof CHANGES)[number] => [
    `a ${name} error below that of the exact result rounded once`,
    'chip-card-range',
    (card) => {
      const { numbers } = card.findings.find(({ about, of }) => about === 'accuracy' && of === 'linear y')!;
      Object.assign(numbers as object, { [name]: Number((numbers as Record<string, Json>)[`${name}Rounded`]) - 1e-4 });
    },
    /does not follow/,
  ]),
  [
    'a root mean square above the largest',
    'chip-card-range',
    (card) => Object.assign(first('accuracy')(card).numbers as object, { rms: 9e3 }),
    /does not follow/,
  ],
  [
    'a result that is not finite, with an error',
    'chip-card-range',
    (card) => Object.assign(first('accuracy')(card), { result: 'not-finite' }),
    /does not follow/,
  ],
  ['an error without bits', 'chip-card-missing', (card) => delete first('accuracy')(card).bits, /bits is missing/],
  [
    'a flag in small letters',
    'chip-card-range',
    (card) => Object.assign(card.settings as object, { flags: { path: 'x' } }),
    /flags/,
  ],
];

describe('refused', () => {
  test.each(CHANGES)('%s', (_, code, change, message) => {
    const error = refused(typeof change === 'string' ? change : changed(change));
    expect(error).toMatchObject({ code, input: 'card.json' });
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });

  test.each([
    ['spaces', TEXT.replace('":"', '": "')],
    ['a member twice', TEXT.replace('{"by":', '{"by":"Somebody else","by":')],
    ['another form of a number', TEXT.replace('"formatVersion":1,', '"formatVersion":1.0,')],
    ['a byte order mark', `\ufeff${TEXT}`],
    ['no new line at the end', TEXT.trimEnd()],
  ])('%s: it would say another thing to another reader', (_, text) => {
    expect(refused(text)).toMatchObject({ code: 'chip-card-altered', input: 'card.json' });
  });

  test('what is altered at random is refused as a chip card, or reads as one', () => {
    const random = new Random(11);
    let read = 0;
    for (let i = 0; i < 200; i++) {
      const at = random.below(TEXT.length);
      const text = `${TEXT.slice(0, at)}${String.fromCharCode(32 + random.below(95))}${TEXT.slice(at + 1)}`;
      try {
        parseChipCard(text, 'card.json');
        read++;
      } catch (error) {
        expect((error as JikjiError).code).toMatch(/^chip-card-/);
      }
    }
    expect(read).toBeLessThan(200);
  });

  test('a member named __proto__ is unknown', () => {
    const text = TEXT.replace('{"by"', '{"__proto__":{"by":"x"},"by"');
    expect(refused(text).code).toMatch(/^chip-card-(range|altered)$/);
  });
});
