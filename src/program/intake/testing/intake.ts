// A programme with one open stage, for tests: made-up teams, limits that a tiny run keeps.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Signer } from '../../../ledger/index.ts';
import '../../../base/testing/one-core.ts';
import { emptyDatabase } from '../../database/testing/empty.ts';
import { Programme } from '../../programme/index.ts';
import { parseRuleBook, ruleBookDigest } from '../../rules/index.ts';
import { signByOffice } from '../../state/index.ts';

export const LIMITS = {
  bundleBytes: 1 << 28,
  trainingFlops: 1e12,
  parameters: 1e6,
  steps: 100,
  auditSeconds: 600,
  evalSeconds: 600,
};
export type Limited = Partial<typeof LIMITS>;

export interface Task {
  task: string;
  metric: string;
  digest?: string;
}

/** `words` is the office's own; there are no `definitions` in texts that are no WordNet; `others` has another digest. */
const TASKS: Task[] = [
  { task: 'held-out', metric: 'bits_per_byte' },
  { task: 'words', metric: 'acc' },
  { task: 'definitions', metric: 'acc' },
  { task: 'others', metric: 'acc', digest: '00'.repeat(32) },
];

const scaled = (task: Task) => ({ ...task, scale: { floor: task.metric === 'acc' ? 0 : 20, ceiling: 1 } });

export const bookWith = (limits: Limited, version: number, lineage: object | undefined): string =>
  JSON.stringify({
    name: 'intake',
    version,
    title: { en: 'Intake' },
    originality: { veto: true, components: ['tokenizer', 'mlp', 'embedding'], audit: {}, lineage },
    points: 10,
    blocks: [
      {
        id: 'all',
        title: { en: 'All' },
        points: 10,
        // What compares weights need not be measured too.
        ...(lineage ? { entered: { by: { en: 'somebody' } } } : { tasks: TASKS.map(scaled) }),
      },
    ],
    kept: 1,
    limits: { ...LIMITS, ...limits },
  });

export const TEAMS = ['a', 'b', 'c'];

interface Opening extends Limited {
  office?: Signer;
  /** The rule book's section on comparisons of weights. */
  lineage?: object;
}

/** Opens stage `s1`, `s2`, ... of the teams after the one before is closed and its decision, which keeps them all, is final. */
export async function openStage(programme: Programme, number: number, opening: Opening): Promise<void> {
  const { office, lineage, ...limits } = opening;
  const text = bookWith(limits, number, lineage);
  const digest = ruleBookDigest(parseRuleBook(text, { file: 'book' }));
  const teams = TEAMS.flatMap((id) => [
    { kind: 'organisation-added', data: { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] } },
    { kind: 'consortium-formed', data: { id, name: { en: id }, lead: `${id}-org`, members: [] } },
  ]);
  const created = {
    id: 'test',
    name: { en: 'Test' },
    mode: 'practice',
    ...(office && { officeKey: office.fingerprint }),
  };
  const first = { kind: 'programme-created', data: created };
  const before = `s${number - 1}`;
  const ends = [
    { kind: 'stage-closed', data: { stage: before } },
    { kind: 'decision-recorded', data: { stage: before, kept: TEAMS, out: [], source: 'not recorded' as const } },
  ];
  const signature = office && {
    signature: signByOffice('rule-book', [['rule-book', digest]], { programme: 'test', stage: null, seq: 1 }, office),
  };
  await programme.record('test', [
    ...(number === 1 ? [first, ...teams] : ends),
    { kind: 'rule-book-registered', data: { digest, name: 'intake', version: number, text, ...signature } },
    {
      kind: 'stage-opened',
      data: { id: `s${number}`, title: { en: `${number}` }, ruleBook: digest, consortia: TEAMS },
    },
  ]);
}

/** A folder with a database in it and the office's folder for submissions, where it has a task of its own. */
export class Office {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-intake-'));
  readonly files = join(this.folder, 'files');
  readonly database = join(this.folder, 'database');

  constructor() {
    mkdirSync(join(this.files, 'tasks'), { recursive: true });
    const rows = Array.from({ length: 12 }, (_, i) => (i % 3 ? `word ${i},ㅋ` : `ㅋ,word ${i}`));
    writeFileSync(join(this.files, 'tasks', 'words.csv'), ['good,bad', ...rows].join('\n'));
    const task =
      'kind: multiple-choice\ndata: { file: words.csv }\nchoices: ["{{ good }}", "{{ bad }}"]\nanswer: "0"\nmetrics: [acc]\n';
    for (const name of ['words', 'others']) writeFileSync(join(this.files, 'tasks', `${name}.yaml`), task);
  }

  async open(): Promise<Programme> {
    if (!existsSync(this.database)) await emptyDatabase(this.database);
    return Programme.open({ folder: this.database });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
