// How much the tests see: small mistakes in src, drawn by a seed and spread over the rooms, each planted alone in a clone of the last commit;
// does `npm test` fail? `node scripts/mutations.ts [--seed 1377] [--count 20] [--turn 1] [--skip 0]`. The tests of the mistake's own room come first,
// for most fail there; then all of the turn; and where these see nothing, the files that it leaves to other turns. Prints a line for each
// mistake. Some change nothing that anybody could see: whoever reads the list judges that.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { FLOORS, ROOMS } from './check-floors.ts';
import { turnOf } from './testing/turns.ts';

const ROOT = join(import.meta.dirname, '..');
/** What becomes what: one place of one of these is a mistake. */
const SWAPS: readonly (readonly [string, string])[] = [
  [' === ', ' !== '],
  [' !== ', ' === '],
  [' < ', ' <= '],
  [' <= ', ' < '],
  [' > ', ' >= '],
  [' >= ', ' > '],
  [' + ', ' - '],
  [' - ', ' + '],
  [' * ', ' / '],
  [' && ', ' || '],
  [' || ', ' && '],
  [' ?? ', ' && '],
  ['return true', 'return false'],
  ['return false', 'return true'],
];

interface Mistake {
  file: string;
  line: number;
  from: string;
  to: string;
  /** Of the text as it is. */
  at: number;
}

/** A draw below `limit` that follows from the seed and its name. */
const draw = (seed: number, name: string, limit: number): number =>
  createHash('sha256').update(`${seed} ${name}`).digest().readUInt32BE(0) % limit;

function mistakesIn(file: string): Mistake[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: Mistake[] = [];
  let start = 0;
  for (const [i, line] of text.split('\n').entries()) {
    // Neither comments and imports nor types and strings: there a swap changes nothing, or words.
    const isCode = !/^\s*(\/\/|\*|\/\*|import|export (type|interface)|type |interface )|['"`]/.test(line);
    for (const [from, to] of isCode ? SWAPS : [])
      for (let at = line.indexOf(from); at >= 0; at = line.indexOf(from, at + 1))
        found.push({ file, line: i + 1, from, to, at: start + at });
    start += line.length + 1;
  }
  return found;
}

/** One mistake in each of `count` rooms, or more in each where there are fewer. */
function drawMistakes(seed: number, count: number): Mistake[] {
  const rooms = FLOORS.flatMap((floor) => [floor, ...(ROOMS[floor] ?? []).map((room) => `${floor}/${room}`)])
    .filter((room) => room !== 'console') // tried in a browser
    .sort((a, b) => draw(seed, a, 2 ** 32) - draw(seed, b, 2 ** 32));
  const mistakes: Mistake[] = [];
  for (let i = 0; mistakes.length < count; i++) {
    const room = rooms[i % rooms.length]!;
    const inside = (ROOMS[room] ?? []).map((inner) => `src/${room}/${inner}/`);
    const all = globSync(`src/${room}/**/*.ts`, { cwd: ROOT })
      .filter((file) => !/\.test\.ts$|\/testing\//.test(file) && !inside.some((folder) => file.startsWith(folder)))
      .sort()
      .flatMap(mistakesIn);
    if (all.length > 0) mistakes.push(all[draw(seed, `${room} ${i}`, all.length)]!);
  }
  return mistakes;
}

/** The name of the first test that fails; undefined where all pass. */
function failing(folder: string, turn: string, files: readonly string[]): string | undefined {
  const env = { ...process.env, JIKJI_TEST_TURN: turn, NO_COLOR: '1' };
  const args = ['--no-install', 'vitest', 'run', '--bail', '1', '--passWithNoTests', ...files];
  const options = { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  const { status, signal, error, stdout, stderr } = spawnSync('npx', args, options);
  if (status === 0) return undefined;
  if (status === null) throw error ?? new Error(`the tests were ended by ${signal}`); // that nothing was tried shows nothing
  return /^ FAIL +(.*)$/m.exec(stderr)?.[1] ?? /^ FAIL +(.*)$/m.exec(stdout)?.[1] ?? `exit code ${status}`;
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1377' },
    count: { type: 'string', default: '20' },
    turn: { type: 'string', default: '1' },
    skip: { type: 'string', default: '0' },
  },
});
const folder = join(mkdtempSync(join(tmpdir(), 'jikji-mutations-')), 'jikji');
try {
  execFileSync('git', ['clone', '--quiet', ROOT, folder]);
  for (const built of ['node_modules', 'kernels/build', 'src/console/dist', 'dist'])
    spawnSync('cp', ['-al', join(ROOT, built), join(folder, built)]);
  const left = turnOf(values.turn)?.left ?? [];
  const mistakes = drawMistakes(Number(values.seed), Number(values.count));
  const counts = { turn: 0, others: 0, unseen: 0 };
  for (const { file, line, from, to, at } of mistakes.slice(Number(values.skip))) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, at) + to + text.slice(at + from.length));
    const seen = failing(folder, values.turn, [dirname(file)]) ?? failing(folder, values.turn, []);
    const later = seen === undefined && left.length > 0 ? failing(folder, 'all', left) : undefined;
    writeFileSync(path, text);
    counts[seen !== undefined ? 'turn' : later !== undefined ? 'others' : 'unseen']++;
    const how = seen ?? (later === undefined ? 'NOT SEEN' : `only by another turn: ${later}`);
    console.log(`${file}:${line} '${from.trim()}' to '${to.trim()}': ${how}`);
  }
  console.log(`seen in this turn ${counts.turn}, only in another ${counts.others}, by none ${counts.unseen}`);
} finally {
  rmSync(dirname(folder), { recursive: true, force: true });
}
