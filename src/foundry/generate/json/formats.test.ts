// Formats against naive checks without regular expressions of their own: Date, node:net, and rules spelled out. Every text that the masks let
// through is of its format; so is what is beside such a text and admitted; examples are admitted.

import { isIPv4, isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { byteTokenizer } from '../testing/chat.ts';
import { compileSchema, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';
import { randomText } from './testing/random-text.ts';

const tokens = new MaskTokens(byteTokenizer());
const random = randomNumbers(41);
const CASES = process.env.JIKJI_TORTURE ? 3000 : 40;

const isDate = (text: string) => {
  const date = new Date(`${text}T00:00:00Z`);
  return text.length === 10 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};
const isBetween = (text: string, most: number) =>
  text.length === 2 && [...text].every((one) => '0123456789'.includes(one)) && Number(text) <= most;

function isTime(text: string) {
  const zone = text.toUpperCase().endsWith('Z') ? text.slice(-1) : text.slice(-6);
  const [clock, fraction = '0', ...rest] = text.slice(0, -zone.length).split('.') as [string, ...string[]];
  const parts = clock.split(':');
  const isLeap = clock === '23:59:60' && (zone.length === 1 || zone.slice(1) === '00:00');
  if (
    rest.length > 0 ||
    parts.length !== 3 ||
    fraction === '' ||
    ![...fraction].every((one) => one >= '0' && one <= '9')
  )
    return false;
  if (!isLeap && !(isBetween(parts[0], 23) && isBetween(parts[1], 59) && isBetween(parts[2], 59))) return false;
  if (zone.length === 1) return true;
  const [hours = '', minutes = '', ...more] = zone.slice(1).split(':');
  return '+-'.includes(zone[0]) && more.length === 0 && isBetween(hours, 23) && isBetween(minutes, 59);
}

/** Units in their order, none left out between two, each with a number. */
function hasUnits(text: string, units: string) {
  const found: number[] = [];
  let digits = 0;
  for (const one of text) {
    if (one >= '0' && one <= '9') digits++;
    else {
      if (digits === 0 || !units.includes(one)) return false;
      found.push(units.indexOf(one));
      digits = 0;
    }
  }
  return digits === 0 && found.length > 0 && found.every((unit, i) => unit === found[0] + i);
}

function isDuration(text: string) {
  const [day, time, ...rest] = text.slice(1).split('T') as [string, ...string[]];
  if (!text.startsWith('P') || rest.length > 0 || (day === '' && time === undefined)) return false;
  if (day.endsWith('W') && time === undefined) return hasUnits(day, 'W');
  return (day === '' || hasUnits(day, 'YMD')) && (time === undefined || hasUnits(time, 'HMS'));
}

const isOf = (text: string, characters: string) => [...text.toLowerCase()].every((one) => characters.includes(one));
const [DIGITS, LETTERS] = ['0123456789', 'abcdefghijklmnopqrstuvwxyz'];

function isEmail(text: string) {
  const [local, domain, ...rest] = text.split('@') as [string, string?, ...string[]];
  if (domain === undefined || rest.length > 0) return false;
  const labels = domain.split('.');
  const isAtom = (one: string) => one !== '' && isOf(one, `${DIGITS}${LETTERS}!#$%&'*+/=?^_\`{|}~-`);
  const isLabel = (one: string) =>
    one !== '' && isOf(one, `${DIGITS}${LETTERS}-`) && !one.startsWith('-') && !one.endsWith('-');
  return local.split('.').every(isAtom) && labels.length > 1 && labels.every(isLabel);
}

const isUuid = (text: string) =>
  text
    .split('-')
    .map((part) => part.length)
    .join() === '8,4,4,4,12' && isOf(text, `${DIGITS}abcdef-`);

const FORMATS: [string, (text: string) => boolean, string[]][] = [
  ['date', isDate, ['2026-11-28', '2024-02-29', '2000-02-29', '0000-02-29', '1900-12-31', '9999-01-01']],
  ['time', isTime, ['00:00:00Z', '23:59:59.123456789z', '12:30:00+09:00', '23:59:60Z', '23:59:60.5-00:00']],
  [
    'date-time',
    (text) => isDate(text.slice(0, 10)) && text[10]?.toUpperCase() === 'T' && isTime(text.slice(11)),
    ['2026-11-28T00:53:09Z', '1996-02-29t23:59:59.5-11:45'],
  ],
  ['duration', isDuration, ['P4DT12H30M5S', 'P4Y', 'PT0S', 'P1M', 'PT36H', 'P2W', 'P1Y2M3DT1M']],
  ['uuid', isUuid, ['2eb8aa08-aa98-11ea-b4aa-73b441d16380', '2EB8AA08-AA98-11EA-B4AA-73B441D16380']],
  ['email', isEmail, ['joe.bloggs@example.com', 'te~st@example.co.kr', "o'neil+x@a-b.c", 'a@1.2']],
  ['ipv4', isIPv4, ['192.168.0.1', '0.0.0.0', '255.249.199.99']],
  [
    'ipv6',
    isIPv6,
    ['::', '::1', '1::', 'fe80::a', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::3:4:5:6:7:8'],
  ],
];

test.each(FORMATS)('%s', (format, isValid, examples) => {
  const reader = new JsonReader(compileSchema({ type: 'string', format }), tokens);
  for (const text of examples)
    expect({ text, found: admits(reader, JSON.stringify(text)), isValid: isValid(text) }).toEqual({
      text,
      found: true,
      isValid: true,
    });
  const characters = [...'0123456789-:+.TZtzabfPYMDWHS@g %'];
  for (let i = 0; i < CASES; i++) {
    const text = JSON.parse(randomText(reader, random, wholeBelow(random, 50))) as string;
    expect({ text, isValid: isValid(text) }).toEqual({ text, isValid: true });
    for (let j = 0; j < 20; j++) {
      const at = wholeBelow(random, text.length + 1);
      const own = random() < 0.3 ? '' : characters[wholeBelow(random, characters.length)];
      const near = text.slice(0, at) + own + text.slice(at + wholeBelow(random, 2));
      if (admits(reader, JSON.stringify(near)))
        expect({ near, isValid: isValid(near) }).toEqual({ near, isValid: true });
    }
  }
});

test('beside other keywords, and refused by name', () => {
  const has = (schema: object, text: string) =>
    admits(new JsonReader(compileSchema({ type: 'string', ...schema }), tokens), JSON.stringify(text));
  expect(has({ format: 'date', pattern: '^2026' }, '2026-01-01')).toBe(true);
  expect(has({ format: 'date', pattern: '^2026' }, '2025-01-01')).toBe(false);
  expect(has({ format: 'ipv4', maxLength: 8 }, '10.0.0.1')).toBe(true);
  expect(has({ format: 'ipv4', maxLength: 8 }, '10.0.0.10')).toBe(false);
  // A time with more digits is of the format too: it would be valid by both.
  const both = { oneOf: [{ format: 'time' }, { pattern: '0000000000Z$' }], type: 'string' };
  expect(() => compileSchema(both)).toThrow('oneOf is only supported');
  expect(has({ oneOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }, '2026-01-01')).toBe(true);
  for (const format of ['uri', 'hostname', 'regex', 'int32', '__proto__', 7])
    expect(() => compileSchema({ type: 'string', format })).toThrow(
      `format ${JSON.stringify(format)} is not supported`,
    );
});
