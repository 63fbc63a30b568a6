// What the page of runs shows, read from and written to the query of the address, so that a link shows the same: filter, order, selected runs, and
// how their curves are drawn.

import type { RunSort } from '../types.ts';
import { MEASURES, type Measure } from './curve.ts';

/** The most runs that are selected: more curves are not told apart. The API has the same limit. */
export const MAX_SELECTED = 40;
const SORTS = ['name', 'state', 'progress', 'loss', 'bits', 'tags', 'begun'] as const satisfies readonly RunSort[];
export const STATES = ['running', 'unfinished', 'finished', 'broken', 'gone'] as const;
export const AXES = ['step', 'tokens', 'time'] as const;
export type Axis = (typeof AXES)[number];
/** Of the moving average, as TensorBoard counts it; the API takes less than 1. */
const MAX_WEIGHT = 0.9999;

export interface RunView {
  text: string;
  tag: string;
  state: string;
  sort: RunSort;
  descending: boolean;
  /** From 1. */
  page: number;
  /** Ids of the selected runs. */
  selected: string[];
  measure: Measure;
  axis: Axis;
  /** 0: not smoothed. */
  weight: number;
  logX: boolean;
  logY: boolean;
  /** The visible range of the axis; null: the whole. */
  range: { from: number; to: number } | null;
}

/** Changes a part of what is shown. */
export type ChangeView = (part: Partial<RunView>) => void;

const oneOf = <T extends string>(list: readonly T[], value: string | null, or: T): T =>
  list.find((one) => one === value) ?? or;

/** A number in a query; undefined for any other text. */
const numberOf = (text: string | null): number | undefined =>
  text !== null && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;

/** @param search the query as `location.search` has it; what is wrong in it counts as left out */
export function viewOf(search: string): RunView {
  const query = new URLSearchParams(search);
  const [from, to] = [numberOf(query.get('from')), numberOf(query.get('to'))];
  const page = numberOf(query.get('page')) ?? 1;
  const sort = oneOf(SORTS, query.get('sort'), 'begun');
  return {
    text: (query.get('text') ?? '').slice(0, 200),
    tag: (query.get('tag') ?? '').slice(0, 100),
    state: oneOf(['', ...STATES], query.get('state'), ''),
    sort,
    descending: query.get('order') === null ? isFirstDescending(sort) : query.get('order') === 'down',
    page: Number.isSafeInteger(page) && page >= 1 && page <= 100_000 ? page : 1,
    selected: idsIn(query.get('runs') ?? ''),
    measure: oneOf(MEASURES, query.get('measure'), 'loss'),
    axis: oneOf(AXES, query.get('x'), 'step'),
    weight: Math.min(MAX_WEIGHT, Math.max(0, numberOf(query.get('smooth')) ?? 0)),
    logX: query.get('log')?.includes('x') === true,
    logY: query.get('log')?.includes('y') === true,
    range: from !== undefined && to !== undefined && from < to ? { from, to } : null,
  };
}

/** A time is first sorted from the newest, all else upwards. */
export const isFirstDescending = (sort: RunSort): boolean => sort === 'begun';

/** Runs of the address, each once; what cannot be an id is left out. */
function idsIn(text: string): string[] {
  const ids = text.split(',').filter((id) => /^[a-z0-9-]{1,200}$/.test(id));
  return [...new Set(ids)].slice(0, MAX_SELECTED);
}

/** The query of a view; what is as it is without a query is left out. */
export function searchOfView(view: RunView): string {
  const given: [name: string, value: string][] = [
    ['text', view.text],
    ['tag', view.tag],
    ['state', view.state],
    ['sort', view.sort === 'begun' ? '' : view.sort],
    ['order', view.descending === isFirstDescending(view.sort) ? '' : view.descending ? 'down' : 'up'],
    ['page', view.page === 1 ? '' : String(view.page)],
    ['runs', view.selected.join(',')],
    ['measure', view.measure === 'loss' ? '' : view.measure],
    ['x', view.axis === 'step' ? '' : view.axis],
    ['smooth', view.weight === 0 ? '' : String(view.weight)],
    ['log', `${view.logX ? 'x' : ''}${view.logY ? 'y' : ''}`],
    ['from', view.range ? String(view.range.from) : ''],
    ['to', view.range ? String(view.range.to) : ''],
  ];
  const query = new URLSearchParams(given.filter(([, value]) => value !== ''));
  // A comma needs no escape in a query, and ids without escapes can be read.
  return query.size === 0 ? '' : `?${String(query).replaceAll('%2C', ',')}`;
}

/** The path of the API for the table. */
export function tablePath(view: RunView, rows: number): string {
  const query = new URLSearchParams({
    text: view.text,
    tag: view.tag,
    state: view.state,
    sort: view.sort,
    order: view.descending ? 'down' : 'up',
    from: String((view.page - 1) * rows),
    count: String(rows),
    chosen: view.selected.join(','),
  });
  return `/run-table?${query}`;
}
