// Numbers, times and names as people of a language read them.

import type { Title } from '../types.ts';

export type Lang = 'en' | 'ko';

export interface Format {
  lang: Lang;
  /** A whole number. */
  count(value: number): string;
  /** One number where both are the same. */
  counts(low: number, high: number): string;
  decimal(value: number, digits: number): string;
  /** As many digits as say something: 1.2M, 0.00035. */
  short(value: number): string;
  /** Of 0 to 1. */
  percent(value: number, digits?: number): string;
  /** Of 0 to 1, in percent: none and all are said only where it is none or all. */
  share(value: number): string;
  /** `share` where both ends are the same; else from one to the other, rounded outwards. */
  shares(ends: { low: number; high: number }): string;
  /** Of devices, few or many. */
  hours(value: number): string;
  bytes(value: number): string;
  /** Day and minute. */
  moment(iso: string): string;
  day(iso: string): string;
  /** "3 minutes ago" */
  ago(iso: string, now?: number): string;
  /** A length of time. */
  duration(seconds: number): string;
  list(items: string[]): string;
  /** Of ISO 3166: "Korea (KR)". What is none stays as it is. */
  country(code: string): string;
  /** "Korea", where brackets stand around it already. */
  countryName(code: string): string;
  title(title: Title): string;
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
/** Codes of nobody's country: examples use them. */
const NOBODYS = /^(AA|Q[M-Z]|X[A-JL-Z]|ZZ)$/;
/** Sums of shares miss none and all by this much at most. */
const NEAR = 1e-9;
const AGO: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

export function formatFor(lang: Lang): Format {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(lang, options);
  const whole = number({ maximumFractionDigits: 0 });
  const compact = number({ notation: 'compact', maximumSignificantDigits: 3 });
  const scientific = number({ notation: 'scientific', maximumSignificantDigits: 3 });
  const small = number({ maximumSignificantDigits: 4 });
  const percents = number({ style: 'percent', maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(lang, { dateStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const list = new Intl.ListFormat(lang, { type: 'conjunction' });
  const regions = new Intl.DisplayNames(lang, { type: 'region' });
  const time = (iso: string, format: Intl.DateTimeFormat) => {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : format.format(date);
  };
  const unit = (value: number, name: string) =>
    number({ style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  const long = (value: number, name: string) =>
    number({ style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  return {
    lang,
    count: (value) => whole.format(value),
    counts: (low, high) => (low === high ? whole.format(low) : whole.formatRange(low, high)),
    decimal: (value, digits) => number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    short(value) {
      const size = Math.abs(value);
      if (size !== 0 && (size < 1e-4 || size >= 1e12)) return scientific.format(value);
      return size >= 10_000 ? compact.format(value) : small.format(value);
    },
    percent: (value, digits = 0) =>
      number({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    share(value) {
      if (value > NEAR && value < 0.0005) return `<${percents.format(0.001)}`;
      if (value < 1 - NEAR && value > 0.9995) return `>${percents.format(0.999)}`;
      return percents.format(value);
    },
    shares({ low, high }) {
      if (low === high) return this.share(low);
      return percents.formatRange(Math.floor(low * 1000 + NEAR) / 1000, Math.ceil(high * 1000 - NEAR) / 1000);
    },
    hours: (value) => (value < 10 ? small : whole).format(value),
    bytes(value) {
      let step = 0;
      while (value >= 1000 && step < BYTES.length - 1) {
        value /= 1000;
        step++;
      }
      return step === 0 ? long(value, BYTES[0]) : unit(Number(value.toPrecision(3)), BYTES[step]);
    },
    moment: (iso) => time(iso, moment),
    day: (iso) => time(iso, day),
    ago(iso, now = Date.now()) {
      const seconds = (Date.parse(iso) - now) / 1000;
      if (Number.isNaN(seconds)) return iso;
      if (Math.abs(seconds) > 30 * 86_400) return time(iso, day);
      const [name, length] = AGO.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
      return relative.format(Math.trunc(seconds / length), name);
    },
    duration(seconds) {
      if (seconds < 60) return long(Math.round(seconds), 'second');
      const minutes = Math.round(seconds / 60);
      if (minutes < 60) return long(minutes, 'minute');
      const rest = minutes % 60;
      const hours = long(Math.floor(minutes / 60), 'hour');
      return rest === 0 ? hours : `${hours} ${long(rest, 'minute')}`;
    },
    list: (items) => list.format(items),
    country(code) {
      const name = this.countryName(code);
      return name === code ? code : `${name}${lang === 'ko' ? '' : ' '}(${code})`;
    },
    countryName(code) {
      try {
        return NOBODYS.test(code) ? code : (regions.of(code) ?? code);
      } catch {
        return code; // it is no code of a country
      }
    },
    title: (title) => (lang === 'ko' && title.ko !== undefined ? title.ko : title.en),
  };
}

/** The first digits of a digest; its whole stands beside it for copying. */
export const shortDigest = (digest: string): string => (digest.length > 16 ? `${digest.slice(0, 12)}…` : digest);
