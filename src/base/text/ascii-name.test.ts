// The romanised words are those by which South Korea's rules of 2000 show the system (국어의 로마자 표기법): places without a change of sound.

import { expect, test } from 'vitest';
import { asciiName } from './index.ts';

test.each([
  ['구미', 'gumi'],
  ['영동', 'yeongdong'],
  ['옥천', 'okcheon'],
  ['합덕', 'hapdeok'],
  ['호법', 'hobeop'],
  ['월곶', 'wolgot'],
  ['벚꽃', 'beotkkot'],
  ['한밭', 'hanbat'],
  ['칠곡', 'chilgok'],
  ['임실', 'imsil'],
  ['죽변', 'jukbyeon'],
  ['광희문', 'gwanghuimun'],
  ['집현전', 'jiphyeonjeon'],
  ['샛별', 'saetbyeol'],
  ['촉석루', 'chokseokru'], // the rules write the change of sound: chokseongnu
  ['의정부', 'uijeongbu'],
  ['삼죽면', 'samjukmyeon'],
  ['금강 3호', 'geumgang-3ho'],
])('%s is %s', (name, ascii) => {
  expect(asciiName(name)).toBe(ascii);
  expect(asciiName(name.normalize('NFD'))).toBe(ascii); // as a Mac may name a file
});

test('other letters lose their accents or fall away; an end is never a hyphen', () => {
  expect(asciiName('My Texts (1)')).toBe('my-texts-1');
  expect(asciiName('Straße Größe é.v2_b')).toBe('strasse-grosse-e.v2_b');
  expect(asciiName('--日本 faq--')).toBe('faq');
  expect(asciiName('日本')).toBe('');
  expect(asciiName('가'.repeat(101))).toBe('ga'.repeat(50));
});
