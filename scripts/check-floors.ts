// Checks the floors of the house: which folder under src may import which. Run it as `node scripts/check-floors.ts`;
// it prints each violation as `file:line: why` and exits with 1 if there are any. `node scripts/check-floors.ts FOLDER`
// checks another tree. Finds imports with regular expressions; knows nothing of what the code does.
//
// The rules:
// 1. The floors, top first, are FLOORS below. A file may import from its own floor and from lower ones.
// 2. Rooms inside a floor (ROOMS) are in order too, the highest first. Another room only through its face: a floor's
//    index.ts, or the index.ts of a room inside it. Files that lie directly in a floor that has rooms (foundry/bench.ts)
//    stand above those rooms: rooms do not import them.
// 3. The console is pages: of the house it may import the faces of program/api and page-kit and nothing else.
// 4. The core (CORE) imports nothing but itself, lower floors and Node's own modules.
// 5. Tests and their helpers (*.test.ts, testing/*.ts) obey too, but may reach behind faces, use a higher room of their own
//    floor (to make what they read), start the program (cli/main.ts) as a child process, and use packages.
// 6. The log of a programme is written by acts of the office, and by rooms below it: neither the command line nor the API does
//    it itself (SHELLS). Tests may, to make what they read.
// 7. The library is for other programs: no floor imports it. The command line uses the rooms below, as the library does.
// 8. JSON is parsed with parseJson of src/base/json.ts, which says why. The files of PARSES may call JSON.parse; tests and the console too.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Top floor first. */
export const FLOORS = [
  'cli',
  'console',
  'program',
  'serve',
  'planner',
  'reliance',
  'library',
  'audit',
  'lineage',
  'page-kit',
  'foundry',
  'fleet',
  'run-folder',
  'apart',
  'http',
  'formats',
  'engine',
  'ledger',
  'base',
];
/** Rooms inside a floor, top room first. Each room has a face. */
export const ROOMS: Record<string, string[]> = {
  base: ['text'],
  formats: ['tables'],
  'page-kit': ['document', 'elements', 'text'],
  lineage: ['comparison', 'sketch', 'anatomy'],
  foundry: [
    'export',
    'evaluate',
    'requests',
    'generate',
    'sweep',
    'make',
    'runs',
    'load',
    'train',
    'corpus',
    'conversation',
    'tokenizer',
    'recipe',
    'model',
  ],
  program: [
    'api',
    'runs',
    'mail',
    'housekeeping',
    'search',
    'office',
    'due',
    'rehearsal',
    'intake',
    'metering',
    'judging',
    'decision',
    'compute',
    'examples',
    'audits',
    'comparisons',
    'programme',
    'openid',
    'users',
    'database',
    'state',
    'log',
    'statistics',
    'rules',
    'settings',
  ],
};
/** No packages at run time. */
const CORE = ['engine', 'ledger', 'base', 'foundry/train', 'foundry/model'];

/** They turn requests into acts, and write nothing to the log. */
const SHELLS = ['cli/', 'console/', 'program/api/'];
const WRITES = /\bprogramme\.record(Once)?\s*\(/gi;

/** The files that call JSON.parse themselves, and what they give it. */
export const PARSES: Record<string, string> = {
  'base/json.ts': 'texts without an escape in a name, and single strings',
  'base/lock.ts': 'our own locks',
  'base/package-version.ts': 'our package.json',
  'cli/serving-speed.ts': 'answers of our own server, for a benchmark',
  'fleet/launch/local.ts': 'our own notes of processes',
  'formats/safetensors.ts': 'single strings',
  'foundry/corpus/readers/json-strings.ts': 'single strings',
  'foundry/generate/json/automaton.ts': 'single strings',
  'foundry/make/begin.ts': 'our own lines, with fixed names',
  'foundry/make/lodge-run.ts': 'our own lines, with fixed names',
  'program/api/document.ts': 'copies of our own shapes',
  'program/database/migrate.ts': 'our own list of migrations',
};
/** `await answer.json()`, of requests and responses, is a JSON.parse too. */
const PARSE = /\bJSON\.parse\b|\bawait [^;\n]*\.json\(\)/g;

const TEST = /\.test\.ts$|\/testing\/[^/]+\.tsx?$/;

export interface Violation {
  /** Relative to the tree, with forward slashes. */
  file: string;
  line: number;
  why: string;
}

interface Place {
  floor: string;
  /** `foundry/corpus`, or the floor itself for files outside its rooms. */
  room: string;
  isFace: boolean;
}

/** Floor and room of a path under src; undefined outside all floors. */
function placeOf(path: string): Place | undefined {
  const parts = path.split('/');
  const floor = parts[0];
  if (parts.length < 2 || !FLOORS.includes(floor)) return undefined;
  const inRoom = parts.length > 2 && (ROOMS[floor] ?? []).includes(parts[1]);
  const room = inRoom ? `${floor}/${parts[1]}` : floor;
  return { floor, room, isFace: path === `${room}/index.ts` };
}

/** The text with comments and all strings but the names of modules blanked out; line breaks stay. */
function onlyCode(text: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  const beforeModule = /(?:\bfrom|\bimport|\bimport\s*\(|\bnew\s+URL\s*\()\s*$/;
  return text.replace(token, (found, at: number) => {
    const isModule = !found.startsWith('/') && beforeModule.test(text.slice(Math.max(0, at - 40), at));
    return isModule ? found : found.replace(/[^\n]/g, ' ');
  });
}

/** The modules a file names in import, export ... from, import() and worker URLs, with their lines. */
export function importsOf(text: string): { specifier: string; line: number }[] {
  const code = onlyCode(text);
  const patterns = [
    /^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*(['"])([^'"\n]+)\1/gm,
    /^\s*import\s*(['"])([^'"\n]+)\1/gm,
    /\bimport\s*\(\s*(['"`])([^'"`\n]+)\1/g,
    /\bnew\s+URL\s*\(\s*(['"`])([^'"`\n]+\.ts)\1\s*,\s*import\.meta\.url/g,
  ];
  const found: { specifier: string; line: number }[] = [];
  for (const pattern of patterns) {
    for (const match of code.matchAll(pattern)) {
      const at = match.index + match[0].lastIndexOf(match[2]);
      found.push({ specifier: match[2], line: code.slice(0, at).split('\n').length });
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

/** Lines of code that have the pattern. */
function linesWith(pattern: RegExp, text: string): number[] {
  const code = onlyCode(text);
  return [...code.matchAll(pattern)].map(({ index }) => code.slice(0, index).split('\n').length);
}

/** Why `from` may not import `to` (paths under src), or undefined where it may. */
function whyNot(from: string, to: string): string | undefined {
  const here = placeOf(from);
  const there = placeOf(to);
  if (!here || !there) return undefined;
  const isTest = TEST.test(from);
  if (isTest && to === 'cli/main.ts') return undefined;
  if (here.floor !== there.floor) {
    if (here.floor === 'console') {
      const known = ['program/api/index.ts', 'page-kit/index.ts'];
      const helps = isTest && to.startsWith('page-kit/testing/');
      return helps || known.includes(to)
        ? undefined
        : 'the console knows only program/api/index.ts and page-kit/index.ts';
    }
    if (there.floor === 'library' && !isTest) return 'the library is for other programs';
    if (FLOORS.indexOf(there.floor) < FLOORS.indexOf(here.floor)) return `${here.floor} is below ${there.floor}`;
    if (there.isFace || isTest) return undefined;
    return `${there.room} is entered through ${there.room}/index.ts only`;
  }
  if (here.room === there.room) return undefined;
  // Inside a floor with rooms: files outside the rooms may use the rooms, not the other way round.
  if (there.room === there.floor) return `${here.room} is a room of ${there.floor}, which stands above it`;
  if (!isTest && here.room !== here.floor && isAbove(there.room, here.room))
    return `${here.room} is below ${there.room}`;
  if (there.isFace || isTest) return undefined;
  return `${there.room} is entered through ${there.room}/index.ts only`;
}

/** Whether one room of a floor is above another. */
function isAbove(room: string, other: string): boolean {
  const [floor, name] = room.split('/');
  const rooms = ROOMS[floor!]!;
  return rooms.indexOf(name!) < rooms.indexOf(other.split('/')[1]!);
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') yield* sources(path);
    else if (entry.isFile() && /\.tsx?$/.test(entry.name)) yield path;
  }
}

/** All violations in a tree that has a `src` folder. */
export function checkFloors(tree: string): Violation[] {
  const src = join(tree, 'src');
  const under = (path: string) => relative(src, path).split(sep).join('/');
  const found: Violation[] = [];
  for (const path of sources(src)) {
    const from = under(path);
    const file = `src/${from}`;
    const room = placeOf(from);
    if (!room) {
      found.push({ file, line: 1, why: 'on no floor (the floors are listed in scripts/check-floors.ts)' });
      continue;
    }
    const isCore = CORE.some((core) => from.startsWith(`${core}/`)) && !TEST.test(from);
    const text = readFileSync(path, 'utf8');
    if (SHELLS.some((shell) => from.startsWith(shell)) && !TEST.test(from))
      for (const line of linesWith(WRITES, text))
        found.push({ file, line, why: 'writes to the log: an act of the office does' });
    if (room.floor !== 'console' && PARSES[from] === undefined && !TEST.test(from))
      for (const line of linesWith(PARSE, text))
        found.push({ file, line, why: 'calls JSON.parse, which can mistake names; use parseJson of src/base' });
    for (const { specifier, line } of importsOf(text)) {
      let why: string | undefined;
      if (specifier.startsWith('.')) {
        const to = under(resolve(dirname(path), specifier));
        why = whyNot(from, to);
      } else if (isCore && !specifier.startsWith('node:')) why = 'the core has no dependencies at run time';
      if (why) found.push({ file, line, why: `imports ${specifier}: ${why}` });
    }
  }
  return found;
}

if (import.meta.main) {
  const violations = checkFloors(resolve(process.argv[2] ?? join(import.meta.dirname, '..')));
  for (const { file, line, why } of violations) console.log(`${file}:${line}: ${why}`);
  if (violations.length > 0) {
    console.error(
      `${violations.length} places break the order of the house; the rules are at the top of scripts/check-floors.ts`,
    );
    process.exitCode = 1;
  }
}
