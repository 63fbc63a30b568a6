// All acts: each has a description and its roles, and describes its parameters.

import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROLES } from '../users/index.ts';
import { ACTS } from './index.ts';
import { source, title } from './shapes.ts';

test.each(Object.entries(ACTS))('%s', (_, { summary, roles, input }) => {
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  expect(roles.length).toBeGreaterThan(0);
  expect(ROLES).toEqual(expect.arrayContaining([...roles]));
  expect(roles).not.toContain('public');
  expect(z.toJSONSchema(input, { unrepresentable: 'any' })).toMatchObject({ type: 'object' });
});

test('names without marks that change direction, and sources at addresses of the web alone', () => {
  for (const mark of ['\u061c', '\u200e', '\u200f', '\u202e', '\u2066'])
    expect(title.safeParse({ en: `Azalea${mark}`, ko: '진달래' }).success, mark.codePointAt(0)!.toString(16)).toBe(
      false,
    );
  expect(title.safeParse({ en: 'Azalea', ko: '진달래' }).success).toBe(true);
  const cited = (url: string) => source.safeParse({ publisher: 'NIA', url }).success;
  for (const url of ['javascript:alert(1)', 'data:text/html,x', ' https://a.kr', 'ftp://a.kr', 'https://a.kr b'])
    expect(cited(url), url).toBe(false);
  expect(cited('https://www.nia.or.kr/a?b=한글')).toBe(true);
  expect(source.safeParse('not recorded').success).toBe(true);
});
