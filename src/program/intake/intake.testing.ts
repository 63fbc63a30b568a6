// A programme with one open stage, for tests: made-up teams, limits that a tiny run keeps.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Programme } from '../programme.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';

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

/** `named` is one of the office's own tasks; `definitions` is not there for texts that are no WordNet. */
const TASKS: Task[] = [
  { task: 'held-out', metric: 'bits_per_byte' },
  { task: 'words', metric: 'acc' },
  { task: 'definitions', metric: 'acc' },
];

export const bookWith = (limits: Limited, tasks: Task[] = TASKS): string =>
  JSON.stringify({
    name: 'intake',
    version: 1,
    title: { en: 'Intake' },
    originality: { veto: true, components: ['tokenizer'] },
    points: 10,
    blocks: [
      {
        id: 'all',
        title: { en: 'All' },
        points: 10,
        tasks: tasks.map((task) => ({ ...task, scale: { floor: 0, ceiling: 1 } })),
      },
    ],
    kept: 1,
    limits: { ...LIMITS, ...limits },
  });

export const TEAMS = ['a', 'b', 'c'];

/** Opens a stage of the teams under a rule book. */
export async function openStage(programme: Programme, book: string): Promise<void> {
  const { name, version } = parseRuleBook(book, { file: 'book' });
  const digest = ruleBookDigest(parseRuleBook(book, { file: 'book' }));
  await programme.record('test', [
    { kind: 'programme-created', data: { id: 'test', name: { en: 'Test' }, mode: 'practice' } },
    ...TEAMS.flatMap((id) => [
      { kind: 'organisation-added', data: { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] } },
      { kind: 'consortium-formed', data: { id, name: { en: id }, lead: `${id}-org`, members: [] } },
    ]),
    { kind: 'rule-book-registered', data: { digest, name, version, text: book } },
    { kind: 'stage-opened', data: { id: 's1', title: { en: 'One' }, ruleBook: digest, consortia: TEAMS } },
  ]);
}

/** A folder with a database in it and the office's folder for submissions, where it has a task of its own. */
export class Office {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-intake-'));
  readonly files = join(this.folder, 'files');
  readonly database = join(this.folder, 'database');

  constructor() {
    mkdirSync(join(this.files, 'tasks'), { recursive: true });
    const rows = Array.from({ length: 12 }, (_, i) => `word${i},drow${i}`);
    writeFileSync(join(this.files, 'tasks', 'words.csv'), ['good,bad', ...rows].join('\n'));
    writeFileSync(
      join(this.files, 'tasks', 'words.yaml'),
      'kind: multiple-choice\ndata: { file: words.csv }\nchoices: ["{{ good }}", "{{ bad }}"]\nanswer: "0"\nmetrics: [acc]\n',
    );
  }

  open(): Promise<Programme> {
    return Programme.open({ folder: this.database });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
