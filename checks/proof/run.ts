// `npm run check:proof [NAME...]`: runs, honest and forged, judged by Jikji's audit and by the verifier in Python that follows
// docs/proof.md and docs/arithmetic.md. Both train every step again, or what one challenge draws, and must agree on the verdict, every check
// that fails with its file and step, each segment and what was drawn, extent, chance and room; and on audits that are merged. Ends with exit code 1 where
// they do not, 2 without Python or its numpy. NAME: only the cases with this in their name.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chanceOfDetection } from '../../src/audit/chance.ts';
import { makeForged } from '../../src/audit/data/testing/forge-texts.ts';
import { bundleRun, mergeAudits } from '../../src/audit/index.ts';
import { chooseSegments, segmentsOf } from '../../src/audit/segments.ts';
import { makeLodged } from '../../src/audit/testing/forge.ts';
import { Bench, type RecipeChanges, redoEvidence } from '../../src/audit/testing/run.ts';
import type { CheckName } from '../../src/audit/types.ts';
import { ARCHITECTURES } from '../../src/foundry/model/index.ts';
import { type Signer, sha256Hex } from '../../src/ledger/index.ts';
import { openForks, PYTHON } from '../forks.ts';
import { Both, CHALLENGES, type Expected, each, type Given, HOLDS } from './both.ts';
import { close, sameRoom } from './compare.ts';
import { trainOnConversations } from './conversations.ts';
import { changeForeign, FOREIGN_DEEDS, foreignRecipe, HONEST_FOREIGN, writeForeign } from './foreign.ts';
import { DEEDS, type Deed } from './forgeries.ts';
import { HONEST_PAIRS, PAIR_DEEDS, pairsRecipe, writePairs } from './pairs.ts';
import { judgeParents } from './parents.ts';
import { judgeRegisters } from './registers.ts';
import { makeReports } from './reports.ts';
import { judgeSources } from './sources.ts';
import { changeFile, HONEST_TALKS, SEALED_TALKS, TALK_DEEDS, talkRecipe, writeTalks } from './talks.ts';
import { TEXT_DEEDS } from './text-forgeries.ts';

const HERE = import.meta.dirname;
const VECTORS = join(HERE, '../../docs/test-vectors');

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

/** One segment alone, where it is given. */
const partOf = (segment: number | undefined): Given =>
  segment === undefined ? {} : { segments: { from: segment, to: segment } };

const bench = new Bench();
const asked = process.argv.slice(2);
const wanted = (name: string): boolean => asked.length === 0 || asked.some((part) => name.includes(part));
let both: Both;

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
  both.tell(
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
  const other: typeof found = await both.python('conversations.py', file);
  const differ = found.steps.flatMap((step, i) =>
    JSON.stringify(step) === JSON.stringify(other.steps[i]) ? [] : [`step ${i + 1}`],
  );
  if (JSON.stringify(found.figures) !== JSON.stringify(other.figures)) differ.push('the figures of what is held out');
  both.tell(name, differ, `${found.steps.length} steps`, () => ({ ours: found, theirs: other }));
}

/** Both verifiers on a run of which a part is trained again. */
async function judgeParts(name: string, path: string): Promise<void> {
  const asked: Given[] = [
    ...CHALLENGES.map((challenge) => ({ challenge, replay: undefined })),
    { challenge: CHALLENGES[1], replay: 4 },
    { segments: { from: 3, to: 5 } },
  ];
  for (const given of asked)
    await both.judge(`${name}, ${JSON.stringify(given)}`, path, HOLDS, { validation: false, ...given });
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
    const other = await both.python('merge.py', ...files.map(({ file }) => file));
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
    both.tell(`${name}: ${what}`, differ, counts, () => ({ ours: found, theirs: other }));
  }
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
      await both.judge(name, out, HOLDS);
      await both.judge(`${name}, one of two segments`, out, HOLDS, { segments: { from: 1, to: 1 } });
    }
    if (!isForged) continue;
    await each(deeds, async (deed) => {
      await both.judge(deed.name, await deed.do({ bench, signer, recipe, run: bench.copy(run) }), deed);
    });
  }
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
    if (wanted(file)) await both.judge(file, join(VECTORS, file), expected, partOf(expected.segment));
  });
  await each(Object.entries(SHAPES), async ([name, changes]) => {
    if (wanted(name)) await both.judge(name, await bench.make(signer, changes), HOLDS);
  });
  writeTalks(bench);
  const hasJinja = spawnSync(PYTHON, ['-c', 'import jinja2']).status === 0;
  /** Honest runs; and deeds on copies of one run, signed again. */
  const judgeFamily = async <D extends { name: string; check: CheckName }>(
    family: Record<string, RecipeChanges & { jinja?: true }>,
    { recipe, deeds, change }: { recipe: RecipeChanges; deeds: readonly D[]; change: (run: string, deed: D) => void },
  ): Promise<void> => {
    await each(Object.entries(family), async ([name, { jinja, ...changes }]) => {
      if (wanted(name) && (hasJinja || !jinja)) await both.judge(name, await bench.make(signer, changes), HOLDS);
    });
    const chosen = deeds.filter(({ name }) => wanted(name));
    const run = chosen.length > 0 ? await bench.make(signer, recipe) : '';
    await each(chosen, async (deed) => {
      const copy = bench.copy(run);
      change(copy, deed);
      redoEvidence(copy, signer);
      await both.judge(deed.name, copy, { verdict: 'refuted', check: deed.check });
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
    await both.judge(name, copy, check ? { verdict: 'refuted', check } : HOLDS);
  });
  await judgePairs(signer, hasJinja);
  await judgeRegisters(both, { bench, signer, stranger, wanted });
  await judgeParents(both, { bench, signer, stranger, wanted });
  await judgeSources(both, { bench, signer, stranger, wanted });
  const lodged = 'honest, lodged';
  if (wanted(lodged)) await both.judge(lodged, await makeLodged(bench, signer, stranger, { train: STEPS }), HOLDS);
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
    await both.judge(name, path, { verdict: check ? 'refuted' : 'holds', check });
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
    if (isAsked) await both.judge(built, run, HOLDS);
    await each(deeds, async (deed) => {
      const scene = { run: bench.copy(run), other, signer, stranger };
      await deed.do(scene);
      await both.judge(deed.name, scene.run, deed, { maker: deed.maker?.(scene), ...partOf(deed.segment) });
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
  const forks = await openForks(join(bench.folder, 'forks'), ['figures'], { PYTHONPATH: HERE, JIKJI_KNOWN: known });
  both = new Both(forks.python, bench.folder);
  try {
    await everything();
  } finally {
    forks.close();
    bench.remove();
  }
  console.log(`${both.passed} agreed, ${both.failed} did not`);
  process.exitCode = both.failed > 0 || both.passed === 0 ? 1 : 0;
}
