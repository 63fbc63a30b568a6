// Which key presses do something, and which must not: in fields, with modifiers, held down, composed, turned off, too late.

import { afterEach, expect, test } from 'vitest';
import { GOES, KeyReader, letterKeys, type Pressed } from './keys.ts';

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isComposing: false, repeat: false };
const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  ...{ key, code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '', timeStamp: 0 },
  ...NONE,
  ...more,
});
const read = (...pressed: Pressed[]) => {
  const reader = new KeyReader('ctrlKey');
  return pressed.map((one) => reader.read(one, false)).at(-1);
};
afterEach(() => letterKeys.set(true));

test('the search opens by the Ctrl-K or ⌘K of the system everywhere, also in fields and with letters turned off', () => {
  for (const command of ['ctrlKey', 'metaKey'] as const)
    for (const on of [true, false])
      for (const typing of [true, false]) {
        letterKeys.set(on);
        expect(new KeyReader(command).read(press('k', { [command]: true }), typing)).toEqual({ open: 'search' });
        const other = command === 'ctrlKey' ? 'metaKey' : 'ctrlKey';
        expect(new KeyReader(command).read(press('k', { [other]: true }), typing)).toBeUndefined();
      }
  expect(read(press('ㅏ', { code: 'KeyK', ctrlKey: true }))).toEqual({ open: 'search' });
  for (const more of [
    { ctrlKey: true, metaKey: true },
    { ctrlKey: true, altKey: true },
    { ctrlKey: true, shiftKey: true },
  ])
    expect(read(press('k', more))).toBeUndefined();
});

test('g and a letter lead somewhere, also with a Korean layout and in capitals by the caps lock', () => {
  for (const [letter, goal] of Object.entries(GOES)) expect(read(press('g'), press(letter))).toEqual({ go: goal });
  expect(read(press('ㅎ', { code: 'KeyG' }), press('ㅐ', { code: 'KeyO' }))).toEqual({ go: 'overview' });
  expect(read(press('Process', { code: 'KeyG' }), press('Process', { code: 'KeyO' }))).toEqual({ go: 'overview' });
  expect(read(press('G'), press('O'))).toEqual({ go: 'overview' });
  expect(read(press('g'), press('g'), press('o'))).toEqual({ go: 'overview' });
});

test('a question mark lists the keys, a slash searches, on every layout', () => {
  expect(read(press('?', { shiftKey: true }))).toEqual({ open: 'keys' });
  expect(read(press('Process', { code: 'Slash', shiftKey: true }))).toEqual({ open: 'keys' });
  expect(read(press('/'))).toEqual({ open: 'search' });
  expect(read(press('/', { shiftKey: true }))).toEqual({ open: 'keys' });
});

test('nothing happens while somebody types, with modifiers, for held or composed keys, or when turned off', () => {
  for (const key of ['g', '?', '/']) {
    expect(new KeyReader('ctrlKey').read(press(key), true)).toBeUndefined();
    for (const one of ['ctrlKey', 'metaKey', 'altKey', 'repeat', 'isComposing'] as const)
      expect(read(press('g'), press(key === 'g' ? 'o' : key, { [one]: true }))).toBeUndefined();
  }
  letterKeys.set(false);
  for (const key of ['?', '/', 'o']) expect(read(press('g'), press(key))).toBeUndefined();
});

test('the second letter must follow at once, and soon', () => {
  expect(read(press('g'), press('o', { timeStamp: 1499 }))).toEqual({ go: 'overview' });
  expect(read(press('g'), press('o', { timeStamp: 1500 }))).toBeUndefined();
  expect(read(press('g'), press('x'), press('o'))).toBeUndefined();
  expect(read(press('g'), press('Escape'), press('o'))).toBeUndefined();
  expect(read(press('o'))).toBeUndefined();
  expect(read(press('g'), press('O', { shiftKey: true }))).toBeUndefined();
  expect(read(press('g'), press('toString'))).toBeUndefined();
});
