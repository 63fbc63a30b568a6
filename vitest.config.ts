import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { TimesReporter } from './scripts/test-times.ts';
import { ClosingLine } from './scripts/testing/closing-line.ts';
import { keptEnvironment } from './scripts/testing/kept.ts';
import Sequencer from './scripts/testing/sequencer.ts';
import { turnOf } from './scripts/testing/turns.ts';

/** A file system in memory, where Linux has one with room: hundreds of databases and runs are copied, which takes a tenth of the time there. */
function memory(): string | undefined {
  const [folder, mounts] = ['/dev/shm', '/proc/mounts'];
  if (process.env.JIKJI_TORTURE || !existsSync(mounts)) return undefined; // many more cases want more room
  const mount = readFileSync(mounts, 'utf8')
    .split('\n')
    .findLast((line) => line.split(' ')[1] === folder);
  // Containers often mount it without execution, which programs of tests need.
  if (mount === undefined || /\b(ro|noexec)\b/.test(mount.split(' ')[3]!)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 4 * 2 ** 30 ? folder : undefined;
}

// Tests have keys and lists of runs of their own, not the user's.
const own = join(memory() ?? tmpdir(), `jikji-tests-${process.pid}`);
const temporary = join(own, 'tmp');
mkdirSync(temporary, { recursive: true });
process.on('exit', () => rmSync(own, { recursive: true, force: true }));

/** What one run of the tests makes and the next can use: it follows from its sources, and is made again when they change. */
const kept = join(import.meta.dirname, 'node_modules/.cache/jikji-tests');

/** Rooms whose tests run no engine, set no flag of V8 and open no database. */
const PLAIN = [
  'apart',
  'base',
  'console',
  'fleet',
  'formats',
  'http',
  'ledger',
  'page-kit',
  'reliance',
  'run-folder',
  'audit/report',
  'foundry/{corpus,recipe,tokenizer}',
  'program/{audits,compute,decision,due,examples,log,rehearsal,rules,search,state,statistics}',
];
/** Freeing code of WebAssembly that was replaced has ended a process with many engines in a check of V8's: there it is kept. */
const keepCode = ['--no-wasm-code-gc'];
/** Rooms of the server, with a database in each file: what they all import is read once, and PostgreSQL compiled once. */
const server = [
  'src/program/{api,database,housekeeping,intake,judging,mail,metering,office,openid,programme,runs,users}/**/*.test.ts',
];
/** Rooms whose files import nearly all there is, and leave nothing behind: what they import is read once. */
const shared = ['src/{audit,cli}/**/*.test.ts'];
/** Rooms whose files run engines, and leave nothing behind: the kernels are compiled once as well. */
const engines = ['src/{engine,foundry,library,lineage,serve}/**/*.test.ts'];
/** Files that need a process of their own, whatever their room. */
const apart = [
  // They put others in the place of modules, which stays so in their process.
  'src/cli/{cli,export}.test.ts',
  'src/foundry/generate/chat.test.ts',
  'src/program/runs/models-memory.test.ts',
  // Its server checks a password as it is; others in the process would have hashed it quickly.
  'src/program/housekeeping/loss.test.ts',
  // They measure memory, or want much of it.
  'src/formats/gguf.test.ts',
  'src/foundry/export/large-models.test.ts',
  'src/foundry/generate/soak.test.ts',
  'src/serve/load.test.ts',
];
/** They need a browser: `npm run check:browser` runs them. */
const browser = ['src/**/*.browser.test.ts'];
/** They need MPI, or want a Slurm: `npm run check:fleet` runs them. */
const fleet = ['src/**/*.fleet.test.ts'];
/** Long files take turns, where nobody names files and nothing but `npm test` itself asks for them. */
const all = process.env.JIKJI_TORTURE || process.env.JIKJI_FLEET || process.env.JIKJI_BROWSER;
const named = process.argv.slice(2).some((arg) => /\.test\.ts|^(src|bench|scripts)\b/.test(arg));
const asked = process.env.JIKJI_TEST_TURN;
const turn = asked === undefined && (all || named) ? undefined : turnOf(asked);
const left = turn?.left ?? [];
const elsewhere = [...apart, ...browser, ...fleet, ...left];
const plain = ['bench/*.test.ts', 'scripts/**/*.test.ts', ...PLAIN.map((room) => `src/${room}/**/*.test.ts`)];

export default defineConfig({
  test: {
    // Node runs the sources as they are, as it does for users: nothing is transformed first.
    experimental: { viteModuleRunner: false },
    projects: [
      // Each file in a process of its own; so is a room that no list names.
      { extends: true, test: { name: 'apart', include: apart, exclude: left } },
      {
        extends: true,
        test: {
          name: 'unlisted',
          include: ['src/**/*.test.ts'],
          exclude: [...plain, ...server, ...shared, ...engines, ...elsewhere],
        },
      },
      ...Object.entries({ shared, engines, server }).map(([name, include]) => ({
        extends: true as const,
        test: { name, include, exclude: [...plain, ...elsewhere], isolate: false, execArgv: keepCode },
      })),
      ...(process.env.JIKJI_BROWSER
        ? [
            {
              extends: true as const,
              test: { name: 'browser', include: browser },
            },
          ]
        : []),
      ...(process.env.JIKJI_FLEET ? [{ extends: true as const, test: { name: 'fleet', include: fleet } }] : []),
      // The others after one another in the same processes, which saves their starts.
      { extends: true, test: { name: 'plain', include: plain, exclude: elsewhere, isolate: false } },
    ],
    pool: 'forks',
    // The table of times is taken alone; projects do not take this from the command line.
    maxWorkers: process.env.JIKJI_TEST_TIMES ? 1 : 2,
    sequence: { sequencer: Sequencer },
    reporters: ['default', new ClosingLine(turn), ...(process.env.JIKJI_TEST_TIMES ? [new TimesReporter()] : [])],
    ...(process.env.JIKJI_TEST_TIMES ? { runner: './scripts/testing/processor-time-runner.ts' } : {}),
    setupFiles: ['./scripts/testing/patient.ts'],
    testTimeout: process.env.JIKJI_TORTURE ? 3_600_000 : 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    env: {
      XDG_CONFIG_HOME: join(own, 'config'),
      XDG_STATE_HOME: join(own, 'state'),
      XDG_CACHE_HOME: join(own, 'cache'),
      TMPDIR: temporary,
      ...keptEnvironment(import.meta.dirname, kept),
      // Hundreds of processes are started: each reads what the first one has compiled, which takes half the time.
      NODE_COMPILE_CACHE: join(kept, 'compiled'),
      // Neither they nor the tests wait for the disk.
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('src/base/testing/no-sync.ts', import.meta.url).href}`,
    },
  },
});
