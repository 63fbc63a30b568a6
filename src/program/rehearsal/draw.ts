// One made-up stage: what made-up teams get, as the rows that a real stage has. Knows no scores: src/program/decision reads the rows.

import { METRICS } from '../../formats/index.ts';
import { type PartOfBook, type RuleBook, type Source, targetOf } from '../rules/index.ts';
import { Tables } from '../state/index.ts';
import { Random } from '../statistics/index.ts';
import type { Assumptions } from './assumptions.ts';
import { judgingOf, leavesOf } from './plan.ts';

export const STAGE = 'rehearsal';
const BOOK = 'book';
const KEY = '0'.repeat(64);
/** Metrics that have no value for each item, only one for all. */
const WITHOUT_ITEMS = new Set(['f1', 'perplexity', 'bits_per_byte', 'byte_perplexity', 'word_perplexity']);
/** A user's taste for a team, beside what all users share: standard deviation of the logarithm of odds. */
const TASTE = 0.5;
/** Qualities on scales of tasks keep so far from nothing and all. */
const EDGE = 0.01;

export interface Drawing {
  book: RuleBook;
  text: string;
  /** The day of moving targets. */
  day: string;
  assumptions: Assumptions;
}

export const teamName = (i: number): string => `team-${i + 1}`;
const submissionOf = (team: string): string => `${team}-submission`;

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The teams that fail the veto come with it. */
export interface DrawnTeams {
  tables: Tables;
  failed: Set<string>;
}

/** Draws made-up stages of one rule book. Each part has its own random numbers, which no other part changes. */
export class Drawer {
  readonly #of: Drawing;
  readonly #random: Random;
  readonly #leaves: ReturnType<typeof leavesOf>;
  readonly #teams: string[];
  #tables = new Tables();
  #seq = 0;

  constructor(of: Drawing) {
    this.#of = of;
    this.#random = new Random(of.assumptions.seed, 'rehearsal');
    this.#leaves = leavesOf(of.book);
    this.#teams = of.assumptions.qualities.map((_, i) => teamName(i));
  }

  /** The stage of one repetition, closed, with the teams that fail the veto. */
  stage(repetition: number): DrawnTeams {
    this.#tables = new Tables();
    this.#seq = 0;
    const failed = this.#begin(repetition);
    this.#leaves.forEach((part, i) => {
      this.#random.at(i + 2, repetition);
      const { source } = part;
      if (source.kind === 'entered') this.#enter(part);
      else if (source.kind === 'tasks') for (const task of source.tasks) this.#evaluate(task);
      else if (source.kind === 'forms') this.#markAll(part, source);
    });
    this.#random.at(1, repetition);
    this.#judge();
    return { tables: this.#tables, failed };
  }

  /** 16 hex digits for lots and resampling of one repetition. */
  seedOf(repetition: number): string {
    this.#random.at(this.#leaves.length + 2, repetition);
    const half = (): string => this.#random.word().toString(16).padStart(8, '0');
    return half() + half();
  }

  #next = (): number => ++this.#seq;

  #begin(repetition: number): Set<string> {
    const { book, text, assumptions } = this.#of;
    const tables = this.#tables;
    const { veto, excludes, components, audit } = book.originality;
    this.#random.at(0, repetition);
    const fails = this.#teams.map(() => this.#random.uniform() < assumptions.veto);
    const failed = new Set(this.#teams.filter((_, i) => veto && fails[i] && (excludes.length > 0 || audit?.holds)));
    tables.put('ruleBooks', {
      digest: BOOK,
      name: book.name,
      version: book.version,
      text,
      registeredSeq: this.#next(),
    });
    const keys = Object.fromEntries(this.#teams.map((team) => [team, KEY]));
    const opened = { openedSeq: this.#next(), closedSeq: this.#next(), makerKeys: keys };
    const title = { en: STAGE };
    tables.put('programmes', { id: STAGE, name: title, mode: 'practice', officeKey: null, created: '' });
    tables.put('stages', { id: STAGE, title, ruleBook: BOOK, consortia: this.#teams, status: 'closed', ...opened });
    for (const team of this.#teams) {
      const out = failed.has(team);
      const submission = submissionOf(team);
      const about = { stage: STAGE, consortium: team, receivedSeq: this.#next() };
      const file = { kind: 'bundle', digest: team, bytes: 1, cluster: null, status: 'audited', maker: KEY } as const;
      tables.put('submissions', { id: submission, ...about, ...file });
      const verdict = out && excludes.length === 0 ? 'refuted' : 'holds';
      tables.put('audits', { submission, verdict, checks: [], office: KEY, reach: null, seq: this.#next() });
      if (!out || excludes.length === 0) continue;
      const finding = { component: components[0]!, verdict: excludes[0]!, by: STAGE, text: '', source: null };
      const id = `${team}-finding`;
      tables.put('findings', { id, stage: STAGE, consortium: team, ...finding, signedBy: null, seq: this.#next() });
    }
    return failed;
  }

  #enter({ path, points }: PartOfBook): void {
    const { qualities, entered } = this.#of.assumptions;
    this.#teams.forEach((consortium, i) => {
      const share = qualities[i]! + (entered / 100) * this.#random.normal();
      const value = points * within(share, 0, 1);
      const figure = { part: path, value, max: points, source: 'not recorded', seq: this.#next() } as const;
      this.#tables.put('enteredScores', { id: `${consortium} ${path}`, stage: STAGE, consortium, ...figure });
    });
  }

  /** The value of a task's metric for a team of this quality. */
  #trueValue({ task, metric, scale }: Extract<Source, { kind: 'tasks' }>['tasks'][number], quality: number) {
    const share = within(quality, EDGE, 1 - EDGE);
    if (scale !== 'best-reference') {
      const { floor, ceiling } = scale;
      return { value: floor + share * (ceiling - floor), span: Math.abs(ceiling - floor) };
    }
    const { best } = targetOf(this.#of.book, task, this.#of.day)!;
    return { value: METRICS[metric].higher ? best * share : best / share, span: best };
  }

  #evaluate(task: Extract<Source, { kind: 'tasks' }>['tasks'][number]): void {
    const { qualities, items: n } = this.#of.assumptions;
    this.#teams.forEach((team, i) => {
      const { value: truth, span } = this.#trueValue(task, qualities[i]!);
      const isCounted = !WITHOUT_ITEMS.has(task.metric) && Math.abs(truth) <= 1;
      const one = isCounted
        ? () => (this.#random.uniform() < Math.abs(truth) ? Math.sign(truth) : 0)
        : () => truth + (span / 2) * this.#random.normal();
      const items = Array.from({ length: n }, one);
      const value = items.reduce((all, x) => all + x, 0) / n;
      const row = { task: task.task, metric: task.metric, value, stderr: null, n, seq: this.#next() };
      const kept = WITHOUT_ITEMS.has(task.metric) ? null : items;
      this.#tables.put('evaluations', {
        id: `${team} ${task.task}`,
        submission: submissionOf(team),
        ...row,
        items: kept,
      });
    });
  }

  /** An expert sees a team once: the opinion is the same in all criteria. */
  #markAll({ path }: PartOfBook, { experts, criteria }: Extract<Source, { kind: 'forms' }>): void {
    const { qualities, severity, opinion, markStep } = this.#of.assumptions;
    for (let e = 0; e < experts; e++) {
      const severe = (severity / 100) * this.#random.normal();
      const scores = Object.fromEntries(
        this.#teams.map((team, i) => {
          const share = qualities[i]! + severe + (opinion / 100) * this.#random.normal();
          const marks = criteria.map(({ id, points }) => [id, markOf(points * share, points, markStep)] as const);
          return [team, Object.fromEntries(marks)];
        }),
      );
      const sealed = { commitment: KEY, nonce: KEY, seq: this.#next() };
      this.#tables.put('forms', {
        id: `${e} ${path}`,
        stage: STAGE,
        part: path,
        expert: `expert-${e}`,
        form: { scores },
        ...sealed,
      });
    }
  }

  /** Users take turns. They never say that two are equal. */
  #judge(): void {
    const { book, assumptions } = this.#of;
    const { qualities, judgementsPerPair, preference } = assumptions;
    const { users } = judgingOf(book);
    if (users === 0) return;
    const slope = Math.log(preference / (1 - preference)) / 0.1;
    const tastes: number[][] = [];
    let turn = 0;
    for (let a = 0; a < qualities.length; a++)
      for (let b = a + 1; b < qualities.length; b++)
        for (let n = 0; n < judgementsPerPair; n++) {
          const user = turn++ % users;
          tastes[user] ??= qualities.map(() => TASTE * this.#random.normal());
          const ahead = slope * (qualities[a]! - qualities[b]!) + tastes[user]![a]! - tastes[user]![b]!;
          const choice = this.#random.uniform() < logistic(ahead) ? 'a' : 'b';
          const pair = { a: teamName(a), b: teamName(b), choice, item: String(n) } as const;
          const seq = this.#next();
          this.#tables.put('judgements', { id: String(seq), stage: STAGE, judge: `user-${user}`, ...pair, seq });
        }
  }
}

function markOf(mark: number, points: number, step: number): number {
  const bounded = within(mark, 0, points);
  return step > 0 ? within(Math.round(bounded / step) * step, 0, points) : bounded;
}
