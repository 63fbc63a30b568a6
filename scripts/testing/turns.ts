// Which test files take turns: those that take long by the table of times, and those about what is rare (kills, full disks, hostile input,
// load, laws of chance over many samples). `npm test` runs a third of what is rare and a quarter of what else is long, by the digest of the
// commit, so that each commit tries others, and those of the rooms in which something is not committed yet. `.ci/run` and `npm run torture`
// run all, and so does a call that names files. JIKJI_TEST_TURN is 1 to 12, or all.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { secondsOfFiles } from '../test-times.ts';

/** In how many parts they are run. No two of the twelve turns have the same part of both. */
const PARTS = { rare: 3, long: 4 };
const TURNS = PARTS.rare * PARTS.long;
/** Processor seconds of the table from which on a file is long. */
const LONG = 1;
const RARE =
  /(^|[/.-])(kill|loss|hostile|soak|load|disk-full|fuzz|interrupt|races|laws|calibration|forgers)\.test\.ts$|\.hostile\.test\.ts$/;
/** What all else rests on is tried every time, however long it takes. */
const ALWAYS = [
  'src/audit/audit.test.ts',
  'src/audit/data/forgeries.test.ts',
  'src/audit/forgeries.test.ts',
  'src/audit/motion/forged.test.ts',
  'src/audit/vectors.test.ts',
  'src/cli/cli.test.ts',
  'src/engine/conformance.test.ts',
  'src/engine/testing/oracle/model.test.ts',
  'src/foundry/load/load.test.ts',
  'src/foundry/train/bits.test.ts',
  'src/foundry/train/oracle.test.ts',
];

type Times = ReadonlyMap<string, number>;

/** So many parts of files, about as long as each other. */
function inParts(count: number, files: string[], seconds: Times): string[][] {
  const parts = Array.from({ length: count }, () => ({ files: [] as string[], seconds: 0 }));
  const longestFirst = files.toSorted((a, b) => seconds.get(b)! - seconds.get(a)! || a.localeCompare(b));
  for (const file of longestFirst) {
    const shortest = parts.reduce((least, part) => (part.seconds < least.seconds ? part : least));
    shortest.files.push(file);
    shortest.seconds += seconds.get(file)!;
  }
  return parts.map((part) => part.files);
}

/** The files that take turns, in their parts. A file that the table does not have yet is always run. */
export function partsOf(seconds: Times): { rare: string[][]; long: string[][] } {
  const files = [...seconds.keys()].filter((file) => !ALWAYS.includes(file));
  return {
    rare: inParts(
      PARTS.rare,
      files.filter((file) => RARE.test(file)),
      seconds,
    ),
    long: inParts(
      PARTS.long,
      files.filter((file) => !RARE.test(file) && seconds.get(file)! >= LONG),
      seconds,
    ),
  };
}

/** What Git prints; nothing in a tree without it. */
const git = (...args: string[]): string =>
  spawnSync('git', args, { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' }).stdout ?? '';

/** By the commit; a tree without Git takes the first. */
const turnOfCommit = (): number => (Number.parseInt(git('rev-parse', 'HEAD').slice(0, 8), 16) || 0) % TURNS;

/** Folders below src in which a file is not as it was committed; of what serves tests alone, the folder around it. */
const changedRooms = (): string[] =>
  git('status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', 'src')
    .split('\0')
    .flatMap((line) => (line === '' ? [] : dirname(line.slice(3)).replace(/\/testing(\/.*)?$/, '')));

export interface Turn {
  /** From 1 on. */
  turn: number;
  of: number;
  /** With those of changed rooms. */
  run: string[];
  /** What this turn leaves to the others. */
  left: string[];
}

/** The turn of a run of the tests; undefined where all are run. `asked`: JIKJI_TEST_TURN. `changed`: rooms whose files are run in any turn. */
export function turnOf(
  asked: string | undefined,
  seconds: Times = secondsOfFiles(),
  changed?: readonly string[],
): Turn | undefined {
  if (asked === 'all') return undefined;
  const turn = asked === undefined ? turnOfCommit() + 1 : Number(asked);
  if (!Number.isInteger(turn) || turn < 1 || turn > TURNS)
    throw new Error(`JIKJI_TEST_TURN is 1 to ${TURNS}, or all: not ${asked}`);
  const rooms = changed ?? changedRooms();
  const run: string[] = [];
  const left: string[] = [];
  for (const parts of Object.values(partsOf(seconds)))
    for (const [i, files] of parts.entries())
      for (const file of files)
        ((turn - 1) % parts.length === i || rooms.includes(dirname(file)) ? run : left).push(file);
  return { turn, of: TURNS, run, left };
}
