// A programme of 50 consortia, 5 stages and 5,000 runs with a million records of steps: the time to write it through the log, to open it,
// and to read what people view: rows, which are in memory, and the log. In PGlite in a folder, and on the PostgreSQL server of
// JIKJI_TEST_POSTGRES, if it is set; both get the same queries in turn. Then the standings of 50 teams (bench/standings.ts).
// usage: npm run bench:database; exit code 1 where a limit is not kept

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workFolder } from '../checks/work-folder.ts';
import { curveOf } from '../src/program/audits/index.ts';
import { newDatabase, SERVER } from '../src/program/database/testing/harness.ts';
import { Programme, type Where } from '../src/program/programme/index.ts';
import { Draw, LargeProgramme, teamName } from './large-programme.ts';
import { kept, seconds } from './measuring.ts';
import { median } from './table.ts';

const MAX_MILLISECONDS = 100;
const SIZES = {
  ...{ consortia: 50, stages: 5, runs: 1000, points: 200, items: 100 },
  ...{ judges: 49, pairs: 100, lodgings: 0 },
};
const ASKED = 20;

const draw = new Draw();
const large = new LargeProgramme(SIZES);
const { entries } = large;
const anyStage = () => 1 + draw.below(SIZES.stages);
const anyRun = () => large.runId(anyStage(), draw.below(SIZES.runs));

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
  'of a consortium: submissions': ({ tables }) =>
    tables.of('submissions', 'consortium', teamName(draw.below(SIZES.consortia))),
  'of a submission: evaluations': ({ tables }) => tables.of('evaluations', 'submission', anyRun()),
  'of a stage: enteredScores': ({ tables }) => tables.of('enteredScores', 'stage', `s${anyStage()}`),
  'of a stage: judgements': ({ tables }) => tables.of('judgements', 'stage', `s${SIZES.stages}`),
  curve: (programme) => curveOf(programme, anyRun()),
  'page of 50 entries': ({ store }) => store.page(1 + draw.below(entries - 50), 50),
};

const folder = workFolder('database');
const server = SERVER ? await newDatabase('bench') : undefined;
const places: [string, Where][] = [['PGlite', { folder: join(folder, 'database') }]];
if (server) places.push(['PostgreSQL', { url: server.url }]);
let isKept = true;
const open: Programme[] = [];
try {
  for (const [name, where] of places) {
    const filled = await Programme.open(where);
    const fill = await seconds(async () => {
      for (const proposals of new LargeProgramme(SIZES).proposals()) await filled.record('bench', proposals);
    });
    if (filled.head.seq !== entries) throw new Error(`${filled.head.seq} entries instead of ${entries}`);
    await filled.close();
    const steps = SIZES.stages * SIZES.runs * SIZES.points;
    const opening = await seconds(async () => open.push(await Programme.open(where)));
    console.log(
      `${name}: ${entries} entries with ${steps} records of steps written in ${fill.toFixed(1)} s, opened in ${opening.toFixed(1)} s`,
    );
  }
  console.log(
    `\nmilliseconds, median (worst) of ${ASKED}`.padEnd(33),
    places.map(([name]) => name.padEnd(18)).join(''),
  );
  for (const [name, ask] of Object.entries(QUESTIONS)) {
    const times: number[][] = open.map(() => []);
    for (let i = 0; i < ASKED; i++) {
      const before = draw.state;
      for (const [at, asked] of open.entries()) {
        draw.state = before; // the same of both
        times[at]!.push(1000 * (await seconds(() => ask(asked))));
      }
    }
    const medians = times.map(median);
    isKept &&= medians.every((time) => time < MAX_MILLISECONDS);
    const cells = times.map((all, i) => `${medians[i]!.toFixed(1)} (${Math.max(...all).toFixed(1)})`.padEnd(18));
    console.log(name.padEnd(32), cells.join(''), medians[1] ? `${(medians[0]! / medians[1]).toFixed(1)}x` : '');
  }
  console.log(`each under ${MAX_MILLISECONDS} ms at the median: ${kept(isKept)}\n`);
} finally {
  for (const programme of open) await programme.close();
  await server?.drop();
}
try {
  execFileSync(process.execPath, [fileURLToPath(new URL('./standings.ts', import.meta.url))], { stdio: 'inherit' });
} catch {
  isKept = false;
}
if (!isKept) process.exitCode = 1;
