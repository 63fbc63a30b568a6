// Small pieces of a stage's page: names, figures, chances, sources. Each is text first; colour only repeats what it says.

import { type Format, type Html, html, plain } from '../../page-kit/index.ts';
import type { Citation, Title } from '../rules/index.ts';
import { DYES } from './page-styles.ts';
import type { Figure, StageReport } from './page-types.ts';
import type { Words } from './page-words.ts';

export interface Sheet {
  report: StageReport;
  words: Words;
  format: Format;
}

/** A text of others: harmless, and kept from turning what stands around it. */
export const theirs = (text: string, most = 300): Html => html`<bdi>${plain(text, most)}</bdi>`;
export const mono = (text: string): Html => html`<bdi class="mono">${plain(text, 300)}</bdi>`;

/** A title in the page's language, else in English and marked as such. */
export function titled({ words }: Sheet, { en, ko }: Title): Html {
  if (words.lang === 'en') return theirs(en);
  return ko === undefined ? html`<bdi lang="en">${plain(en, 300)}</bdi>` : theirs(ko);
}
/** The same for where no elements can stand. */
export const titleText = ({ words }: Sheet, { en, ko }: Title): string =>
  plain(words.lang === 'ko' ? (ko ?? en) : en, 300);

export const teamName = (sheet: Sheet, id: string): Html => {
  const team = sheet.report.teams.find((one) => one.id === id);
  return team ? titled(sheet, team.name) : theirs(id);
};

/** Of a record the day only: it knows no hours. */
export function moment({ report, words, format }: Sheet, iso: string): Html {
  const day = /^\d{4}-\d\d-\d\d/.exec(iso)?.[0];
  if (report.programme.mode === 'record' && day) return html`<time datetime="${day}">${day}</time>`;
  const known = format.date(iso);
  return known ? html`<time datetime="${known.iso}">${known.text}</time> ${words.zone}` : theirs(iso, 60);
}

/** Digits after the point that any figure is shown with: those of the rules, or as many as it has. */
export function number({ report, format }: Sheet, value: number): string {
  const decimals = report.ruleBook.decimals;
  if (decimals !== null) return format.decimal(value, decimals);
  return format.decimal(value, Math.max(1, Math.min(6, /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0)));
}

export function figure(sheet: Sheet, found: Figure | undefined): Html {
  const { words } = sheet;
  if (found === undefined || found.value === null) return html`<span class="none">${words.notYet}</span>`;
  if (found.value === 'not published') return html`<span class="none">${words.notPublished}</span>`;
  const ends = found.interval?.map((end) => number(sheet, end));
  return html`${number(sheet, found.value)}${ends && html`<small>${ends[0]}–${ends[1]}</small>`}`;
}

/** A total: what some part of it lacks makes the whole not known, once nothing more comes in. */
export function totalFigure(sheet: Sheet, found: Figure): Html {
  const { report, words } = sheet;
  if (typeof found.value === 'number') return figure(sheet, found);
  const isOpen = report.stage.status === 'open' && found.value === null;
  return html`<span class="none">${isOpen ? words.notYet : words.notKnown}</span>`;
}

/** `34%`; what came out in no draw, or in all, is not called impossible or certain. */
export function chanceText(chance: number): string {
  if (!(chance >= 0 && chance <= 1)) return '–';
  if (chance < 0.005) return '<1%';
  if (chance >= 0.995) return '>99%';
  return `${Math.round(chance * 100)}%`;
}

/** The class of a chance's dye; none for what is hardly there. */
export const dyeOf = (chance: number): string => {
  const step = chance >= 0 && chance <= 1 ? Math.round(chance * DYES) : 0;
  return step > 0 ? `h${step}` : '';
};

export function sources({ words }: Sheet, list: readonly Citation[] | 'not recorded'): Html {
  if (list === 'not recorded' || list.length === 0) return html`<p class="sources">${words.notRecorded}</p>`;
  const items = list.map(({ publisher, item, date }, i) => {
    // A figure that follows from others has no day of its own.
    const when = publisher === 'derived' ? null : (date ?? words.noDate);
    const what = publisher === 'derived' ? html`${words.facts.derived}` : theirs(publisher);
    return html`${i > 0 && '; '}${what}${item !== undefined && html` ${theirs(item)}`}${when !== null && html`, ${plain(when, 60)}`}`;
  });
  return html`<p class="sources">${words.source}: ${items}</p>`;
}

/** A table that may be wider than a phone: it scrolls by itself, by keyboard too. */
export const scrolling = (id: string, table: Html): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">${table}</div>`;

/** A section with its heading behind a fishtail, as in the audit's report. */
export const section = (id: string, heading: string, body: Html): Html =>
  html`<section aria-labelledby="${id}"><h2 id="${id}"><svg viewBox="0 0 24 18" aria-hidden="true"><path d="M0 0h24v18l-12 -9l-12 9z"/></svg>${heading}</h2>${body}</section>`;
