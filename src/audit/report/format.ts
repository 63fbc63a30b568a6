// Numbers, shares, times and dates as a language writes them (Intl). What is not a finite number is a dash.
// The time zone is fixed by the language, so that a report is the same wherever it is made.

export type Lang = 'ko' | 'en';

export interface Format {
  lang: Lang;
  /** `12,345` */
  count(n: number): string;
  /** `2.4M`, `240만` */
  short(n: number): string;
  /** With this many decimals. */
  decimal(n: number, digits: number): string;
  /** Cut down, never rounded up: 0.99999 is not 100%. */
  percent(share: number): string;
  /** Cut up, never rounded down: for what is said to be at most so much. */
  atMost(share: number): string;
  /** The two largest units: `3 minutes 5 seconds`, `3분 5초`. */
  duration(seconds: number): string;
  /** Null where the text is no date. */
  date(iso: string): { text: string; iso: string } | null;
}

const DASH = '–';
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

export function formatFor(lang: Lang): Format {
  const locale = lang === 'ko' ? 'ko-KR' : 'en-GB';
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(lang === 'ko' ? locale : 'en-US', {
    notation: 'compact',
    maximumSignificantDigits: 3,
  });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, roundingMode: 'floor' });
  const most = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, roundingMode: 'ceil' });
  const date = new Intl.DateTimeFormat(locale, {
    dateStyle: lang === 'ko' ? 'long' : 'medium',
    timeStyle: 'medium',
    timeZone: lang === 'ko' ? 'Asia/Seoul' : 'UTC',
  });
  const unit = (n: number, name: string, digits = 0) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'long',
      maximumFractionDigits: digits,
    }).format(n);
  const ok = (n: number, text: (n: number) => string) => (Number.isFinite(n) ? text(n) : DASH);
  return {
    lang,
    count: (n) => ok(n, count.format),
    // Korean counts in ten thousands: 1,536, but 2.82만.
    short: (n) => ok(n, lang === 'ko' && Math.abs(n) < 1e4 ? count.format : short.format),
    decimal: (n, digits) =>
      ok(n, (value) =>
        new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
      ),
    percent: (share) =>
      ok(share, (value) => {
        if (value > 0 && value < 0.001) return `< ${percent.format(0.001)}`;
        // 0.29 * 100 is 28.999999999999996: a hair is added before the cut, too little to lift 0.99999.
        return percent.format(Math.min(value >= 1 ? value : 1 - 1e-6, value + 1e-9));
      }),
    atMost: (share) => ok(share, (value) => most.format(Math.max(0, value - 1e-9))),
    duration: (seconds) =>
      ok(seconds, (value) => {
        if (value < 0) return DASH;
        if (value < 10) return unit(value, 'second', 1);
        const whole = Math.round(value);
        const first = UNITS.findIndex(([, size]) => whole >= size);
        const [name, size] = UNITS[first];
        const big = Math.floor(whole / size);
        const next = UNITS[first + 1];
        if (!next) return unit(big, name);
        const rest = Math.floor((whole % size) / next[1]);
        return rest === 0 ? unit(big, name) : `${unit(big, name)} ${unit(rest, next[0])}`;
      }),
    date: (iso) => {
      const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? Date.parse(iso) : Number.NaN;
      if (Number.isNaN(time)) return null;
      return { text: date.format(time), iso: new Date(time).toISOString() };
    },
  };
}
