// A large programme for benchmarks: the entries of consortia, stages, submissions with audits, curves and evaluations, lodgings and judgements.
// They are drawn, and the same for the same sizes. Knows no database.

import { createHash } from 'node:crypto';
import { type Signer, signStatement } from '../src/ledger/index.ts';
import { parseRuleBook, ruleBookDigest } from '../src/program/rules/index.ts';
import type { Proposal } from '../src/program/state/index.ts';

export interface Sizes {
  consortia: number;
  stages: number;
  /** Of all consortia in a stage, in turn. */
  runs: number;
  /** Of a run's curve. */
  points: number;
  /** Of an evaluation. */
  items: number;
  judges: number;
  /** Of a judge, in the last stage. */
  pairs: number;
  /** Requests lodged in a stage. */
  lodgings: number;
}

/** Runs that are written at once. */
const BATCH = 50;

const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
export const teamName = (i: number): string => `team-${i}`;

export class Draw {
  /** What follows depends on this alone. */
  state = 1;
  random(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }
  below(n: number): number {
    return Math.floor(this.random() * n);
  }
  hex(): string {
    const part = () =>
      this.below(2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return list(8, part).join('');
  }
}

const book = (version: number, { consortia, judges }: Sizes) =>
  JSON.stringify({
    name: 'bench',
    version,
    title: { en: 'Bench' },
    originality: { veto: true, components: ['tokenizer'] },
    blocks: [
      {
        id: 'tasks',
        title: { en: 'Tasks' },
        points: 60,
        tasks: [{ task: 'words', metric: 'acc', scale: { floor: 0, ceiling: 1 } }],
      },
      { id: 'given', title: { en: 'Given' }, points: 20, entered: { by: { en: 'somebody' } } },
      { id: 'users', title: { en: 'Users' }, points: 20, judgements: { users: judges, minimumPerPair: 1 } },
    ],
    kept: consortia,
  });

export class LargeProgramme {
  readonly sizes: Sizes;
  readonly #draw = new Draw();
  readonly #signer: Signer | undefined;

  /** @param signer of what is lodged, if anything is */
  constructor(sizes: Sizes, signer?: Signer) {
    this.sizes = sizes;
    this.#signer = signer;
  }

  /** The id of a run of a stage, both counted from the first. */
  runId(stage: number, i: number): string {
    const { consortia } = this.sizes;
    return `s${stage}-${teamName(i % consortia)}-${Math.floor(i / consortia)}`;
  }

  get entries(): number {
    const { consortia, stages, runs, judges, pairs, lodgings } = this.sizes;
    return 1 + consortia * 2 + stages * (consortia + 4 + runs * 3 + lodgings) - 2 + judges * pairs;
  }

  /** The lists of entries in which they are written. */
  *proposals(): Generator<Proposal[]> {
    const { consortia, stages, runs, judges, pairs } = this.sizes;
    const teams = list(consortia, teamName);
    yield [
      { kind: 'programme-created', data: { id: 'bench', name: { en: 'Bench' }, mode: 'practice' } },
      ...teams.flatMap((id) => [
        { kind: 'organisation-added', data: { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] } },
        { kind: 'consortium-formed', data: { id, name: { en: id }, lead: `${id}-org`, members: [] } },
      ]),
    ];
    for (let stage = 1; stage <= stages; stage++) {
      yield [...(stage > 1 ? this.#ended(`s${stage - 1}`) : []), ...this.#begun(stage)];
      const lodged = this.#lodged(stage);
      if (lodged.length > 0) yield lodged;
      for (let at = 0; at < runs; at += BATCH)
        yield list(Math.min(BATCH, runs - at), (i) => this.#run(stage, at + i)).flat();
    }
    for (let judge = 0; judge < judges; judge++) yield list(pairs, (i) => this.#judgement(judge, i));
  }

  #begun(stage: number): Proposal[] {
    const text = book(stage, this.sizes);
    const digest = ruleBookDigest(parseRuleBook(text, { file: 'book' }));
    const teams = list(this.sizes.consortia, teamName);
    const opened = { id: `s${stage}`, title: { en: `${stage}` }, ruleBook: digest, consortia: teams };
    return [
      { kind: 'rule-book-registered', data: { digest, name: 'bench', version: stage, text } },
      { kind: 'stage-opened', data: opened },
      ...teams.map((consortium) => ({
        kind: 'score-entered',
        data: {
          ...{ id: `s${stage}-${consortium}-given`, stage: `s${stage}`, consortium, part: 'blocks.given' },
          ...{ value: this.#draw.below(21), max: 20, source: 'not recorded' },
        },
      })),
    ];
  }

  /** A stage is closed, and its decision, which keeps all teams, is final. */
  #ended(stage: string): Proposal[] {
    const kept = list(this.sizes.consortia, teamName);
    return [
      { kind: 'stage-closed', data: { stage } },
      { kind: 'decision-recorded', data: { stage, kept, out: [], source: 'not recorded' } },
    ];
  }

  #lodged(stage: number): Proposal[] {
    const signer = this.#signer;
    if (!signer) return [];
    return list(this.sizes.lodgings, (i) => {
      const requestDigest = createHash('sha256').update(`${stage} ${i}`).digest('hex');
      const predicate = {
        ...{ formatVersion: 1 as const, officeKey: signer.publicKey.toString('base64') },
        ...{ time: '2026-01-01T00:00:00.000Z', nonce: this.#draw.hex() },
      };
      const statement = signStatement('lodging', [['request.json', requestDigest]], predicate, signer);
      const id = requestDigest.slice(0, 32);
      return { kind: 'lodging-given', data: { id, kind: 'request', requestDigest, statement } };
    });
  }

  /** A submission that was taken in, audited, with its curve, and scored on one task. */
  #run(stage: number, i: number) {
    const draw = this.#draw;
    const { consortia, points } = this.sizes;
    const id = this.runId(stage, i);
    const items = list(this.sizes.items, () => draw.below(2));
    const check = { name: 'replay', verdict: 'holds', detail: 'three stretches of the run give the same bits again' };
    const curve = {
      step: list(points, (k) => 1 + 50 * k),
      loss: list(points, (k) => 9 / (1 + k / 20) + draw.random() / 10),
      gradNorm: list(points, () => draw.random()),
      learningRate: list(points, (k) => Math.fround(1e-3 * (1 - k / points))),
    };
    const received = { id, stage: `s${stage}`, consortium: teamName(i % consortia), kind: 'bundle' };
    const value = items.reduce((sum, x) => sum + x, 0) / items.length;
    const score = { task: 'words', metric: 'acc', value, stderr: 0.05, n: items.length, items };
    const audited = { submission: id, verdict: 'holds', maker: draw.hex(), checks: list(10, () => check), curve };
    return [
      { kind: 'submission-received', data: { ...received, digest: draw.hex(), bytes: draw.below(2 ** 40) } },
      { kind: 'submission-audited', data: audited },
      { kind: 'submission-evaluated', data: { id: `${id}-words`, submission: id, ...score } },
    ] as Proposal[];
  }

  #judgement(judge: number, i: number): Proposal {
    const { consortia, stages } = this.sizes;
    const a = this.#draw.below(consortia);
    const b = (a + 1 + this.#draw.below(consortia - 1)) % consortia;
    const pair = { a: teamName(a), b: teamName(b), choice: this.#draw.random() < 0.5 ? 'a' : 'b' };
    const about = { id: `u${judge}-${i}`, stage: `s${stages}`, judge: `u${judge}`, item: `${i}` };
    return { kind: 'judgement-given', data: { ...about, ...pair } };
  }
}
