// Stages as logs, for tests: made-up teams, forms, judgements and evaluations.

import { sha256Hex } from '../../../ledger/index.ts';
import { type Entry, type Head, nextEntry, START } from '../../log/index.ts';
import { parseRuleBook, ruleBookDigest } from '../../rules/index.ts';
import { commitmentOf, State } from '../../state/index.ts';

export const BOOK = `
name: test
version: 1
title: { en: Test stage }
originality: { veto: true, components: [tokenizer, encoder], excludes: [derived, frozen-foreign] }
points: 100
blocks:
  - id: benchmark
    title: { en: Benchmarks }
    points: 40
    parts:
      - { id: given, title: { en: Given }, points: 10, entered: { by: { en: somebody } } }
      - { id: tasks, title: { en: Tasks }, points: 30, tasks: [{ task: t, metric: acc, scale: { floor: 0, ceiling: 1 } }] }
  - id: experts
    title: { en: Experts }
    points: 35
    forms: { experts: 2, average: mean, criteria: [{ id: a, title: { en: A }, points: 20 }, { id: b, title: { en: B }, points: 15 }] }
  - id: users
    title: { en: Users }
    points: 25
    judgements: { users: 2, minimumPerPair: 1, floor: 0, ceiling: 1 }
rounding: { decimals: 1 }
kept: 2
tieBreak: [benchmark, users, equal]
`;

/** A log in memory. */
export class Log {
  readonly state = new State();
  /** The time of the next entries. */
  time = '2026-01-02T03:04:05.678Z';
  #head: Head = START;

  add(kind: string, data: object): this {
    const said = { time: this.time, actor: 'test', kind, data: data as never };
    this.#head = nextEntry(this.#head, said);
    this.state.take(this.#head as Entry);
    return this;
  }

  get tables() {
    return this.state.tables;
  }

  /** A programme of organisations and consortia of these names. */
  found(teams: readonly string[]): this {
    this.add('programme-created', { id: 'test', name: { en: 'Test' }, mode: 'practice' });
    for (const id of teams) {
      this.add('organisation-added', { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] });
      this.add('consortium-formed', { id, name: { en: id }, lead: `${id}-org`, members: [] });
      this.add('consortium-key-named', { consortium: id, key: sha256Hex(id) });
    }
    return this;
  }

  /** A founded programme, and a stage of all its teams by a rule book. */
  open(teams: readonly string[], text = BOOK): this {
    if (!this.tables.get('programmes', 'test')) this.found(teams);
    const book = parseRuleBook(text, { file: 'book.yaml' });
    const digest = ruleBookDigest(book);
    this.add('rule-book-registered', { digest, name: book.name, version: book.version, text });
    return this.add('stage-opened', { id: 's1', title: { en: 'One' }, ruleBook: digest, consortia: teams });
  }

  entered(consortium: string, part: string, value: number, max: number): this {
    return this.add('score-entered', {
      id: `e-${this.#head.seq}`,
      stage: 's1',
      consortium,
      part,
      value,
      max,
      source: 'not recorded',
    });
  }

  /** A submission, audited, and its results on task t. */
  evaluated(consortium: string, items: number[], verdict = 'holds', maker = sha256Hex(consortium), more = {}): this {
    const id = `sub-${consortium}`;
    this.add('submission-received', { id, stage: 's1', consortium, kind: 'bundle', digest: sha256Hex(id), bytes: 1 });
    this.add('submission-audited', { submission: id, verdict, maker, checks: [], ...more });
    const value = items.reduce((a, b) => a + b, 0) / items.length;
    return this.add('submission-evaluated', {
      id: `v-${consortium}`,
      submission: id,
      task: 't',
      metric: 'acc',
      value,
      stderr: null,
      n: items.length,
      items,
    });
  }

  form(expert: string, scores: Record<string, Record<string, number>>): this {
    const nonce = sha256Hex(expert);
    const id = `f-${expert}`;
    this.add('form-committed', {
      id,
      stage: 's1',
      part: 'blocks.experts',
      expert,
      commitment: commitmentOf({ scores }, nonce),
    });
    return this.add('form-revealed', { id, form: { scores }, nonce });
  }

  judge(judge: string, a: string, b: string, choice: 'a' | 'b' | 'tie'): this {
    return this.add('judgement-given', { id: `j-${this.#head.seq}`, stage: 's1', judge, a, b, choice, item: '1' });
  }
}
