// `npm run check:proof [NAME...]`: runs, honest and forged, judged by Jikji's audit and by the verifier in Python that follows
// docs/proof.md and docs/arithmetic.md. Both train every step again, or what one challenge draws, and must agree on the verdict, the first
// check that fails, each segment and what was drawn, extent, chance and room; and on audits that are merged. Ends with exit code 1 where
// they do not, 2 without Python or its numpy. NAME: only the cases with this in their name.

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { chanceOfDetection } from '../../src/audit/chance.ts';
import { makeForged } from '../../src/audit/data/testing/forge-texts.ts';
import { type AuditOptions, audit, bundleRun, mergeAudits, type Room, withBundle } from '../../src/audit/index.ts';
import { chooseSegments, segmentsOf } from '../../src/audit/segments.ts';
import { makeLodged } from '../../src/audit/testing/forge.ts';
import { Bench, type RecipeChanges, redoEvidence } from '../../src/audit/testing/run.ts';
import type { Audit, CheckName, Extent, Verdict } from '../../src/audit/types.ts';
import { ARCHITECTURES } from '../../src/foundry/model/index.ts';
import { type Signer, sha256Hex } from '../../src/ledger/index.ts';
import { type Forks, openForks, PYTHON } from '../forks.ts';
import { trainOnConversations } from './conversations.ts';
import { changeForeign, FOREIGN_DEEDS, foreignRecipe, HONEST_FOREIGN, writeForeign } from './foreign.ts';
import { DEEDS, type Deed } from './forgeries.ts';
import { HONEST_PAIRS, PAIR_DEEDS, pairsRecipe, writePairs } from './pairs.ts';
import { makeReports } from './reports.ts';
import { changeFile, HONEST_TALKS, SEALED_TALKS, TALK_DEEDS, talkRecipe, writeTalks } from './talks.ts';
import { TEXT_DEEDS } from './text-forgeries.ts';
import { differentFiles, hasSlices, keyFile, makeSame, PARENT, WRITTEN, writeWritten } from './written.ts';

const execute = promisify(execFile);
const HERE = import.meta.dirname;
const VECTORS = join(HERE, '../../docs/test-vectors');

/** A fixed challenge: both verifiers get the same. */
const CHALLENGES = ['5a', '77', 'c3'].map((byte) => byte.repeat(32));

/** Cases that are judged at a time: each waits for the verifier in Python most of the time, which uses one core. */
const AT_A_TIME = 2;

/** The output of the verifier in Python. */
interface Theirs {
  verdict: Verdict;
  extent: Extent;
  checks: { name: string; verdict: Verdict }[];
  findings: object[];
  data: string;
  figures: string;
  replayed: { index: number; from: number; to: number; why: string; verdict: Verdict }[];
  detection: { claimed: boolean; segments: number; candidates: number; drawn: number[]; chance: number | null };
  room: Room[] | null;
}

const ODD_SOURCES = [
  { files: ['texts/a/{1,2}?.txt', 'texts/a/?.txt'], language: 'en', licence: '"quoted" #1', weight: 1 / 3 },
  { files: 'texts/b', language: 'ko', licence: "it's: - 'null', true", weight: 2.5 },
];
/** Different shapes: more than one block of queries, heads with odd halves, groups, both schedules, rows that are not multiples of eight. */
const SHAPES: Record<string, Parameters<Bench['make']>[1]> = {
  'honest, two blocks of queries': {
    model: { hiddenSize: 24, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1, tieWordEmbeddings: false },
    train: { steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 100, gradientGroups: 2, schedule: 'wsd' },
  },
  'honest, odd': {
    // Texts that YAML must quote, and numbers that are not short fractions.
    ...{ corpus: { sources: ODD_SOURCES, validation: 1 / 7 } },
    model: { hiddenSize: 20, intermediateSize: 37, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2 },
    train: {
      ...{ steps: 6, batchSize: 3, microBatchSize: 3, sequenceLength: 13, warmupSteps: 0, weightDecay: 0 },
      ...{ beta1: 0.8, gradClip: 0.05, minLearningRate: 0, checkpointEvery: 4, keepEvery: 2 },
    },
  },
  // Matrices that are wider than high, higher than wide, and (in the second) square; biases and norms of layers, which take AdamW.
  'honest, Muon': {
    model: { architecture: 'qwen2', hiddenSize: 20, intermediateSize: 37, ...{ numAttentionHeads: 6, headDim: 10 } },
    train: {
      ...{ steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 30, gradientGroups: 2, weightDecay: 1 },
      optimizer: 'muon',
    },
  },
  'honest, Muon, square matrices and matrices of more than one block': {
    model: { hiddenSize: 48, intermediateSize: 101, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2 },
    train: {
      ...{ steps: 6, batchSize: 2, microBatchSize: 2, sequenceLength: 20, schedule: 'wsd', gradClip: 0.05 },
      ...{ optimizer: 'muon', momentum: 0, checkpointEvery: 4, keepEvery: 2 },
    },
  },
  ...Object.fromEntries(
    [...ARCHITECTURES.values()].map(({ name: architecture, title }) => [
      `honest, ${title} with an explicit head size`,
      {
        model: { architecture, hiddenSize: 20, numAttentionHeads: 6, numKeyValueHeads: 2, headDim: 10 },
        train: { steps: 5, batchSize: 4, microBatchSize: 1, sequenceLength: 50, gradientGroups: 2, weightDecay: 1 },
      },
    ]),
  ),
};
/** The recipes of the runs that forgeries change. Figures of runs with a parent cost twice as much. */
const RECIPES: Record<
  NonNullable<Deed['recipe']>,
  { model?: object; train?: object; tokenizer?: { vocabSize: number } }
> = {
  llama: {},
  qwen2: { model: { architecture: 'qwen2' } },
  qwen3: { model: { architecture: 'qwen3', headDim: 6 } },
  muon: { train: { optimizer: 'muon' } },
  child: { train: { validationTokens: 30 } },
  grown: { model: { tieWordEmbeddings: false }, train: { validationTokens: 30 }, tokenizer: { vocabSize: 440 } },
};
/** The figure costs less than 15% of the training, so it is computed again by default. */
const STEPS = { steps: 8, batchSize: 2, microBatchSize: 2, sequenceLength: 12, validationTokens: 60 };

const bench = new Bench();
const asked = process.argv.slice(2);
const wanted = (name: string): boolean => asked.length === 0 || asked.some((part) => name.includes(part));
let passed = 0;
let failed = 0;

const ours = (path: string, options: Partial<AuditOptions>): Promise<Audit> => {
  const look = (folder: string): Promise<Audit> => audit({ folder, threads: 1, ...options });
  return path.endsWith('.tar') ? withBundle(path, look) : look(path);
};

let forks: Forks;

/** What a script prints. */
async function python(script: string, ...args: string[]) {
  const { stdout } = await execute(forks.python, [join(HERE, script), ...args], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout);
}

const theirs = (path: string, ...options: string[]): Promise<Theirs> => python('verify.py', path, ...options);

function tell(name: string, differences: string[], what: string, more: () => object): void {
  const good = differences.length === 0;
  console.log(`${good ? 'ok' : 'FAILED'}: ${name}: ${what}${good ? '' : `; differ in ${differences.join(', ')}`}`);
  if (good) passed++;
  else {
    failed++;
    console.log(JSON.stringify(more()));
  }
}

const close = (a: number | null | undefined, b: number | null | undefined): boolean =>
  a === b ||
  (typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)));

/** Groups may come in any order. */
function sameRoom(a: Room[] | null, b: Room[] | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every(({ unseen, forged, groups }, i) => {
      const other = b[i]!;
      return (
        close(unseen, other.unseen) &&
        forged === other.forged &&
        groups.length === other.groups.length &&
        groups.every(({ group, ofWay, ofDistance }) => {
          const theirs = other.groups.find((one) => one.group === group);
          return theirs !== undefined && close(ofWay, theirs.ofWay) && close(ofDistance, theirs.ofDistance);
        })
      );
    })
  );
}

const first = (checks: { name: string; verdict: Verdict }[]): string | null =>
  checks.find(({ verdict }) => verdict !== 'holds')?.name ?? null;
/** Ranks may differ; what is certain and what is drawn may not. */
const BY_RULE = ['first', 'last', 'random'];
const segments = (list: Theirs['replayed']): string =>
  list.map(({ from, to, why, verdict }) => `${from}-${to} ${BY_RULE.includes(why) ? why : ''} ${verdict}`).join();

/** The differences between both verifiers. */
function differences(found: Audit, other: Theirs): string[] {
  const mine = found.detection;
  const { claimed, candidates, drawn, chance } = other.detection;
  const verdicts = { verdict: found.verdict === other.verdict, check: first(found.checks) === first(other.checks) };
  // Verifiers may continue differently, or not at all, without a sound genesis or recipe.
  const usable = other.detection.segments > 0 || found.verdict === 'holds';
  const both = other.replayed.length > 0 || found.replayed.every(({ verdict }) => verdict === 'incomplete');
  const reach = {
    extent: found.extent === other.extent,
    data: found.data.standing === other.data,
    figures: found.figures === other.figures,
    segments: both && (other.replayed.length === 0 || segments(found.replayed) === segments(other.replayed)),
    draw: mine.claimed === claimed && mine.candidates === candidates && mine.drawn === drawn.length,
    chance: close(mine.chances[0]?.chance ?? null, chance),
    room: sameRoom(found.room, other.room),
  };
  const same = usable ? { ...verdicts, ...reach } : verdicts;
  return Object.entries(same).flatMap(([what, holds]) => (holds ? [] : [what]));
}

/** The expected result: the verdict, and the first check that does not hold where that is known. */
interface Expected {
  verdict: Verdict;
  check?: string | null | undefined;
}

const HOLDS: Expected = { verdict: 'holds', check: null };

/** Both verifiers on one run, all of it trained again, or one segment. */
async function judge(
  name: string,
  path: string,
  expected: Expected,
  { maker, segment }: { maker?: string | undefined; segment?: number | undefined } = {},
): Promise<void> {
  const challenge = CHALLENGES[0]!;
  // The figure is computed at any cost where nothing else can be wrong.
  const validation = expected.verdict === 'holds';
  const again = segment ? ['--segments', `${segment}-${segment}`] : ['--replay', 'all'];
  const options = [...again, '--challenge', challenge, ...(validation ? ['--validation'] : [])];
  const part = segment ? { segments: { from: segment, to: segment } } : { replay: 'all' as const };
  const [found, other] = await Promise.all([
    ours(path, { ...part, challenge, validation, maker }),
    theirs(path, ...options, ...(maker ? ['--maker', maker] : [])),
  ]);
  const differ = differences(found, other);
  if (other.verdict !== expected.verdict) differ.push('what is expected');
  if (expected.check !== undefined && first(other.checks) !== expected.check) differ.push('the check that is expected');
  const by = first(other.checks);
  tell(name, differ, by ? `${other.verdict}, first by ${by}` : `${other.verdict} (${other.extent})`, () => ({
    expected,
    ours: {
      ...found,
      run: undefined,
      movements: undefined,
      checks: found.checks.filter((one) => one.verdict !== 'holds'),
    },
    theirs: other,
  }));
}

/** Plans of all lengths and shapes: which segments are certain, which the challenge draws, and the chances. No run is needed for that. */
function judgeDraws(name: string): void {
  const plans = Array.from({ length: 400 }, (_, i) => {
    const every = 1 + (i % 7);
    const steps = every * (1 + Math.floor(i / 2)) + (i % 3) - 1 || 1;
    const kept = Array.from({ length: Math.ceil(steps / every) }, (_, j) => Math.min(steps, (j + 1) * every));
    const asked = i % 5 === 0 ? i % 31 : i % 11 === 0 ? ('all' as const) : null;
    return { kept, asked, challenge: sha256Hex(`challenge ${i}`), seal: sha256Hex(`seal ${i}`) };
  });
  const input = JSON.stringify(plans);
  const found = JSON.parse(
    execFileSync(PYTHON, [join(HERE, 'segments.py')], { input, encoding: 'utf8', maxBuffer: 1 << 28 }),
  ) as { why: [number, string][]; drawn: number[]; unseen: number[] }[];
  const differ = plans.flatMap(({ kept, asked, challenge, seal }, i) => {
    const { chosen, candidates, drawn } = chooseSegments(segmentsOf(kept), [], asked ?? undefined, { challenge, seal });
    const other = found[i]!;
    const same =
      JSON.stringify(chosen.map(({ segment, why }) => [segment.index, why])) === JSON.stringify(other.why) &&
      drawn.join() === other.drawn.join() &&
      other.unseen.length === candidates &&
      other.unseen.every((chance, m) => close(chanceOfDetection(candidates, m + 1, drawn.length), 1 - chance));
    return same ? [] : [`${kept.length} segments, ${asked ?? 'by default'}`];
  });
  tell(
    name,
    differ,
    `${plans.length} plans of 1 to ${Math.max(...plans.map(({ kept }) => kept.length))} segments`,
    () => ({}),
  );
}

/** A training on conversations, done again from its tokens and marks. */
async function judgeConversations(name: string, architecture: string): Promise<void> {
  const { given, found } = trainOnConversations(architecture);
  const file = join(bench.folder, `${architecture}-conversations.json`);
  writeFileSync(file, JSON.stringify(given));
  const other: typeof found = await python('conversations.py', file);
  const differ = found.steps.flatMap((step, i) =>
    JSON.stringify(step) === JSON.stringify(other.steps[i]) ? [] : [`step ${i + 1}`],
  );
  if (JSON.stringify(found.figures) !== JSON.stringify(other.figures)) differ.push('the figures of what is held out');
  tell(name, differ, `${found.steps.length} steps`, () => ({ ours: found, theirs: other }));
}

/** Both verifiers on a run of which a part is trained again. */
async function judgeParts(name: string, path: string): Promise<void> {
  const asked: [Partial<AuditOptions>, string[]][] = [
    ...CHALLENGES.map((challenge): [Partial<AuditOptions>, string[]] => [{ challenge }, ['--challenge', challenge]]),
    [{ challenge: CHALLENGES[1], replay: 4 }, ['--challenge', CHALLENGES[1]!, '--replay', '4']],
    [{ segments: { from: 3, to: 5 } }, ['--segments', '3-5']],
  ];
  for (const [options, args] of asked) {
    const found = await ours(path, options);
    const ranked = found.replayed.filter(({ why }) => ['speed', 'heading', 'probe'].includes(why));
    const also = ranked.map(({ index }) => index + 1).join();
    const other = await theirs(path, ...args, '--also', also);
    const what = `${other.verdict} (${other.extent}), ${other.replayed.length} of ${other.detection.segments} segments`;
    tell(`${name}, ${args.join(' ')}`, differences(found, other), what, () => ({ ours: found, theirs: other }));
  }
}

/** Signed audits that are joined by both. */
async function judgeMerges(
  name: string,
  run: string,
  keys: Record<'maker' | 'one' | 'two' | 'three', Signer>,
): Promise<void> {
  const elsewhere = await bench.make(keys.maker, { train: { ...STEPS, steps: 16 }, seed: 4711 });
  const from = { run: basename(run) };
  const child = await bench.make(keys.maker, { name: 'child', from, train: { ...STEPS, steps: 6 } });
  for (const { name: what, texts } of await makeReports({ run, elsewhere, child, keys })) {
    const files = texts.map((text, i) => {
      const file = join(bench.folder, `report-${i}.json`);
      writeFileSync(file, text);
      return { file, text };
    });
    const found = mergeAudits(files);
    const other = await python('merge.py', ...files.map(({ file }) => file));
    const names = (list: { file: string }[]): string =>
      list
        .map(({ file }) => file)
        .sort()
        .join();
    const by = (list: { to: number; by: string[] }[]): string => JSON.stringify(list.map(({ to, by }) => [to, by]));
    const same = {
      verdict: found.verdict === other.verdict,
      extent: found.extent === other.extent,
      seal: found.seal === other.seal,
      auditors: found.auditors.join() === other.auditors.join(),
      excluded: names(found.excluded) === names(other.excluded),
      segments: by(found.segments) === by(other.segments),
      trained: found.trained === other.trained,
      chance: close(found.chance, other.chance),
      room: sameRoom(found.room, other.room),
    };
    const differ = Object.entries(same).flatMap(([member, holds]) => (holds ? [] : [member]));
    const counts = `${other.verdict} (${other.extent}), ${other.auditors.length} of ${files.length} reports by keys that count`;
    tell(`${name}: ${what}`, differ, counts, () => ({ ours: found, theirs: other }));
  }
}

/** Does this for each of them, some at a time. */
async function each<T>(all: Iterable<T>, judged: (one: T) => Promise<void>): Promise<void> {
  const left = [...all].values();
  const some = async (): Promise<void> => {
    for (const one of left) await judged(one);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, some));
}

/** Runs that learn from pairs, and forgeries of the first. */
async function judgePairs(signer: Signer, hasJinja: boolean): Promise<void> {
  writePairs(bench);
  const deeds = PAIR_DEEDS.filter((deed) => wanted(deed.name));
  for (const [name, honest] of Object.entries(HONEST_PAIRS)) {
    const isForged = honest === HONEST_PAIRS['honest, pairs'] && deeds.length > 0;
    if (!isForged && !(wanted(name) && (hasJinja || !('jinja' in honest)))) continue;
    const recipe = await pairsRecipe(bench, signer, honest);
    const run = await bench.make(signer, recipe);
    if (wanted(name)) {
      const out = join(bench.folder, `${basename(run)}.tar`);
      await bundleRun({ run, out, withoutData: false });
      await judge(name, out, HOLDS);
      await judge(`${name}, one of two segments`, out, HOLDS, { segment: 1 });
    }
    if (!isForged) continue;
    await each(deeds, async (deed) => {
      await judge(deed.name, await deed.do({ bench, signer, recipe, run: bench.copy(run) }), deed);
    });
  }
}

/** Runs that Python writes: both verifiers judge them, the honest ones also with their sources and beside the same run made by Jikji. */
async function judgeWritten(signer: Signer): Promise<void> {
  writeWritten(bench);
  const write = (recipe: string, out: string, ...more: string[]): Promise<unknown> =>
    python('write.py', recipe, bench.folder, out, '--key', keyFile(bench, 'maker'), ...more);
  await each(WRITTEN, async ({ name, recipe, slices = false, parent, lodged, forged }) => {
    if (!wanted(name)) return;
    if (parent) await write(parent, join(bench.folder, PARENT));
    const run = bench.path();
    const office = lodged ? ['--office', keyFile(bench, 'stranger')] : [];
    await write(recipe, run, ...office, ...(forged ? ['--forge', String(forged.step)] : []));
    await judge(name, run, forged ? { verdict: 'refuted', check: forged.check } : HOLDS);
    if (forged || lodged) return;
    const { verdict, data } = await ours(run, { replay: 0, sources: bench.folder });
    const differ = differentFiles(run, await makeSame(bench, signer, recipe));
    if (verdict !== 'holds' || data.standing !== 'sources') differ.push('what its sources give');
    if (hasSlices(run) !== slices) differ.push('what is held out');
    tell(`${name}, and made by Jikji`, differ, 'the same bytes', () => ({ verdict, data }));
  });
}

async function everything(): Promise<void> {
  const signer = bench.strangersKey('maker');
  const stranger = bench.strangersKey('stranger');
  if (wanted('draws')) judgeDraws('draws');
  await each([...ARCHITECTURES.values()], async ({ name: architecture, title }) => {
    const name = `conversations, ${title}`;
    if (wanted(name)) await judgeConversations(name, architecture);
  });
  const vectors: Record<string, Expected & { segment?: number }> = JSON.parse(
    readFileSync(join(VECTORS, 'expected.json'), 'utf8'),
  );
  await each(Object.entries(vectors), async ([file, expected]) => {
    if (wanted(file)) await judge(file, join(VECTORS, file), expected, expected);
  });
  await each(Object.entries(SHAPES), async ([name, changes]) => {
    if (wanted(name)) await judge(name, await bench.make(signer, changes), HOLDS);
  });
  writeTalks(bench);
  const hasJinja = spawnSync(PYTHON, ['-c', 'import jinja2']).status === 0;
  /** Honest runs; and deeds on copies of one run, signed again. */
  const judgeFamily = async <D extends { name: string; check: CheckName }>(
    family: Record<string, RecipeChanges & { jinja?: true }>,
    { recipe, deeds, change }: { recipe: RecipeChanges; deeds: readonly D[]; change: (run: string, deed: D) => void },
  ): Promise<void> => {
    await each(Object.entries(family), async ([name, { jinja, ...changes }]) => {
      if (wanted(name) && (hasJinja || !jinja)) await judge(name, await bench.make(signer, changes), HOLDS);
    });
    const chosen = deeds.filter(({ name }) => wanted(name));
    const run = chosen.length > 0 ? await bench.make(signer, recipe) : '';
    await each(chosen, async (deed) => {
      const copy = bench.copy(run);
      change(copy, deed);
      redoEvidence(copy, signer);
      await judge(deed.name, copy, { verdict: 'refuted', check: deed.check });
    });
  };
  await judgeFamily(HONEST_TALKS, { recipe: talkRecipe, deeds: TALK_DEEDS, change: changeFile });
  await writeForeign(bench);
  await judgeFamily(HONEST_FOREIGN, { recipe: foreignRecipe, deeds: FOREIGN_DEEDS, change: changeForeign });
  const seals = SEALED_TALKS.filter(({ name }) => wanted(name));
  const sealed = seals.length > 0 ? await bench.make(signer, talkRecipe) : '';
  await each(seals, async ({ name, usedTokens, check }) => {
    const copy = bench.copy(sealed);
    redoEvidence(copy, signer, { seal: { usedTokens } });
    await judge(name, copy, check ? { verdict: 'refuted', check } : HOLDS);
  });
  await judgePairs(signer, hasJinja);
  if (spawnSync(PYTHON, ['-c', 'import cryptography']).status === 0) await judgeWritten(signer);
  else console.log('left out: runs written in Python, which need python3-cryptography');
  const lodged = 'honest, lodged';
  if (wanted(lodged)) await judge(lodged, await makeLodged(bench, signer, stranger, { train: STEPS }), HOLDS);
  const long = 'honest, 20 segments';
  const merges = 'merge';
  if (wanted(long) || wanted(merges)) {
    const train = { ...STEPS, steps: 39, validationTokens: 1000 }; // a figure that is too expensive to compute
    const run = await bench.make(signer, { train });
    if (wanted(long)) await judgeParts(long, run);
    const keys = { maker: signer, one: stranger, two: bench.strangersKey('two'), three: bench.strangersKey('three') };
    if (wanted(merges)) await judgeMerges(merges, run, keys);
  }
  const texts = TEXT_DEEDS.filter((deed) => wanted(deed.name));
  await each(texts, async ({ name, recipe, check, alteration }) => {
    const path = await makeForged(bench, signer, { ...recipe, train: { ...STEPS, steps: 2 } }, alteration(bench));
    await judge(name, path, { verdict: check ? 'refuted' : 'holds', check });
  });
  for (const [name, { model = {}, train, tokenizer }] of Object.entries(RECIPES)) {
    const deeds = DEEDS.filter((deed) => (deed.recipe ?? 'llama') === name && wanted(deed.name));
    const hasParent = name === 'child' || name === 'grown';
    const built = `honest, built on another run${tokenizer ? ', with more entries' : ''}`;
    const isAsked = hasParent && wanted(built);
    if (deeds.length === 0 && !isAsked) continue;
    const make = async (seed: number): Promise<string> => {
      const changes = { seed, model, train: { ...STEPS, ...train } };
      const from = hasParent ? { from: { run: basename(await bench.make(signer, changes)) }, tokenizer } : {};
      return bench.make(signer, { ...changes, ...from } as Parameters<Bench['make']>[1]);
    };
    const run = await make(1377);
    const other = await make(4711);
    if (isAsked) await judge(built, run, HOLDS);
    await each(deeds, async (deed) => {
      const scene = { run: bench.copy(run), other, signer, stranger };
      await deed.do(scene);
      await judge(deed.name, scene.run, deed, { maker: deed.maker?.(scene), segment: deed.segment });
    });
  }
}

const tested = spawnSync(PYTHON, [join(HERE, 'self_test.py')], { stdio: 'inherit' });
if (tested.error || tested.status !== 0) {
  console.error(`error: ${PYTHON} cannot be used\n  on Debian: apt-get install python3-numpy`);
  process.exitCode = 2;
} else {
  const known = join(bench.folder, 'known');
  mkdirSync(known);
  forks = await openForks(join(bench.folder, 'forks'), ['figures'], { PYTHONPATH: HERE, JIKJI_KNOWN: known });
  try {
    await everything();
  } finally {
    forks.close();
    bench.remove();
  }
  console.log(`${passed} agreed, ${failed} did not`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
