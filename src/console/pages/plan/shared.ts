// Props and helpers of the sections of the page of plans.

import type { Format } from '../../../page-kit/index.ts';
import type { Failure } from '../../state/api.ts';
import type { PlanChoice, PlanPlace } from '../../state/plan-choice.ts';
import { DAY, type Interval, runOf } from '../../state/planned-run.ts';
import type { PlanPage } from '../../types.ts';

/** What was asked of one kind of chip, and what came of it. */
export interface Asked {
  place: PlanPlace;
  /** `512 × B200` */
  name: string;
  /** While a new answer is on its way, the last one. */
  page: PlanPage | undefined;
  failure: Failure | undefined;
  again(): void;
}

export interface Choosing {
  choice: PlanChoice;
  choose(next: Partial<PlanChoice>): void;
}

/** An answer with at least one plan. */
export interface Planned extends Asked {
  page: PlanPage;
}

export const plannedAmong = (all: readonly Asked[]): Planned[] =>
  all.filter((one): one is Planned => one.page !== undefined && one.page.front.length > 0);

type Plan = PlanPage['front'][number];

/** Seconds of the run. */
export const runWith = (plan: Plan, page: PlanPage, { tokens }: PlanChoice): Interval =>
  runOf(plan.step, tokens * 1e9, page);

const LARGE = 100;

/** Both ends with the digits that they deserve; one number where these are the same. */
export function rangeText({ low, high }: Interval, format: Format): string {
  const text = (value: number) =>
    value >= LARGE ? format.count(Math.round(value)) : format.short(Number(value.toPrecision(3)));
  return text(low) === text(high) ? text(low) : `${text(low)}–${text(high)}`;
}

export const daysText = ({ low, high }: Interval, format: Format): string =>
  rangeText({ low: low / DAY, high: high / DAY }, format);

export const gigabytes = (bytes: number, format: Format): string => format.decimal(bytes / 1e9, bytes < 1e10 ? 1 : 0);

/** As the command line writes it. */
export function layoutText({ layout }: Plan): string {
  const { tensor, pipeline, virtual, context, expert, microBatch, zero, recompute } = layout;
  const parts = [
    `t${tensor}`,
    `p${pipeline}${virtual > 1 ? `x${virtual}` : ''}`,
    context > 1 && `c${context}`,
    expert > 1 && `e${expert}`,
    `m${microBatch}`,
    `zero${zero}`,
    recompute === 'full' && 'recompute',
  ];
  return parts.filter((part) => part !== false).join(' ');
}
