// The choices on the page of plans, read from and written to the query: the model, how many tokens in how many months, on which chips. What the
// address says outside of what can be planned is brought to the nearest that can.

import type { PlanQuestion } from '../types.ts';

/** The model that stands for a config.json whose text is on the page. */
export const OWN_CONFIG = 'config.json';
/** Kinds of chips compared at most. */
export const MAX_PLACES = 4;

export interface PlanPlace {
  chip: string;
  count: number;
  /** Of one chip for an hour. */
  price: number | null;
}

type Precision = NonNullable<PlanQuestion['precision']>;

export interface PlanChoice {
  /** Null: the first that there is. */
  model: string | null;
  /** In billions. */
  tokens: number;
  months: number;
  /** Empty: the first chips that there are. */
  on: PlanPlace[];
  sequence: number;
  sequences: number;
  /** Null: 8 bits where a chip has them. */
  precision: Precision | null;
}

interface Bounds {
  least: number;
  most: number;
  whole?: true;
}

export const BOUNDS = {
  tokens: { least: 0.001, most: 1e6 },
  months: { least: 0.1, most: 120 },
  count: { least: 1, most: 1 << 20, whole: true },
  price: { least: 0, most: 1e6 },
  sequence: { least: 1, most: 1 << 24, whole: true },
  sequences: { least: 1, most: 1 << 20, whole: true },
} as const satisfies Record<string, Bounds>;

const USUAL = { tokens: 1000, months: 3, count: 512, sequence: 4096, sequences: 2048 };
const PRECISIONS: readonly string[] = ['bf16', 'fp8', 'mxfp8', 'nvfp4'] satisfies Precision[];

export const fits = (value: number, { least, most, whole }: Bounds): boolean =>
  value >= least && value <= most && (whole !== true || Number.isInteger(value));

function bounded(text: string | null | undefined, { least, most, whole }: Bounds): number | undefined {
  const value = text ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return undefined;
  const near = Math.min(most, Math.max(least, value));
  return whole ? Math.round(near) : near;
}

function placeOf(text: string): PlanPlace[] {
  const [chip, count, price] = text.split(':');
  if (!chip) return [];
  return [{ chip, count: bounded(count, BOUNDS.count) ?? USUAL.count, price: bounded(price, BOUNDS.price) ?? null }];
}

/** @param search the query as `location.search` has it */
export function planChoiceOf(search: string): PlanChoice {
  const query = new URLSearchParams(search);
  const number = (name: keyof typeof BOUNDS & keyof typeof USUAL) =>
    bounded(query.get(name), BOUNDS[name]) ?? USUAL[name];
  const precision = query.get('precision') ?? '';
  return {
    model: query.get('model') || null,
    tokens: number('tokens'),
    months: number('months'),
    on: query.getAll('on').flatMap(placeOf).slice(0, MAX_PLACES),
    sequence: number('sequence'),
    sequences: number('sequences'),
    precision: PRECISIONS.includes(precision) ? (precision as Precision) : null,
  };
}

/** The query of choices; what is usual is left out. */
export function planSearchOf({ model, on, precision, ...numbers }: PlanChoice): string {
  const query = new URLSearchParams();
  if (model !== null) query.set('model', model);
  for (const name of ['tokens', 'months', 'sequence', 'sequences'] as const)
    if (numbers[name] !== USUAL[name]) query.set(name, String(numbers[name]));
  for (const { chip, count, price } of on)
    query.append('on', [chip, count, price].filter((one) => one !== null).join(':'));
  if (precision !== null) query.set('precision', precision);
  return query.size === 0 ? '' : `?${query}`;
}

/** A comparison of places; the rest is usual. */
export const comparisonOf = (on: readonly Omit<PlanPlace, 'price'>[]): string =>
  planSearchOf({ ...planChoiceOf(''), on: on.map((one) => ({ ...one, price: null })) });

/** Chips of the first view, where the catalogue can plan them. */
const FIRST_CHIPS = ['nvidia-b200', 'nvidia-h100-sxm'];

export function firstPlaces(plannable: readonly string[]): PlanPlace[] {
  const known = FIRST_CHIPS.filter((id) => plannable.includes(id));
  return (known.length > 0 ? known : plannable.slice(0, 2)).map((chip) => ({ chip, count: USUAL.count, price: null }));
}
