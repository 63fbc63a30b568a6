// Numbers, sizes and times in both languages.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatFor, shortDigest } from './index.ts';

const en = formatFor('en');
const ko = formatFor('ko');

test('numbers say as much as they know', () => {
  expect(en.count(1234567)).toBe('1,234,567');
  expect(en.short(0)).toBe('0');
  expect(en.short(4.13271)).toBe('4.133');
  expect(en.short(0.00035)).toBe('0.00035');
  expect(en.short(0.0000123)).toBe('1.23E-5');
  expect(en.short(2_412_672)).toBe('2.41M');
  expect(ko.short(2_412_672)).toBe('241만');
  expect(en.short(2e13)).toBe('20T');
  expect(ko.short(2e13)).toBe('20조');
  expect(en.short(1e16)).toBe('1E16');
  expect(en.short(-12_345)).toBe('-12.3K');
  expect(en.decimal(71.4, 2)).toBe('71.40');
  expect(en.percent(0.931)).toBe('93%');
});

test('a share is none or all only where it is', () => {
  const shares = [
    [0, '0%'],
    [1e-16, '0%'],
    [0.0001, '<0.1%'],
    [0.125, '12.5%'],
    [1 / 3, '33.3%'],
    [0.5, '50%'],
    [0.9999, '>99.9%'],
    [1 - 1e-16, '100%'],
    [1, '100%'],
  ] as const;
  for (const [value, text] of shares) expect(en.share(value)).toBe(text);
});

test('a chance in draws is never none or certain', () => {
  for (const [value, text] of [
    [0, '<1%'],
    [0.0049, '<1%'],
    [0.005, '1%'],
    [0.344, '34%'],
    [0.994, '99%'],
    [0.995, '>99%'],
    [1, '>99%'],
    [Number.NaN, '–'],
    [2, '–'],
  ] as const)
    expect(en.chance(value)).toBe(text);
});

test('an interval says no more than it knows, and one number where it is one', () => {
  const bare = (text: string) => text.replace(/\s/g, ''); // versions of Unicode's data differ in spaces
  const shares = (low: number, high: number) => bare(en.shares({ low, high }));
  expect(shares(0.25, 0.25)).toBe('25%');
  expect(shares(0, 1)).toBe('0%–100%');
  expect(bare(ko.shares({ low: 0.1, high: 1 }))).toBe('10%~100%');
  expect(shares(0.4004, 0.4006)).toBe('40%–40.1%');
  expect(shares(0.29, 0.57)).toBe('29%–57%');
  expect(shares(0.9999, 1)).toBe('99.9%–100%');
  expect(shares(0, 0.0001)).toBe('0%–0.1%');
  expect(bare(en.counts(0, 3))).toBe('0–3');
  expect(ko.counts(2, 2)).toBe('2');
});

test('hours of devices, of a minute and of a year', () => {
  expect(en.hours(1 / 30)).toBe('0.03333');
  expect(en.hours(52_600.4)).toBe('52,600');
});

test('bytes', () => {
  expect(en.bytes(999)).toBe('999 bytes');
  expect(en.bytes(48_213_004)).toBe('48.2 MB');
  expect(en.bytes(2e15)).toBe('2,000 TB');
});

test('times, and what is no time stays as it is', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  expect(en.ago('2026-11-25T11:57:10Z', now)).toBe('2 minutes ago');
  expect(ko.ago('2026-11-25T11:57:10Z', now)).toBe('2분 전');
  expect(en.ago('2026-11-26T13:00:00Z', now)).toBe('tomorrow');
  expect(en.ago('2025-01-02T12:00:00Z', now)).toBe('Jan 2, 2025');
  expect(en.moment('not recorded')).toBe('not recorded');
  expect(en.ago('<b>', now)).toBe('<b>');
});

test('a day without a time is that day in every time zone, and never so and so many hours ago', () => {
  const script = `import { formatFor } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    const { moment, day, ago } = formatFor('en');
    const now = Date.parse('2026-01-15T09:00:00Z');
    console.log([moment, day, (iso) => ago(iso, now)].map((say) => say('2026-01-15')).join('|'));`;
  for (const TZ of ['America/Los_Angeles', 'UTC', 'Pacific/Kiritimati']) {
    const args = ['--no-warnings', '--input-type=module', '-e', script];
    const said = execFileSync(process.execPath, args, { env: { ...process.env, TZ }, encoding: 'utf8' });
    expect([TZ, said.trim()]).toEqual([TZ, 'Jan 15, 2026|Jan 15, 2026|Jan 15, 2026']);
  }
});

test('when something was published: a month in the language, all else as the source has it', () => {
  expect([ko.published('January 2026'), ko.published('August 2025')]).toEqual(['2026년 1월', '2025년 8월']);
  expect(en.published('January 2026')).toBe('January 2026');
  for (const text of ['2026-01-15', 'Winter 2026', 'Maybe 2026', '2026', '']) expect(ko.published(text)).toBe(text);
});

test('a Korean page calls an English edition one; other names stay', () => {
  expect([ko.publisher('digitaltoday English'), en.publisher('digitaltoday English')]).toEqual([
    'digitaltoday 영문판',
    'digitaltoday English',
  ]);
  for (const name of ['English', 'English Heritage', 'etnews']) expect(ko.publisher(name)).toBe(name);
});

test('a range whose ends only rounding keeps apart is one share; no other range is narrowed', () => {
  expect(en.shares({ low: 0.3, high: 0.1 + 0.2 })).toBe('30%');
  expect(en.shares({ low: 0.1, high: 0.1 + 1e-13 })).toBe('10%');
  expect(en.shares({ low: 0.1234, high: 0.1234 + 1e-13 })).toBe('12.3%');
  expect(en.shares({ low: 0.1, high: 0.1001 })).toBe('10% – 10.1%');
  expect(en.shares({ low: 0.0999, high: 0.1 })).toBe('9.9% – 10%');
  expect(en.shares({ low: 0, high: 0.25 })).toBe('0% – 25%');
});

test('lengths of time', () => {
  expect(en.duration(42)).toBe('42 seconds');
  expect(en.duration(1800)).toBe('30 minutes');
  expect(en.duration(5400)).toBe('1 hour 30 minutes');
  expect(ko.duration(7200)).toBe('2시간');
});

test('titles and digests', () => {
  expect(ko.title({ en: 'Practice', ko: '연습' })).toBe('연습');
  expect(ko.title({ en: 'Practice' })).toBe('Practice');
  expect(en.title({ en: 'Practice', ko: '연습' })).toBe('Practice');
  expect(shortDigest('0123456789abcdef0123')).toBe('0123456789ab…');
  expect(shortDigest('short')).toBe('short');
});

test('countries, and what is none stays as it is', () => {
  expect(en.country('KR')).toBe('South Korea (KR)');
  expect(ko.country('US')).toBe('미국(US)');
  expect([en.countryName('GB'), ko.countryName('GB')]).toEqual(['United Kingdom', '영국']);
  expect([en.language('mul'), ko.language('mul')]).toEqual(['several languages', '여러 언어']);
  expect([en.language('ko'), ko.language('ko'), en.language('not one')]).toEqual(['Korean', '한국어', 'not one']);
  for (const code of ['XX', 'ZZ', 'QZ'])
    expect([en.country(code), ko.country(code), en.countryName(code)]).toEqual([
      `invented country (${code})`,
      `가상의 나라(${code})`,
      code,
    ]);
  for (const code of ['nowhere', '']) expect([en.country(code), en.countryName(code)]).toEqual([code, code]);
});

test('a chance is never rounded up', () => {
  const { atLeast: percent } = formatFor('en');
  expect(percent(0.99999999)).toBe('99.9%');
  expect(percent(1)).toBe('100%');
  expect(percent(0)).toBe('0%');
  expect(percent(0.0004)).toBe('< 0.1%');
  expect(percent(0.29)).toBe('29%');
  expect(percent(0.0667)).toBe('6.6%');
  expect(percent(Number.NaN)).toBe('–');
});

test('counts, durations and dates follow the language', () => {
  const [k, e] = [formatFor('ko'), formatFor('en')];
  expect(e.count(1234567)).toBe('1,234,567');
  expect(e.short(2_361_792)).toBe('2.36M');
  expect(k.short(2_361_792)).toBe('236만');
  expect(k.short(1536)).toBe('1,536');
  expect(k.duration(185)).toBe('3분 5초');
  expect(e.duration(185)).toBe('3 minutes 5 seconds');
  expect(e.duration(7260)).toBe('2 hours 1 minute');
  expect(k.date('2026-01-14T23:58:07.000Z')?.text).toBe('2026년 1월 15일 오전 8:58:07');
  expect(e.date('2026-01-14T23:58:07.000Z')?.iso).toBe('2026-01-14T23:58:07.000Z');
  expect(e.date('January <b>')).toBeNull();
  expect(e.date('99999-99-99T99:99')).toBeNull();
});

test('formatters are made once: a table of a thousand rows makes as many as one of ten', () => {
  const { NumberFormat, DateTimeFormat, DisplayNames } = Intl;
  let made = 0;
  const counted = <T extends abstract new (...args: never[]) => object>(real: T) =>
    new Proxy(real, {
      construct(target, args, as) {
        made++;
        return Reflect.construct(target, args, as);
      },
    });
  const rows = (count: number) => {
    made = 0;
    for (let i = 0; i < count; i++) {
      const format = formatFor(i % 2 ? 'en' : 'ko');
      format.decimal(i / 7, 5);
      format.percent(i / 1000, 3);
      format.bytes(i * 1e5);
      format.duration(i);
      format.moment(new Date(i * 1e9).toISOString());
      format.country('KR');
    }
    return made;
  };
  Object.assign(Intl, {
    NumberFormat: counted(NumberFormat),
    DateTimeFormat: counted(DateTimeFormat),
    DisplayNames: counted(DisplayNames),
  });
  try {
    expect(rows(1000)).toBeGreaterThan(3); // those that no other test has had made
    expect(rows(1000)).toBe(0);
  } finally {
    Object.assign(Intl, { NumberFormat, DateTimeFormat, DisplayNames });
  }
});
