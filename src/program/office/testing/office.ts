// A programme in a temporary folder, with an office that has a key, and a stage that can be judged; for tests.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyKept } from '../../../base/testing/kept.ts';
import { type Json, type Signer, sha256Hex } from '../../../ledger/index.ts';
import { keptSigner } from '../../../ledger/testing/kept-signer.ts';
import { emptyDatabase } from '../../database/testing/empty.ts';
import { Programme, type Where } from '../../programme/index.ts';
import { catalogueDigest } from '../../state/index.ts';
import { TEXTS } from '../../state/testing/catalogue.ts';
import { ACTS, type By } from '../index.ts';

export const BOOK = `
name: rules
version: 1
title: { en: Rules }
eligibility: { leadCountries: [XX], roles: [model], minimumMembers: 1 }
originality: { veto: true, components: [tokenizer, encoder], audit: { holds: true, makerKey: true } }
blocks:
  - id: tasks
    title: { en: Tasks }
    points: 40
    tasks: [{ task: t, metric: acc, scale: { floor: 0, ceiling: 1 } }]
  - id: given
    title: { en: Given }
    points: 10
    entered: { by: { en: somebody } }
  - id: experts
    title: { en: Experts }
    points: 30
    forms: { experts: 2, criteria: [{ id: a, title: { en: A }, points: 20 }, { id: b, title: { en: B }, points: 10 }] }
  - id: users
    title: { en: Users }
    points: 20
    judgements: { users: 2, minimumPerPair: 1 }
kept: 2
`;

export const TEAMS = ['a', 'b', 'c'] as const;
export const ACTOR = 'office:test';

/** The office acts, with this key. */
export const byOffice = (signer: Signer | null, more: Partial<By> = {}): By => ({
  actor: ACTOR,
  role: 'office',
  user: null,
  consortium: null,
  signer: async () => signer!,
  files: '',
  ...more,
});

export class Office {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-office-'));
  readonly signer: Signer;
  readonly where: Where;
  programme!: Programme;

  /** @param where its database; default: a folder of its own */
  constructor(where?: Where) {
    this.where = where ?? { folder: join(this.folder, 'database') };
    this.signer = this.key('office');
  }

  /** A key of this name, the same one for all tests, in a configuration folder of this test's own. */
  key(name: string): Signer {
    return keptSigner(process.env.JIKJI_TEST_PROGRAMMES, name, join(this.folder, 'config'));
  }

  async open(): Promise<Programme> {
    const { where } = this;
    if ('folder' in where && !existsSync(where.folder)) await emptyDatabase(where.folder);
    this.programme = await Programme.open(this.where);
    return this.programme;
  }

  say(kind: string, data: object) {
    return this.programme.record(ACTOR, [{ kind, data: data as Json }]);
  }

  /** A programme of three teams: in a folder of its own a copy of one that was made once. */
  async found(): Promise<void> {
    const { where } = this;
    if ('folder' in where && !existsSync(where.folder)) {
      await copyKept(process.env.JIKJI_TEST_PROGRAMMES, 'founded', where.folder, async (made) => {
        const first = new Office({ folder: await emptyDatabase(made) });
        await first.open();
        await first.#found();
        await first.close();
      });
      this.programme = await Programme.open(where);
      return;
    }
    await this.open();
    await this.#found();
  }

  async #found(): Promise<void> {
    const about = { id: 'test', name: { en: 'Test' }, mode: 'practice' as const };
    await ACTS.foundProgramme.run(this.programme, about, byOffice(this.signer));
    for (const id of TEAMS) {
      await this.say('organisation-added', { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] });
      await this.say('consortium-formed', { id, name: { en: id }, lead: `${id}-org`, members: [] });
      await this.say('consortium-key-named', { consortium: id, key: sha256Hex(`key of ${id}`) });
    }
  }

  async stage(id = 's1', text = BOOK): Promise<void> {
    const by = byOffice(this.signer);
    await ACTS.registerRuleBook.run(this.programme, { text, file: 'rules.yaml' }, by);
    await ACTS.openStage.run(this.programme, { id, title: { en: id } }, by);
  }

  /** All that the rule book asks for. */
  async fill(stage = 's1'): Promise<void> {
    for (const [i, team] of TEAMS.entries()) {
      const id = `${stage}-${team}`;
      await this.say('submission-received', {
        id,
        stage,
        consortium: team,
        kind: 'bundle',
        digest: sha256Hex(id),
        bytes: 1,
      });
      await this.say('submission-audited', {
        submission: id,
        verdict: 'holds',
        maker: sha256Hex(`key of ${team}`),
        checks: [],
      });
      const items = [1, 1, 0, 0].map((x, k) => (k === 3 ? Number(i === 0) : x));
      const value = items.reduce((sum, x) => sum + x, 0) / 4;
      const result = { task: 't', metric: 'acc', value, stderr: null, n: 4, items };
      await this.say('submission-evaluated', { id: `${id}-t`, submission: id, ...result });
      const entered = { part: 'blocks.given', value: 5 + i, max: 10, source: 'not recorded' };
      await this.say('score-entered', { id: `${id}-given`, stage, consortium: team, ...entered });
    }
    for (const expert of ['kim', 'lee'])
      await ACTS.giveForm.run(
        this.programme,
        { stage, part: 'blocks.experts', ...marks() },
        byOffice(this.signer, { user: expert }),
      );
    for (const judge of ['u1', 'u2'])
      for (const [a, b] of [
        ['a', 'b'],
        ['a', 'c'],
        ['b', 'c'],
      ])
        await this.say('judgement-given', {
          id: `${stage}-${judge}-${a}${b}`,
          stage,
          judge,
          a,
          b,
          choice: 'a',
          item: '1',
        });
  }

  /** A catalogue, an allotment, and what was used: by the word of a's maker, and of b also as metered. */
  async chain(stage = 's1'): Promise<void> {
    await this.say('catalogue-registered', { digest: catalogueDigest(TEXTS), texts: TEXTS });
    const quarter = { from: '2026-01-01', to: '2026-03-31' };
    await this.say('allotment-given', { id: 'a-q1', consortium: 'a', cluster: 'near', ...quarter, deviceHours: 100 });
    const days = { from: '2026-01-05', to: '2026-01-06' };
    const sessions = { count: 2, withoutEnd: 1, devices: ['Far 9000'] };
    const runtime = { node: '24.0.0', v8: '13.6', version: '0.1.0' };
    for (const [team, deviceHours] of [
      ['a', 8.5],
      ['b', 6.25],
    ] as const) {
      const id = `${stage}-${team}`;
      const data = { id, consortium: team, cluster: team === 'a' ? 'near' : null, ...days, deviceHours };
      const made = { sessions, runtime, data: ['npm:home-texts', 'files'] };
      await this.say('usage-reported', { ...data, word: 'maker', submission: id, ...made });
    }
    const metered = { id: 'meter-b', consortium: 'b', cluster: 'big', ...days, deviceHours: 7.5 };
    await this.say('usage-reported', { ...metered, word: 'office', submission: `${stage}-b` });
  }

  async close(): Promise<void> {
    await this.programme.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const marks = () => ({
  scores: { a: { a: 12, b: 7 }, b: { a: 11, b: 6 }, c: { a: 10, b: 5 } },
  comment: 'a word that nobody may read before the stage closes',
});
