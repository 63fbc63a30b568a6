// The frame of a document's pictures, and shapes in them. A picture is drawn twice, for a wide and a narrow place: the stylesheet shows one.

import { type ComponentChildren, h, type JSX } from 'preact';

interface PictureProps {
  id: string;
  /** The stylesheet shows one of the two. */
  class: 'wide' | 'narrow';
  width: number;
  height: number;
  title: string;
  /** Describes the picture to screen readers. */
  text: string;
}

/** A picture with a title and a description for screen readers. */
export const picture = (
  { id, class: name, width, height, title, text }: PictureProps,
  shapes: ComponentChildren,
): JSX.Element =>
  h('svg', { class: name, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}t ${id}d` }, [
    h('title', { id: `${id}t` }, title),
    h('desc', { id: `${id}d` }, text),
    shapes,
  ]);

/** A path of the class `name`. */
export const path = (name: string, d: string): JSX.Element => h('path', { class: name, d });

/** A line of text centred at `x`. */
export const centredText = (name: string, x: number | string, y: number, text: string): JSX.Element =>
  h('text', { class: name, x, y, 'text-anchor': 'middle' }, text);

/** A verdict as the face of a sort; `glyph` is a path in a square of 120. */
export const stamp = (glyph: string): JSX.Element =>
  h('svg', { class: 'stamp', viewBox: '0 0 120 120', 'aria-hidden': 'true' }, [
    path('body', 'M4 4h112v112h-46a10 10 0 0 0 -20 0h-46z'),
    h('rect', { class: 'face', x: 17, y: 15, width: 86, height: 86, rx: 5 }),
    path('glyph', glyph),
  ]);
