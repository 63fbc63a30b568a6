// A programme of 50 consortia, 5 stages and 5,000 runs with a million records of steps: the time to write it through the log, to open it,
// and to read what people view: rows, which are in memory, and the log. In PGlite in a folder, and on the PostgreSQL server of
// JIKJI_TEST_POSTGRES, if it is set; both get the same queries in turn. Then the standings of 50 teams (bench/standings.ts).
// usage: npm run bench:database; exit code 1 where a limit is not kept

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { curveOf } from '../src/program/audits/index.ts';
import { newDatabase, SERVER } from '../src/program/database/testing/harness.ts';
import { Programme, type Where } from '../src/program/programme/index.ts';
import { parseRuleBook, ruleBookDigest } from '../src/program/rules/index.ts';
import type { Proposal } from '../src/program/state/index.ts';
import { median } from './table.ts';

const MAX_MILLISECONDS = 100;
const TEAMS = 50;
const STAGES = 5;
/** Of a team in a stage. */
const RUNS = 20;
const POINTS = 200;
const ITEMS = 100;
const JUDGES = 49;
/** Of a judge, in the last stage. */
const PAIRS = 100;
/** Runs that are written at once. */
const BATCH = 50;
const ASKED = 20;

let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const below = (n: number): number => Math.floor(random() * n);
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
const hex = (): string =>
  list(8, () =>
    below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
const team = (i: number): string => `team-${i}`;
const run = (stage: number, of: number, i: number): string => `s${stage}-${team(of)}-${i}`;

const book = (version: number): string =>
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
      { id: 'users', title: { en: 'Users' }, points: 20, judgements: { users: JUDGES, minimumPerPair: 1 } },
    ],
    kept: TEAMS,
  });

/** A submission that was taken in, audited, with its curve, and scored on one task. */
function runOf(stage: number, of: number, i: number): Proposal[] {
  const id = run(stage, of, i);
  const items = list(ITEMS, () => below(2));
  const check = { name: 'replay', verdict: 'holds', detail: 'three stretches of the run give the same bits again' };
  return [
    {
      kind: 'submission-received',
      data: { id, stage: `s${stage}`, consortium: team(of), kind: 'bundle', digest: hex(), bytes: below(2 ** 40) },
    },
    {
      kind: 'submission-audited',
      data: {
        submission: id,
        verdict: 'holds',
        maker: hex(),
        checks: list(10, () => check),
        curve: {
          step: list(POINTS, (k) => 1 + 50 * k),
          loss: list(POINTS, (k) => 9 / (1 + k / 20) + random() / 10),
          gradNorm: list(POINTS, () => random()),
          learningRate: list(POINTS, (k) => Math.fround(1e-3 * (1 - k / POINTS))),
        },
      },
    },
    {
      kind: 'submission-evaluated',
      data: {
        id: `${id}-words`,
        submission: id,
        task: 'words',
        metric: 'acc',
        value: items.reduce((sum, x) => sum + x, 0) / ITEMS,
        stderr: 0.05,
        n: ITEMS,
        items,
      },
    },
  ];
}

const judgement = (stage: number, judge: number, i: number): Proposal => {
  const a = below(TEAMS);
  const b = (a + 1 + below(TEAMS - 1)) % TEAMS;
  return {
    kind: 'judgement-given',
    data: {
      id: `u${judge}-${i}`,
      stage: `s${stage}`,
      judge: `u${judge}`,
      a: team(a),
      b: team(b),
      choice: random() < 0.5 ? 'a' : 'b',
      item: `${i}`,
    },
  };
};

/** A stage is closed, and its decision, which keeps all teams, is final. */
const ended = (stage: string): Proposal[] => [
  { kind: 'stage-closed', data: { stage } },
  { kind: 'decision-recorded', data: { stage, kept: list(TEAMS, team), out: [], source: 'not recorded' } },
];

/** The entries, in the lists in which they are written. */
function* programme(): Generator<Proposal[]> {
  yield [
    { kind: 'programme-created', data: { id: 'bench', name: { en: 'Bench' }, mode: 'practice' } },
    ...list(TEAMS, team).flatMap((id) => [
      { kind: 'organisation-added', data: { id: `${id}-org`, name: { en: id }, country: 'XX', roles: ['model'] } },
      { kind: 'consortium-formed', data: { id, name: { en: id }, lead: `${id}-org`, members: [] } },
    ]),
  ];
  for (let stage = 1; stage <= STAGES; stage++) {
    const text = book(stage);
    const digest = ruleBookDigest(parseRuleBook(text, { file: 'book' }));
    const opened = { id: `s${stage}`, title: { en: `${stage}` }, ruleBook: digest, consortia: list(TEAMS, team) };
    yield [
      ...(stage > 1 ? ended(`s${stage - 1}`) : []),
      { kind: 'rule-book-registered', data: { digest, name: 'bench', version: stage, text } },
      { kind: 'stage-opened', data: opened },
      ...list(TEAMS, (of) => ({
        kind: 'score-entered',
        data: {
          id: `s${stage}-${team(of)}-given`,
          stage: `s${stage}`,
          consortium: team(of),
          part: 'blocks.given',
          value: below(21),
          max: 20,
          source: 'not recorded',
        },
      })),
    ];
    const runs = list(TEAMS * RUNS, (i) => [i % TEAMS, Math.floor(i / TEAMS)] as const);
    for (let at = 0; at < runs.length; at += BATCH) {
      yield runs.slice(at, at + BATCH).flatMap(([of, i]) => runOf(stage, of, i));
    }
  }
  for (let judge = 0; judge < JUDGES; judge++) yield list(PAIRS, (i) => judgement(STAGES, judge, i));
}

const anyStage = (): number => 1 + below(STAGES);
const anyRun = (): string => run(anyStage(), below(TEAMS), below(RUNS));
const ENTRIES = 1 + TEAMS * 2 + STAGES * (TEAMS + 4) - 2 + TEAMS * STAGES * RUNS * 3 + JUDGES * PAIRS;

/** The queries by name, without those of tables that stay small or empty here. */
const QUESTIONS: Record<string, (programme: Programme) => unknown> = {
  'row: submissions': ({ tables }) => tables.get('submissions', anyRun()),
  'row: audits': ({ tables }) => tables.get('audits', anyRun()),
  'row: evaluations': ({ tables }) => tables.get('evaluations', `${anyRun()}-words`),
  'all: stages': ({ tables }) => tables.all('stages'),
  'all: consortia': ({ tables }) => tables.all('consortia'),
  'all: submissions': ({ tables }) => tables.all('submissions'),
  'all: audits': ({ tables }) => tables.all('audits'),
  'all: evaluations': ({ tables }) => tables.all('evaluations'),
  'all: judgements': ({ tables }) => tables.all('judgements'),
  'of a stage: submissions': ({ tables }) => tables.of('submissions', 'stage', `s${anyStage()}`),
  'of a consortium: submissions': ({ tables }) => tables.of('submissions', 'consortium', team(below(TEAMS))),
  'of a submission: evaluations': ({ tables }) => tables.of('evaluations', 'submission', anyRun()),
  'of a stage: enteredScores': ({ tables }) => tables.of('enteredScores', 'stage', `s${anyStage()}`),
  'of a stage: judgements': ({ tables }) => tables.of('judgements', 'stage', `s${STAGES}`),
  curve: (programme) => curveOf(programme, anyRun()),
  'page of 50 entries': ({ store }) => store.page(1 + below(ENTRIES - 50), 50),
};

const seconds = async (work: () => unknown): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const folder = mkdtempSync(join(tmpdir(), 'jikji-database-'));
const server = SERVER ? await newDatabase('bench') : undefined;
const places: [string, Where][] = [['PGlite', { folder: join(folder, 'database') }]];
if (server) places.push(['PostgreSQL', { url: server.url }]);
let kept = true;
const open: Programme[] = [];
try {
  for (const [name, where] of places) {
    state = 1;
    const filled = await Programme.open(where);
    const fill = await seconds(async () => {
      for (const proposals of programme()) await filled.record('bench', proposals);
    });
    if (filled.head.seq !== ENTRIES) throw new Error(`${filled.head.seq} entries instead of ${ENTRIES}`);
    await filled.close();
    const steps = TEAMS * STAGES * RUNS * POINTS;
    const opening = await seconds(async () => open.push(await Programme.open(where)));
    console.log(
      `${name}: ${ENTRIES} entries with ${steps} records of steps written in ${fill.toFixed(1)} s, opened in ${opening.toFixed(1)} s`,
    );
  }
  console.log(
    `\nmilliseconds, median (worst) of ${ASKED}`.padEnd(33),
    places.map(([name]) => name.padEnd(18)).join(''),
  );
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const times: number[][] = open.map(() => []);
    for (let i = 0; i < ASKED; i++) {
      const before = state;
      for (const [at, asked] of open.entries()) {
        state = before; // the same of both
        times[at]!.push(1000 * (await seconds(() => ask(asked))));
      }
    }
    const medians = times.map(median);
    kept &&= medians.every((time) => time < MAX_MILLISECONDS);
    const cells = times.map((all, i) => `${medians[i]!.toFixed(1)} (${Math.max(...all).toFixed(1)})`.padEnd(18));
    console.log(name.padEnd(32), cells.join(''), medians[1] ? `${(medians[0]! / medians[1]).toFixed(1)}x` : '');
  }
  console.log(`each under ${MAX_MILLISECONDS} ms at the median: ${kept ? 'kept' : 'NOT KEPT'}\n`);
} finally {
  for (const programme of open) await programme.close();
  await server?.drop();
  rmSync(folder, { recursive: true, force: true });
}
try {
  execFileSync(process.execPath, [fileURLToPath(new URL('./standings.ts', import.meta.url))], { stdio: 'inherit' });
} catch {
  kept = false;
}
if (!kept) process.exitCode = 1;
