// Formats numbers, times and names in a language, for all pages, in browsers and documents. A number that is not finite becomes a dash.

export type Lang = 'en' | 'ko';

export interface Format {
  lang: Lang;
  /** A whole number. */
  count(value: number): string;
  /** A range; one number if both ends are equal. */
  counts(low: number, high: number): string;
  decimal(value: number, digits: number): string;
  /** Significant digits only: 1.2M, 0.00035. */
  short(value: number): string;
  /** Percent of a share from 0 to 1. */
  percent(value: number, digits?: number): string;
  /** Percent of a share from 0 to 1; prints 0% and 100% only for exactly 0 and 1. */
  share(value: number): string;
  /** Whole percent of a chance; one of 0 or 1 in draws is not printed as impossible or certain. */
  chance(value: number): string;
  /** Rounded down to a tenth of a percent, for lower bounds: 0.99999 is not 100%. */
  atLeast(share: number): string;
  /** Rounded up, for upper bounds. */
  atMost(share: number): string;
  /** A range of shares, rounded outwards; `share` if both ends are equal. */
  shares(ends: { low: number; high: number }): string;
  /** Device-hours. */
  hours(value: number): string;
  bytes(value: number): string;
  /** Day and minute; of a day without a time (`2026-01-15`) the day, which is the same in every time zone. */
  moment(iso: string): string;
  day(iso: string): string;
  /** "3 minutes ago"; of a day without a time the day. */
  ago(iso: string, now?: number): string;
  /** When something was published: a month in the language, anything else as the source has it. */
  published(date: string): string;
  /** The two largest units: `3 minutes 5 seconds`, `3분 5초`. */
  duration(seconds: number): string;
  /**
   * For documents, whose bytes must not depend on the machine: the language fixes the time zone. Null if the text is not a date.
   */
  date(iso: string): { text: string; iso: string } | null;
  list(items: string[]): string;
  /** A language tag as "Korean"; one that is not known stays as it is. */
  language(tag: string): string;
  /** A code of ISO 3166 as "Korea (KR)". An unknown code stays as it is. */
  country(code: string): string;
  /** "Korea", for use inside brackets. */
  countryName(code: string): string;
  title(title: { en: string; ko?: string | undefined }): string;
  /** The name of a publisher: a Korean page calls an edition in English one, all else is a name. */
  publisher(name: string): string;
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
/** Codes that ISO 3166 reserves for users; examples use them. */
const USER_ASSIGNED = /^(AA|Q[M-Z]|X[A-JL-Z]|ZZ)$/;
/** Rounding errors in sums of shares are at most this. */
const NEAR = 1e-9;
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;
const DASH = '–';
const DAY_ONLY = /^\d{4}-\d\d-\d\d$/;
/** `January 2026` */
const MONTH_ONLY = /^(January|February|March|April|May|June|July|August|September|October|November|December) \d{4}$/;

const ok = (value: number, text: (value: number) => string): string => (Number.isFinite(value) ? text(value) : DASH);

/** The result of `make`, which is called at the first use: a formatter takes a hundred times as long to make as to use. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const numbers = new Map<string, Intl.NumberFormat>();

/** A formatter of numbers, made once for its options. */
function numberFormat(lang: Lang, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = lang + JSON.stringify(options);
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(lang, options);
    numbers.set(key, format);
  }
  return format;
}

type Shares = Pick<Format, 'percent' | 'share' | 'chance' | 'shares' | 'atLeast' | 'atMost'>;

function sharesFor(lang: Lang): Shares {
  const percent = (options: Intl.NumberFormatOptions) => numberFormat(lang, { style: 'percent', ...options });
  const percents = () => percent({ maximumFractionDigits: 1 });
  const cutDown = () => percent({ maximumFractionDigits: 1, roundingMode: 'floor' });
  const cutUp = () => percent({ maximumFractionDigits: 1, roundingMode: 'ceil' });
  const share = (value: number): string => {
    if (value > NEAR && value < 0.0005) return `<${percents().format(0.001)}`;
    if (value < 1 - NEAR && value > 0.9995) return `>${percents().format(0.999)}`;
    return percents().format(value);
  };
  return {
    percent: (value, digits = 0) =>
      percent({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    share,
    chance: (value) => {
      if (!(value >= 0 && value <= 1)) return DASH;
      const whole = (of: number): string => percent({ maximumFractionDigits: 0 }).format(of);
      return value < 0.005 ? `<${whole(0.01)}` : value >= 0.995 ? `>${whole(0.99)}` : whole(value);
    },
    shares: ({ low, high }) => {
      // Ends that only errors of rounding keep apart are one share: a range of them would be written as "~10%".
      if (high - low <= NEAR) return share(low);
      return percents().formatRange(Math.floor(low * 1000 + NEAR) / 1000, Math.ceil(high * 1000 - NEAR) / 1000);
    },
    atLeast: (value) => {
      if (!Number.isFinite(value)) return DASH;
      if (value > 0 && value < 0.001) return `< ${cutDown().format(0.001)}`;
      // 0.29 * 100 is 28.999999999999996: a tiny amount is added before rounding down, too small to lift 0.99999.
      return cutDown().format(Math.min(value >= 1 ? value : 1 - 1e-6, value + NEAR));
    },
    atMost: (value) => ok(value, (finite) => cutUp().format(Math.max(0, finite - NEAR))),
  };
}

type Times = Pick<Format, 'moment' | 'day' | 'ago' | 'published' | 'duration' | 'date'>;

function timesFor(lang: Lang): Times {
  const moment = lazy(() => new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }));
  const day = lazy(() => new Intl.DateTimeFormat(lang, { dateStyle: 'medium' }));
  // A day without a time is read as midnight in UTC: west of it, it would be the day before.
  const dayOnly = lazy(() => new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeZone: 'UTC' }));
  const month = lazy(() => new Intl.DateTimeFormat(lang, { year: 'numeric', month: 'long', timeZone: 'UTC' }));
  const relative = lazy(() => new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }));
  const inDocument = lazy(
    () =>
      new Intl.DateTimeFormat(lang === 'ko' ? 'ko-KR' : 'en-GB', {
        dateStyle: lang === 'ko' ? 'long' : 'medium',
        timeStyle: 'medium',
        timeZone: lang === 'ko' ? 'Asia/Seoul' : 'UTC',
      }),
  );
  const time = (iso: string, format: () => Intl.DateTimeFormat) => {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : (DAY_ONLY.test(iso) ? dayOnly : format)().format(date);
  };
  const long = (value: number, unit: string, digits = 0) =>
    numberFormat(lang, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: digits }).format(value);
  return {
    moment: (iso) => time(iso, moment),
    day: (iso) => time(iso, day),
    ago(iso, now = Date.now()) {
      const seconds = (Date.parse(iso) - now) / 1000;
      if (Number.isNaN(seconds)) return iso;
      if (DAY_ONLY.test(iso) || Math.abs(seconds) > 30 * 86_400) return time(iso, day);
      const [name, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
      return relative().format(Math.trunc(seconds / length), name);
    },
    published(date) {
      return MONTH_ONLY.test(date) ? month().format(Date.parse(`1 ${date} UTC`)) : date;
    },
    duration(seconds) {
      if (!Number.isFinite(seconds) || seconds < 0) return DASH;
      if (seconds < 10) return long(seconds, 'second', 1);
      const length = Math.round(seconds);
      const first = UNITS.findIndex(([, size]) => length >= size);
      const [name, size] = UNITS[first]!;
      const big = long(Math.floor(length / size), name);
      const next = UNITS[first + 1];
      const rest = next ? Math.floor((length % size) / next[1]) : 0;
      return next && rest > 0 ? `${big} ${long(rest, next[0])}` : big;
    },
    date(iso) {
      const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? Date.parse(iso) : Number.NaN;
      return Number.isNaN(at) ? null : { text: inDocument().format(at), iso: new Date(at).toISOString() };
    },
  };
}

const FORMATS = { en: lazy(() => makeFormat('en')), ko: lazy(() => makeFormat('ko')) };

export const formatFor = (lang: Lang): Format => FORMATS[lang]();

/** The tag `mul`: a text in several languages. */
const SEVERAL = { en: 'several languages', ko: '여러 언어' };

function makeFormat(lang: Lang): Format {
  const number = (options: Intl.NumberFormatOptions) => numberFormat(lang, options);
  const whole = () => number({ maximumFractionDigits: 0 });
  const compact = () => number({ notation: 'compact', maximumSignificantDigits: 3 });
  const scientific = () => number({ notation: 'scientific', maximumSignificantDigits: 3 });
  const small = () => number({ maximumSignificantDigits: 4 });
  const list = lazy(() => new Intl.ListFormat(lang, { type: 'conjunction' }));
  const regions = lazy(() => new Intl.DisplayNames(lang, { type: 'region' }));
  const languages = lazy(() => new Intl.DisplayNames(lang, { type: 'language' }));
  const unit = (value: number, name: string, unitDisplay: 'short' | 'long') =>
    number({ style: 'unit', unit: name, unitDisplay }).format(value);
  return {
    lang,
    count: (value) => ok(value, whole().format),
    counts: (low, high) => (low === high ? whole().format(low) : whole().formatRange(low, high)),
    decimal: (value, digits) =>
      ok(value, number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format),
    short(value) {
      if (!Number.isFinite(value)) return DASH;
      const size = Math.abs(value);
      if (size !== 0 && (size < 1e-4 || size >= 1e15)) return scientific().format(value);
      return size >= 10_000 ? compact().format(value) : small().format(value);
    },
    ...sharesFor(lang),
    hours: (value) => (value < 10 ? small : whole)().format(value),
    bytes(value) {
      let step = 0;
      while (value >= 1000 && step < BYTES.length - 1) {
        value /= 1000;
        step++;
      }
      return step === 0 ? unit(value, BYTES[0], 'long') : unit(Number(value.toPrecision(3)), BYTES[step]!, 'short');
    },
    ...timesFor(lang),
    list: (items) => list().format(items),
    language(tag) {
      if (tag === 'mul') return SEVERAL[lang];
      try {
        return languages().of(tag) ?? tag;
      } catch {
        return tag; // not a language tag
      }
    },
    country(code) {
      if (USER_ASSIGNED.test(code)) return lang === 'ko' ? `가상의 나라(${code})` : `invented country (${code})`;
      const name = this.countryName(code);
      return name === code ? code : `${name}${lang === 'ko' ? '' : ' '}(${code})`;
    },
    countryName(code) {
      try {
        return USER_ASSIGNED.test(code) ? code : (regions().of(code) ?? code);
      } catch {
        return code; // not a country code
      }
    },
    publisher: (name) => (lang === 'ko' ? name.replace(/ English$/, ' 영문판') : name),
    title: (title) => (lang === 'ko' && title.ko !== undefined ? title.ko : title.en),
  };
}
