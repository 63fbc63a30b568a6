// `npm run check:proof [NAME...]`: runs, honest and forged, judged by Jikji's audit and by the verifier in Python that follows
// docs/proof.md and docs/arithmetic.md. Both train every step again and must agree on the verdict, on each segment, and on the first
// check that fails. Ends with exit code 1 where they do not, 2 where Python or its numpy is not there. NAME: only what has this in
// its name.

import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeLodged } from '../../src/audit/forge.testing.ts';
import { audit, withBundle } from '../../src/audit/index.ts';
import { Bench } from '../../src/audit/run.testing.ts';
import type { Audit, Verdict } from '../../src/audit/types.ts';
import { DEEDS } from './forgeries.ts';

/** Debian's own, since python3-numpy is there and not in a Python that stands before it on PATH. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const HERE = import.meta.dirname;
const VECTORS = join(HERE, '../../docs/test-vectors');

/** What the verifier in Python prints. */
interface Theirs {
  verdict: Verdict;
  checks: { name: string; verdict: Verdict }[];
  findings: object[];
  replayed: { from: number; to: number; verdict: Verdict }[];
}

const ODD_SOURCES = [
  { files: ['texts/a/{1,2}?.txt', 'texts/a/?.txt'], language: 'en', licence: '"quoted" #1', weight: 1 / 3 },
  { files: 'texts/b', language: 'ko', licence: "it's: - 'null', true", weight: 2.5 },
];
/** Shapes that have little in common: more than one block of queries, heads of odd halves, groups, both schedules, rows of no whole eight. */
const SHAPES: Record<string, Parameters<Bench['make']>[1]> = {
  'honest, two blocks of queries': {
    model: { hiddenSize: 24, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1, tieWordEmbeddings: false },
    train: { steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 100, gradientGroups: 2, schedule: 'wsd' },
  },
  'honest, odd': {
    // Texts that YAML must quote, and numbers that are no short fractions.
    ...{ corpus: { sources: ODD_SOURCES, validation: 1 / 7 } },
    model: { hiddenSize: 20, intermediateSize: 37, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2 },
    train: {
      ...{ steps: 6, batchSize: 3, microBatchSize: 3, sequenceLength: 13, warmupSteps: 0, weightDecay: 0 },
      ...{ beta1: 0.8, gradClip: 0.05, minLearningRate: 0, checkpointEvery: 4, keepEvery: 2 },
    },
  },
};
const STEPS = { steps: 8, batchSize: 2, microBatchSize: 2, sequenceLength: 12 };

const bench = new Bench();
const asked = process.argv.slice(2);
const wanted = (name: string): boolean => asked.length === 0 || asked.some((part) => name.includes(part));
let passed = 0;
let failed = 0;

const ours = (folder: string, maker: string | undefined): Promise<Audit> =>
  audit({ folder, threads: 1, replay: 'all', maker });

async function theirs(path: string, ...options: string[]): Promise<Theirs> {
  const args = [join(HERE, 'verify.py'), path, ...options];
  const { stdout } = await promisify(execFile)(PYTHON, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

function tell(name: string, good: boolean, what: string): void {
  console.log(`${good ? 'ok' : 'FAILED'}: ${name}: ${what}`);
  if (good) passed++;
  else failed++;
}

/** Both verifiers on one run; `expected` is the verdict, and the first check that does not hold where that is known. */
async function judge(
  name: string,
  path: string,
  expected: { verdict: Verdict; check?: string | null },
  maker?: string,
): Promise<void> {
  const [found, other] = await Promise.all([
    path.endsWith('.tar') ? withBundle(path, (folder) => ours(folder, maker)) : ours(path, maker),
    // The seal's figure is looked at where nothing else can be wrong.
    theirs(path, ...(maker ? ['--maker', maker] : []), ...(expected.verdict === 'holds' ? ['--figures'] : [])),
  ]);
  const first = (checks: { name: string; verdict: Verdict }[]) =>
    checks.find(({ verdict }) => verdict !== 'holds')?.name ?? null;
  const segments = (list: Theirs['replayed']) => list.map(({ from, to, verdict }) => `${from}-${to} ${verdict}`);
  // What a verifier makes of the rest, once something is wrong or missing, is its own affair.
  const both = other.replayed.length === found.replayed.length && found.replayed.length > 0;
  const good =
    found.verdict === expected.verdict &&
    other.verdict === expected.verdict &&
    first(found.checks) === first(other.checks) &&
    (expected.check === undefined || first(found.checks) === expected.check) &&
    (both ? segments(found.replayed).join() === segments(other.replayed).join() : expected.verdict !== 'holds');
  const by = first(other.checks);
  tell(name, good, by ? `${other.verdict}, first by ${by}` : other.verdict);
  if (!good) {
    const findings = found.checks.flatMap((check) =>
      check.findings.map((finding) => ({ check: check.name, ...finding })),
    );
    const replayed = { ours: segments(found.replayed), theirs: segments(other.replayed) };
    console.log(JSON.stringify({ expected, replayed, ours: findings, theirs: other.findings }));
  }
}

async function everything(): Promise<void> {
  const signer = bench.strangersKey('maker');
  const stranger = bench.strangersKey('stranger');
  const vectors = JSON.parse(readFileSync(join(VECTORS, 'expected.json'), 'utf8'));
  for (const [file, expected] of Object.entries(vectors)) {
    if (wanted(file)) await judge(file, join(VECTORS, file), expected as { verdict: Verdict; check: string | null });
  }
  const honest = { verdict: 'holds', check: null } as const;
  for (const [name, changes] of Object.entries(SHAPES)) {
    if (wanted(name)) await judge(name, await bench.make(signer, changes), honest);
  }
  const lodged = 'honest, lodged';
  if (wanted(lodged)) await judge(lodged, await makeLodged(bench, signer, stranger, { train: STEPS }), honest);
  const some = 'honest segments of a forged run';
  if (wanted(some)) {
    const { verdict, replayed } = await theirs(join(VECTORS, 'replay.tar'), '--replay', '0,1');
    tell(some, verdict === 'holds' && replayed.map(({ from }) => from).join() === '0,2', verdict);
  }
  const deeds = DEEDS.filter(({ name }) => wanted(name));
  if (deeds.length === 0) return;
  const run = await bench.make(signer, { train: STEPS });
  const other = await bench.make(signer, { train: STEPS, seed: 4711 });
  for (const deed of deeds) {
    const scene = { run: bench.copy(run), other, signer, stranger };
    await deed.do(scene);
    await judge(deed.name, scene.run, { verdict: deed.verdict }, deed.maker?.(scene));
  }
}

const tested = spawnSync(PYTHON, [join(HERE, 'self_test.py')], { stdio: 'inherit' });
if (tested.error || tested.status !== 0) {
  console.error(`error: ${PYTHON} cannot be used\n  on Debian: apt-get install python3-numpy`);
  process.exitCode = 2;
} else {
  try {
    await everything();
  } finally {
    bench.remove();
  }
  console.log(`${passed} agreed, ${failed} did not`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
