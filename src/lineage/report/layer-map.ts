// The map of layers as a picture: how much each layer of the examined model looks like each of the reference, and which were compared. Drawn
// for wide and for narrow places. The picture's size does not depend on the number of layers.

import { h, type JSX } from 'preact';
import { centredText, path, picture, xy } from '../../page-kit/document/index.ts';
import type { Format } from '../../page-kit/index.ts';
import type { ReferenceResult } from '../lineage.ts';
import type { Words } from './en.ts';

/** Shades from 0 to 1. */
const SHADES = 5;
const MAX_LISTED = 12;
const MAX_TICKS = 9;

interface Frame {
  class: 'wide' | 'narrow';
  width: number;
  /** The most height of all fields together, and of one. */
  tall: number;
  row: number;
  /** The most fields of a side. */
  fields: number;
}

const WIDE: Frame = { class: 'wide', width: 960, tall: 400, row: 30, fields: 64 };
const NARROW: Frame = { class: 'narrow', width: 320, tall: 280, row: 24, fields: 32 };
const LEFT = 56;
const TOP = 68;

export interface LayerPicture {
  /** Of this page, for its ids. */
  id: string;
  tower: ReferenceResult['towers'][number];
  title: string;
  words: Words;
  format: Format;
}

/** Layers that share a field of the picture. */
export const perField = ({ layers }: LayerPicture['tower'], fields = NARROW.fields): number =>
  layers ? Math.max(1, Math.ceil(Math.max(layers.suspect.length, layers.reference.length) / fields)) : 1;

function describe({ tower, words, format }: LayerPicture): string {
  const { suspect, reference } = tower.layers!;
  const sorted = tower.map.toSorted((a, b) => a[0] - b[0]);
  const pairs = sorted.slice(0, MAX_LISTED).map(([a, b]) => `${a}–${b}`);
  const list = [...pairs, ...(tower.map.length > MAX_LISTED ? ['…'] : [])].join(', ');
  const same = tower.map.filter(([a, b]) => a === b).length;
  const [rows, columns, equal, all] = [suspect.length, reference.length, same, tower.map.length].map(format.count);
  return words.map.desc(rows!, columns!, equal!, all!, list);
}

/** The highest score of each field; 0 where none is known. */
function fieldsOf(
  { suspect, reference, values }: NonNullable<LayerPicture['tower']['layers']>,
  per: number,
): number[][] {
  const [rows, columns] = [suspect, reference].map(({ length }) => Math.ceil(length / per)) as [number, number];
  const fields = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (const [i, row] of values.entries()) {
    for (const [j, value] of row.entries()) {
      const field = fields[Math.floor(i / per)];
      const at = Math.floor(j / per);
      if (field && at < columns && value > field[at]!) field[at] = value;
    }
  }
  return fields;
}

/** 0 for none, to `SHADES`. */
const shadeOf = (value: number): number => Math.min(SHADES, Math.max(0, Math.ceil(value * SHADES)));

function draw(one: LayerPicture, frame: Frame): JSX.Element {
  const { tower, words } = one;
  const { suspect, reference } = tower.layers!;
  const per = perField(tower, frame.fields);
  const [rows, columns] = [suspect, reference].map((layers) => Math.max(1, Math.ceil(layers.length / per))) as [
    number,
    number,
  ];
  const width = (frame.width - LEFT - 2) / columns;
  const height = Math.min(frame.row, frame.tall / rows);
  const floor = TOP + rows * height;
  const shades = Array.from({ length: SHADES + 1 }, () => '');
  for (const [i, row] of fieldsOf(tower.layers!, per).entries())
    for (const [j, value] of row.entries())
      shades[shadeOf(value)] +=
        `M${xy(LEFT + j * width)} ${xy(TOP + i * height)}h${xy(width)}v${xy(height)}h${xy(-width)}z`;
  const placeOf = (layers: readonly number[]) => new Map(layers.map((layer, i) => [layer, Math.floor(i / per)]));
  const [ours, theirs] = [placeOf(suspect), placeOf(reference)];
  const size = Math.max(1, Math.min(5, width / 4, height / 4));
  const chosen = [...new Set(tower.map.map(([a, b]) => `${ours.get(a) ?? 0} ${theirs.get(b) ?? 0}`))].map((field) => {
    const [i, j] = field.split(' ').map(Number) as [number, number];
    return ringAt(LEFT + (j + 0.5) * width, TOP + (i + 0.5) * height, size);
  });
  const step = (count: number) => Math.max(1, Math.ceil(count / MAX_TICKS));
  const ticks = (layers: readonly number[], fields: number, at: (field: number, text: string) => JSX.Element) =>
    Array.from({ length: Math.ceil(fields / step(fields)) }, (_, k) => k * step(fields)).map((field) =>
      at(field, String(layers[field * per] ?? '')),
    );
  const shapes = [
    h('text', { class: 'axis-name', x: 0, y: 14 }, words.map.rows),
    h('text', { class: 'axis-name', x: LEFT, y: 34 }, words.map.columns),
    ticks(reference, columns, (field, text) => centredText('tick', xy(LEFT + (field + 0.5) * width), TOP - 10, text)),
    ticks(suspect, rows, (field, text) =>
      h('text', { class: 'tick', x: LEFT - 8, y: xy(TOP + (field + 0.5) * height + 4), 'text-anchor': 'end' }, text),
    ),
    shades.map((d, shade) => shade > 0 && d !== '' && path(`heat heat-${shade}`, d)),
    h('rect', { class: 'ribbon', x: LEFT, y: TOP, width: xy(columns * width), height: xy(rows * height) }),
    path('chosen', chosen.join('')),
  ];
  const { class: name } = frame;
  const id = `${one.id}${name[0]}-`;
  const text = describe(one);
  return picture({ id, class: name, width: frame.width, height: Math.ceil(floor + 2), title: one.title, text }, shapes);
}

/** A ring as two arcs. */
const ringAt = (x: number, y: number, r: number): string =>
  `M${xy(x - r)} ${xy(y)}a${xy(r)} ${xy(r)} 0 1 0 ${xy(2 * r)} 0a${xy(r)} ${xy(r)} 0 1 0 ${xy(-2 * r)} 0z`;

/** Both pictures of a tower that has a map. */
export const layerPictures = (one: LayerPicture): JSX.Element[] => [draw(one, WIDE), draw(one, NARROW)];

/** What the shades and the ring mean. */
export function layerKey({ map }: Words, format: Format): JSX.Element {
  const square = (shape: JSX.Element, text: string): JSX.Element =>
    h('li', { class: 'square' }, h('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, shape), text);
  const shades = Array.from({ length: SHADES }, (_, i) => {
    const [low, high] = [i / SHADES, (i + 1) / SHADES].map((value) => format.decimal(value, 1)) as [string, string];
    return square(path(`heat heat-${i + 1}`, 'M1 1h14v14h-14z'), map.legend(low, high));
  });
  return h('ul', { class: 'key' }, [...shades, square(path('chosen', ringAt(8, 8, 5)), map.chosen)]);
}
