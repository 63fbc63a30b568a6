// Pieces of a document: sections, texts from outside, times, coordinates of pictures.

import { type ComponentChildren, h, type JSX } from 'preact';
import { type Format, plain, TERMS } from '../text/index.ts';

const FISHTAIL = 'M0 0h24v18l-12 -9l-12 9z';

/** A section with its heading behind a fishtail, the mark in the fold of a Korean book's leaf. */
export const section = (id: string, heading: string, body: ComponentChildren): JSX.Element =>
  h('section', { 'aria-labelledby': id }, [
    h('h2', { id }, h('svg', { viewBox: '0 0 24 18', 'aria-hidden': 'true' }, h('path', { d: FISHTAIL })), heading),
    body,
  ]);

/** A paragraph of its own kind: `lead`, `plainly`, `aside`, ... */
export const paragraph = (kind: string, text: ComponentChildren): JSX.Element => h('p', { class: kind }, text);

/** A text from outside: made safe, and isolated so that it cannot turn the reading direction around it. */
export const outsideText = (text: string, maxLength = 300, lang?: string): JSX.Element =>
  h('bdi', { lang }, plain(text, maxLength));
export const mono = (text: string): JSX.Element => h('bdi', { class: 'mono' }, plain(text, 300));

/** A time in the zone of the document's language; what is not a time stays a text. */
export function documentTime(iso: string, format: Format): ComponentChildren {
  const known = format.date(iso);
  return known ? [h('time', { datetime: known.iso }, known.text), ` ${TERMS[format.lang].zone}`] : outsideText(iso, 60);
}

/** A coordinate for SVG: at most two decimals, and never anything but a finite number. */
export const xy = (value: number): string => String(Number.isFinite(value) ? Math.round(value * 100) / 100 : 0);
