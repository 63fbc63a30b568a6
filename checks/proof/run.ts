// `npm run check:proof [NAME...]`: runs, honest and forged, judged by Jikji's audit and by the verifier in Python that follows
// docs/proof.md and docs/arithmetic.md. Both train every step again, or what one challenge draws, and must agree on the verdict, every check
// that fails with its file and step, each segment and what was drawn, extent, chance and room; and on audits that are merged. Ends with exit code 1 where
// they do not, 2 without Python or its numpy. NAME: only the cases with this in their name.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chanceOfDetection } from '../../src/audit/chance.ts';
import { makeForged } from '../../src/audit/data/testing/forge-texts.ts';
import { bundleRun } from '../../src/audit/index.ts';
import { chooseSegments, segmentsOf } from '../../src/audit/segments.ts';
import { makeLodged } from '../../src/audit/testing/forge.ts';
import { Bench, type RecipeChanges, redoEvidence } from '../../src/audit/testing/run.ts';
import type { CheckName } from '../../src/audit/types.ts';
import { ARCHITECTURES } from '../../src/foundry/model/index.ts';
import { type Signer, sha256Hex } from '../../src/ledger/index.ts';
import { openForks, PYTHON } from '../forks.ts';
import { Both, type CaseOptions, CHALLENGES, type Expected, each, HOLDS, ours } from './both.ts';
import { BY_RULE, close, differences, rankDifferences } from './compare.ts';
import { trainOnConversations } from './conversations.ts';
import { FILE_DEEDS } from './file-forgeries.ts';
import { changeForeign, FOREIGN_DEEDS, foreignRecipe, HONEST_FOREIGN, writeForeign } from './foreign.ts';
import { judgeHandOvers } from './hand-overs.ts';
import { judgeMerge } from './merges.ts';
import { HONEST_PAIRS, PAIR_DEEDS, pairsRecipe, writePairs } from './pairs.ts';
import { PARENT_DEEDS } from './parent-forgeries.ts';
import { judgeParents } from './parents.ts';
import { differingNumbers, MADE_UP, PARTS, RANKED, type Ranked } from './ranks.ts';
import { compareReceipts, judgedByBoth } from './receipt-agreement.ts';
import { ReceiptServer } from './receipt-server.ts';
import { RECEIPTS } from './receipts.ts';
import { RECIPES, SHAPES, STEPS } from './recipes.ts';
import { judgeRegisters } from './registers.ts';
import { makeReports } from './reports.ts';
import { SEAL_DEEDS } from './seal-forgeries.ts';
import { judgeSources } from './sources.ts';
import { START_DEEDS } from './start-forgeries.ts';
import { STEP_DEEDS } from './step-forgeries.ts';
import { changeFile, HONEST_TALKS, SEALED_TALKS, TALK_DEEDS, talkRecipe, writeTalks } from './talks.ts';
import { TEXT_DEEDS } from './text-forgeries.ts';
import { differentFiles, hasSlices, keyFile, makeSame, PARENT, WRITTEN, writeWritten } from './written.ts';

const HERE = import.meta.dirname;
const VECTORS = join(HERE, '../../docs/test-vectors');
const DEEDS = [...FILE_DEEDS, ...START_DEEDS, ...STEP_DEEDS, ...SEAL_DEEDS, ...PARENT_DEEDS];

/** One segment alone, where it is given. */
const partOf = (segment: number | undefined): CaseOptions =>
  segment === undefined ? {} : { segments: { from: segment, to: segment } };

const bench = new Bench();
// These are not runs of the user's.
process.env.XDG_STATE_HOME = join(bench.folder, 'state');
const asked = process.argv.slice(2);
const wanted = (name: string) => asked.length === 0 || asked.some((part) => name.includes(part));
let both: Both;

/** Plans of all lengths and shapes: which segments are certain, which the challenge draws, and the chances. No run is needed for that. */
function judgeDraws(name: string) {
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
async function judgeConversations(name: string, architecture: string) {
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

/** Both verifiers on a run of which a part is trained again, and the rest ranked. */
async function judgeParts(name: string, path: string, asked: readonly CaseOptions[], finds?: Ranked['finds']) {
  for (const given of asked) {
    const [found, other] = await both.found(path, given);
    const { differ, tie } = rankDifferences(found, other);
    // After a near tie they train other segments.
    if (tie === null) differ.push(...differences(found, other));
    const isFound = ({ index, why }: { index: number; why: string }) =>
      index === finds?.index && (why === finds.why || BY_RULE.includes(why));
    if (finds && !other.replayed.some(isFound)) differ.push('the segment that a ranking must find');
    const ranked = other.replayed
      .filter(({ why }) => why in other.ranks)
      .map(({ index, why }) => `${why} ${index + 1}`);
    const parts = `${other.replayed.length} of ${other.detection.segments} segments`;
    const what = `${other.verdict} (${other.extent}), ${[parts, ...ranked].join(', ')}`;
    both.tell(`${name}, ${JSON.stringify(given)}`, differ, tie === null ? what : `${what}; near tie by ${tie}`, () => ({
      ours: found,
      theirs: other,
    }));
  }
}

/** Signed audits that are joined by both. */
async function judgeMerges(name: string, run: string, keys: Record<'maker' | 'one' | 'two' | 'three', Signer>) {
  const elsewhere = await bench.make(keys.maker, { train: { ...STEPS, steps: 16 }, seed: 4711 });
  const from = { run: basename(run) };
  const child = await bench.make(keys.maker, { name: 'child', from, train: { ...STEPS, steps: 6 } });
  for (const { name: what, texts } of await makeReports({ run, elsewhere, child, keys }))
    await judgeMerge(both, bench.folder, `${name}: ${what}`, texts);
}

/** Runs that learn from pairs, and forgeries of the first. */
async function judgePairs(signer: Signer, hasJinja: boolean) {
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

/** Receipts of a server's answers. */
async function judgeReceipts(maker: Signer, stranger: Signer, hasJinja: boolean) {
  const cases = RECEIPTS.filter(({ name, jinja }) => wanted(name) && (hasJinja || !jinja));
  if (cases.length === 0) return;
  const server = new ReceiptServer(bench, { maker, server: bench.strangersKey('server'), stranger });
  await server.begin(cases);
  try {
    await each(cases, async (one) => {
      const found = await judgedByBoth(await server.given(one), both.interpreter);
      const { differ, what } = compareReceipts(one, found);
      both.tell(one.name, differ, what, () => found);
    });
  } finally {
    await server.end();
  }
}

/** Runs that Python writes: both verifiers judge them, the honest ones also with their sources and beside the same run made by Jikji. */
async function judgeWritten(signer: Signer) {
  if (spawnSync(PYTHON, ['-c', 'import cryptography']).status !== 0)
    return console.log('left out: runs written in Python, which need python3-cryptography');
  writeWritten(bench);
  const write = (recipe: string, out: string, ...more: string[]): Promise<unknown> =>
    both.python('write.py', recipe, bench.folder, out, '--key', keyFile(bench, 'maker'), ...more);
  await each(WRITTEN, async ({ name, recipe, slices = false, parent, lodged, forged }) => {
    if (!wanted(name)) return;
    if (parent) await write(parent, join(bench.folder, PARENT));
    const run = bench.path();
    const office = lodged ? ['--office', keyFile(bench, 'stranger')] : [];
    await write(recipe, run, ...office, ...(forged ? ['--forge', String(forged.step)] : []));
    await both.judge(name, run, forged ? { verdict: 'refuted', check: forged.check } : HOLDS);
    if (forged || lodged) return;
    const { verdict, data } = await ours(run, { replay: 0, sources: bench.folder });
    const differ = differentFiles(run, await makeSame(bench, signer, recipe));
    if (verdict !== 'holds' || data.standing !== 'sources') differ.push('what its sources give');
    if (hasSlices(run) !== slices) differ.push('what is held out');
    both.tell(`${name}, and made by Jikji`, differ, 'the same bytes', () => ({ verdict, data }));
  });
}

async function everything() {
  const signer = bench.strangersKey('maker');
  const stranger = bench.strangersKey('stranger');
  if (wanted('draws')) judgeDraws('draws');
  if (wanted(MADE_UP)) both.tell(MADE_UP, ...differingNumbers(), () => ({}));
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
  ) => {
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
  for (const judge of [judgeRegisters, judgeParents, judgeHandOvers, judgeSources])
    await judge(both, { bench, signer, stranger, wanted });
  await judgeReceipts(signer, stranger, hasJinja);
  await judgeWritten(signer);
  const lodged = 'honest, lodged';
  if (wanted(lodged)) await both.judge(lodged, await makeLodged(bench, signer, stranger, { train: STEPS }), HOLDS);
  const long = 'honest, 20 segments';
  const merges = 'merge';
  if (wanted(long) || wanted(merges)) {
    const train = { ...STEPS, steps: 39, validationTokens: 1000 }; // a figure that is too expensive to compute
    const run = await bench.make(signer, { train });
    if (wanted(long)) await judgeParts(long, run, PARTS);
    const keys = { maker: signer, one: stranger, two: bench.strangersKey('two'), three: bench.strangersKey('three') };
    if (wanted(merges)) await judgeMerges(merges, run, keys);
  }
  await each(RANKED, async ({ name, recipe, forge, finds }) => {
    if (!wanted(name)) return;
    const run = await bench.make(signer, typeof recipe === 'function' ? await recipe(bench, signer) : recipe);
    forge?.(run, signer);
    await judgeParts(name, run, [{ challenge: CHALLENGES[2] }], finds);
  });
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
    const make = async (seed: number) => {
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
