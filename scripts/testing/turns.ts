// The long test files about what is rare: kills, full disks, hostile input, load, and laws of chance over many samples. `npm test` runs a
// third of them, by the digest of the commit, so that each commit tries others. `.ci/run` and `npm run torture` run all, and so does a
// call that names files. JIKJI_TEST_TURN is 1, 2, 3 or all.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { secondsOfFiles } from '../test-times.ts';

const TURNS = 3;

export const IN_TURNS: readonly string[] = `
  src/audit/forgers src/audit/hostile src/audit/varied-recipes src/audit/witness/between-pairs src/audit/witness/hostile
  src/cli/audit-interrupt src/cli/disk-full src/cli/honest-audits src/cli/lineage-interrupt
  src/foundry/corpus/hold-out src/foundry/corpus/sample src/foundry/recipe/difficulty
  src/foundry/evaluate/hostile src/foundry/evaluate/sandbox
  src/foundry/generate/scheduler src/foundry/generate/soak src/foundry/generate/tools/form.hostile
  src/foundry/load/hostile src/foundry/load/hostile-gguf
  src/foundry/make/kill src/foundry/make/ranks src/foundry/train/compilers src/foundry/train/learns src/foundry/train/planned-memory
  src/lineage/anatomy/hostile src/lineage/disputes
  src/lineage/comparison/experts src/lineage/comparison/compare src/lineage/comparison/hidden-copies src/lineage/comparison/laws
  src/lineage/comparison/laws-relabelled src/lineage/comparison/nested src/lineage/comparison/towers src/lineage/comparison/trend
  src/lineage/comparison/widened-signs
  src/program/api/fuzz src/program/api/loss src/program/api/races
  src/program/housekeeping/loss src/program/intake/compare src/program/intake/intake src/program/mail/outbox
  src/program/rehearsal/bounds src/program/runs/models src/program/runs/models-memory src/program/statistics/calibration
  src/serve/hostile src/serve/load src/serve/receipts-kill
`
  .trim()
  .split(/\s+/)
  .map((name) => `${name}.test.ts`);

/** The files of each turn: about as long as the other turns, by the table of times. */
export function turns(seconds: ReadonlyMap<string, number> = secondsOfFiles()): string[][] {
  const files = IN_TURNS.toSorted((a, b) => (seconds.get(b) ?? 0) - (seconds.get(a) ?? 0) || a.localeCompare(b));
  const all = Array.from({ length: TURNS }, () => ({ files: [] as string[], seconds: 0 }));
  for (const file of files) {
    const shortest = all.reduce((least, turn) => (turn.seconds < least.seconds ? turn : least));
    shortest.files.push(file);
    shortest.seconds += seconds.get(file) ?? 0;
  }
  return all.map((turn) => turn.files);
}

/** By the commit; a tree without Git takes the first. */
function turnOfCommit(): number {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
  });
  return (Number.parseInt(stdout?.slice(0, 8) ?? '', 16) || 0) % TURNS;
}

export interface Turn {
  /** From 1 on. */
  turn: number;
  of: number;
  /** What this turn leaves to the others. */
  left: string[];
}

/** The turn of a run of the tests; undefined where all are run. `asked`: JIKJI_TEST_TURN. */
export function turnOf(asked: string | undefined): Turn | undefined {
  if (asked === 'all') return undefined;
  const chosen = asked === undefined ? turnOfCommit() + 1 : Number(asked);
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > TURNS)
    throw new Error(`JIKJI_TEST_TURN is 1 to ${TURNS}, or all: not ${asked}`);
  return { turn: chosen, of: TURNS, left: turns().flatMap((files, i) => (i + 1 === chosen ? [] : files)) };
}
