// Rehearses a rule book: decides many made-up stages by the code that decides real ones, and counts the outcomes. Made-up teams, by stated
// assumptions: no forecast of any stage.

import type { Both } from '../../base/index.ts';
import { decideStage, type Outcome, type SampleSize, warnOfSmallSample } from '../decision/index.ts';
import type { RuleBook } from '../rules/index.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import type { Assumptions } from './assumptions.ts';
import { Drawer, type DrawnTeams, STAGE, teamName } from './draw.ts';
import { DRAWS, leavesOf, type Plan } from './plan.ts';

const noError = (name: Both): Both => ({
  en: `${name.en}: the rule book states no error of figures from elsewhere. Where they could change the order, a report states no chances.`,
  ko: `${name.ko}: 외부에서 온 수치의 오차가 규정집에 없습니다. 이 수치로 순서가 바뀔 수 있으면 보고서에 확률을 적지 않습니다.`,
});

/** Parts of which too little would be asked, or nothing stated, for a report to say how certain they are. */
function warningsOf(book: RuleBook, { items, judgementsPerPair, qualities }: Assumptions): Both[] {
  const pairs = (qualities.length * (qualities.length - 1)) / 2;
  return leavesOf(book).flatMap(({ title, source }): Both[] => {
    const name = { en: title.en, ko: title.ko ?? title.en };
    if (source.kind === 'entered') return source.error === undefined ? [noError(name)] : [];
    const asked: SampleSize =
      source.kind === 'forms'
        ? { experts: source.experts }
        : source.kind === 'tasks'
          ? { items, tasks: source.tasks.length }
          : { users: source.users, judgements: judgementsPerPair * pairs };
    return [warnOfSmallSample(name, asked)].flatMap((warning) => warning ?? []);
  });
}

/** A share of the repetitions. The error is that of Agresti and Coull, which is not zero for none or all of them. */
export interface Rate {
  share: number;
  standardError: number;
}

interface Mean {
  mean: number;
  standardError: number;
}

/** How the last place that is kept was decided. */
const BORDERS = ['total', 'tieBreak', 'lot', 'undecided', 'unknown', 'open'] as const;
export type Border = (typeof BORDERS)[number];

export interface Rehearsal {
  ruleBook: { name: string; version: number; digest: string };
  day: string;
  assumptions: Assumptions;
  repetitions: number;
  /** Points of the book. */
  points: number;
  /** Places that are kept. */
  kept: number;
  /** In the order of true quality. */
  teams: {
    /** True quality as points of the book. */
    quality: number;
    /** Stays in the programme: kept, or undecided. */
    stays: Rate;
    /** Out by a veto. */
    vetoed: Rate;
  }[];
  /** All of the truly best are kept, as many as there are places, of the teams without a veto. Null if equal teams stand at the border. */
  bestStay: Rate | null;
  /** The truly best team without a veto is out. Null if two teams are the best. */
  bestOut: Rate | null;
  /** `tieBreak`: a tie-break of the book. `undecided`: equal across the border. `unknown`: a total is not known. `open`: nobody is out by points. */
  border: Record<Border, Rate>;
  /** Width of the intervals of totals that the stage's report would state, in points. Null if it would state none. */
  interval: (Mean & { repetitions: number; draws: number }) | null;
  /** Parts whose certainty a report could not say, or would overstate. */
  warnings: Both[];
}

const rateOf = (count: number, of: number): Rate => {
  const middle = (count + 2) / (of + 4);
  return { share: count / of, standardError: Math.sqrt((middle * (1 - middle)) / (of + 4)) };
};

function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const freedom = Math.max(1, values.length - 1);
  return { mean, standardError: Math.sqrt(squares / freedom / values.length) };
}

function borderOf({ unknown, undecided, out, places, book }: Outcome): Border {
  if (unknown.length > 0) return 'unknown';
  if (undecided.length > 0) return 'undecided';
  if (!out.some(({ reason }) => reason === 'points')) return 'open';
  // Places are in their order: what set the first team that is out behind the last one that is kept.
  const first = [...places.values()][book.kept!]!;
  return first.by === 'total' || first.by === 'lot' ? first.by : 'tieBreak';
}

/** Mean width of the intervals of totals; undefined if none is resampled. */
function widthOf({ statistics }: Outcome): number | undefined {
  const shown = statistics?.totals.flatMap(({ interval }) => (interval ? [interval] : [])) ?? [];
  if (shown.length === 0) return undefined;
  return shown.reduce((sum, [low, high]) => sum + high - low, 0) / shown.length;
}

/** Counts outcomes. */
class Tally {
  readonly #qualities: number[];
  readonly #stays: number[];
  readonly #vetoed: number[];
  readonly #borders = Object.fromEntries(BORDERS.map((name) => [name, 0])) as Record<Border, number>;
  readonly #widths: number[] = [];
  #count = 0;
  #bestStay = 0;
  #bestOut = 0;

  constructor(qualities: number[]) {
    this.#qualities = qualities;
    this.#stays = qualities.map(() => 0);
    this.#vetoed = qualities.map(() => 0);
  }

  add(outcome: Outcome, { failed }: DrawnTeams): void {
    this.#count++;
    const stays = new Set([...outcome.kept, ...outcome.undecided]);
    const running: string[] = [];
    this.#qualities.forEach((_, i) => {
      const team = teamName(i);
      if (stays.has(team)) this.#stays[i]!++;
      if (failed.has(team)) this.#vetoed[i]!++;
      else running.push(team);
    });
    if (running.slice(0, outcome.book.kept!).every((team) => stays.has(team))) this.#bestStay++;
    if (running.length > 0 && !stays.has(running[0]!)) this.#bestOut++;
    this.#borders[borderOf(outcome)]++;
    const width = widthOf(outcome);
    if (width !== undefined) this.#widths.push(width);
  }

  result(points: number, kept: number) {
    const rate = (count: number): Rate => rateOf(count, this.#count);
    const quality = (i: number): number | undefined => this.#qualities[i];
    // With vetoes any two neighbours may come to stand at the border.
    const isTied = this.#vetoed.some((count) => count > 0)
      ? this.#qualities.some((one, i) => one === quality(i + 1))
      : quality(kept - 1) === quality(kept);
    const isShared = quality(0) === quality(1) && this.#qualities.length > 1;
    return {
      teams: this.#qualities.map((one, i) => ({
        quality: one * points,
        stays: rate(this.#stays[i]!),
        vetoed: rate(this.#vetoed[i]!),
      })),
      bestStay: isTied && this.#qualities.length > kept ? null : rate(this.#bestStay),
      bestOut: isShared ? null : rate(this.#bestOut),
      border: Object.fromEntries(BORDERS.map((name) => [name, rate(this.#borders[name])])) as Record<Border, Rate>,
      interval:
        this.#widths.length === 0 ? null : { ...meanOf(this.#widths), repetitions: this.#widths.length, draws: DRAWS },
    };
  }
}

/** Repetitions between two reports of progress. */
const PROGRESS_EVERY = 10;

/** Carries out a plan. `onProgress` gets the share that is done, from 0 to 1. */
export async function rehearse(plan: Plan, onProgress: (share: number) => Promise<void> | void): Promise<Rehearsal> {
  const { text, day, assumptions, repetitions, resampled } = plan;
  const book = parseRuleBook(text, { file: 'rule book' });
  const drawer = new Drawer({ book, text, day, assumptions });
  const tally = new Tally(assumptions.qualities);
  for (let r = 0; r < repetitions; r++) {
    const drawn = drawer.stage(r);
    const draws = r < resampled ? DRAWS : 0;
    tally.add(decideStage(drawn.tables, { stage: STAGE, day, seed: drawer.seedOf(r), draws }), drawn);
    if (r < resampled || r % PROGRESS_EVERY === 0) await onProgress((r + 1) / repetitions);
  }
  const { name, version, points, kept } = book;
  return {
    ruleBook: { name, version, digest: ruleBookDigest(book) },
    ...{ day, assumptions, repetitions, points, kept: kept! },
    ...tally.result(points, kept!),
    warnings: warningsOf(book, assumptions),
  };
}
