// Small elements of a stage's page: names, figures, chances, sources. Colour only repeats what the text says.

import { type ComponentChildren, cloneElement, h, type JSX, toChildArray, type VNode } from 'preact';
import { documentTime, limitedList, mono, outsideText, paragraph } from '../../page-kit/document/index.ts';
import { type Format, plain, ScrollingTable, type TableProps, type Terms, wordFor } from '../../page-kit/index.ts';
import type { Citation, Title } from '../rules/index.ts';
import type { Words } from './page-en.ts';
import { DYES } from './page-styles.ts';
import type { Figure, StageReport } from './page-types.ts';

export interface Sheet {
  report: StageReport;
  words: Words;
  terms: Terms;
  format: Format;
}

/** A title in the page's language, or in English and marked as such. */
export const titled = ({ format }: Sheet, title: Title): JSX.Element =>
  outsideText(format.title(title), 300, format.lang === 'ko' && title.ko === undefined ? 'en' : undefined);
/** The same as plain text. */
export const titleText = ({ format }: Sheet, title: Title): string => plain(format.title(title), 300);

export const teamName = (sheet: Sheet, id: string): JSX.Element => {
  const team = sheet.report.teams.find((one) => one.id === id);
  return team ? titled(sheet, team.name) : outsideText(id);
};

/** A component of a model by its name; one that has none as the rule book writes it. */
export const componentName = ({ terms }: Sheet, component: string): ComponentChildren =>
  Object.hasOwn(terms.components, component) ? wordFor(terms.components, component) : mono(component);

/** A time; of a record only the day. */
export function moment({ report, format }: Sheet, iso: string): ComponentChildren {
  const day = /^\d{4}-\d\d-\d\d/.exec(iso)?.[0];
  return report.programme.mode === 'record' && day ? h('time', { datetime: day }, day) : documentTime(iso, format);
}

/** A figure with the decimals of the rules, or as many as it has. */
export function number({ report, format }: Sheet, value: number): string {
  const decimals = report.ruleBook.decimals;
  if (decimals !== null) return format.decimal(value, decimals);
  return format.decimal(value, Math.max(1, Math.min(6, /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0)));
}

/** The maximum points, as `of 10`. */
export const mostPoints = ({ terms, format }: Sheet, points: number): string =>
  terms.ofPoints(format.decimal(points, Number.isInteger(points) ? 0 : 1));

/** A text in place of a missing figure. */
export const none = (text: string): JSX.Element => h('span', { class: 'none' }, text);

export function figure(sheet: Sheet, found: Figure | undefined): ComponentChildren {
  const { words } = sheet;
  if (found === undefined || found.value === null) return none(words.notYet);
  if (found.value === 'not published') return none(words.notPublished);
  const ends = found.interval?.map((end) => number(sheet, end));
  return [number(sheet, found.value), ends && h('small', null, `${ends[0]}–${ends[1]}`)];
}

/** A total: after the stage is closed, a missing part makes it unknown. */
export function totalFigure(sheet: Sheet, found: Figure): ComponentChildren {
  const { report, words } = sheet;
  if (typeof found.value === 'number') return figure(sheet, found);
  return none(report.stage.status === 'open' && found.value === null ? words.notYet : words.notKnown);
}

/** The CSS class of a chance's background; empty for a very small chance. */
export const dyeOf = (chance: number): string => {
  const step = chance >= 0 && chance <= 1 ? Math.round(chance * DYES) : 0;
  return step > 0 ? `h${step}` : '';
};

/** Where a figure was published. An address is followed only if a reader does, and only where it is one of the web. */
export function sources({ words, terms, format }: Sheet, list: readonly Citation[] | 'not recorded'): JSX.Element {
  if (list === 'not recorded' || list.length === 0) return paragraph('sources', words.notRecorded);
  const items = list.map(({ publisher, item, date, url }, i) => {
    const isDerived = publisher === 'derived';
    // A derived figure has no date.
    const when = isDerived ? null : `, ${plain(date === undefined ? words.noDate : format.published(date), 60)}`;
    const name = format.publisher(publisher);
    const lang = format.lang === 'ko' && !/[가-힣]/.test(name) ? 'en' : undefined;
    const what = isDerived ? words.facts.derived : outsideText(name, 300, lang);
    const cited = [what, item !== undefined && [' ', outsideText(item)]];
    const isOfWeb = url !== undefined && /^https?:\/\//.test(url);
    return [i > 0 && '; ', isOfWeb ? h('a', { href: url, rel: 'noreferrer' }, cited) : cited, when];
  });
  return paragraph('sources', [`${terms.source}: `, items]);
}

/** A table that scrolls where it is too wide. On a phone its rows are blocks (page-styles.ts), in which each cell has its label. */
export const table = ({ id, head, ...shown }: TableProps & { id: string }, rows: ComponentChildren): JSX.Element =>
  h(
    ScrollingTable,
    { ...shown, id: `${id}-table`, role: 'region' as const, roles: true, head: elementsOf(head).map(described('')) },
    labelled(head, rows),
  );

type Element = VNode<{ children?: ComponentChildren; scope?: string }>;
const elementsOf = (some: ComponentChildren): Element[] =>
  toChildArray(some).filter((one): one is Element => typeof one === 'object');

/** The text of a head, without its small type. */
const textOf = (some: ComponentChildren): string =>
  toChildArray(some)
    .map((one) => (typeof one !== 'object' ? String(one) : one.type === 'small' ? '' : textOf(one.props.children)))
    .join('');

/** A cell with its label, and with the role that it loses where it is laid out as a block. */
const described = (label: string) => (cell: Element) =>
  cloneElement(cell, {
    ...(label === '' ? {} : { 'data-label': label }),
    role: cell.type === 'td' ? 'cell' : cell.props.scope === 'col' ? 'columnheader' : 'rowheader',
  });

/** Rows whose cells are labelled with the heads of their columns. */
function labelled(head: ComponentChildren, rows: ComponentChildren): Element[] {
  const labels = elementsOf(head).map((one) => textOf(one.props.children));
  return elementsOf(rows).map((row) =>
    cloneElement(
      row,
      { role: 'row' },
      elementsOf(row.props.children).map((cell, i) => described(labels[i] ?? '')(cell)),
    ),
  );
}

export const strong = (content: ComponentChildren): JSX.Element => h('strong', null, content);

const MAX_ITEMS = 200;

/** The first MAX_ITEMS of a list, and the number of the others. */
export const items = <T>({ format }: Sheet, list: readonly T[], one: (item: T) => ComponentChildren): JSX.Element =>
  limitedList(list, MAX_ITEMS, one, format, 'notes-list');
