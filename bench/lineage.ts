// `npm run bench:lineage -- RUN PHASE ... [--short 64] [--full 8] [--trials N] [--times 0.1,10] [--folder DIR] [--results FILE]
// [--share 1/2] [--threads 1]`: measures `jikji lineage` on models that are made by the recipe of a finished run, on its tokens. Phases:
//
//   models       trains models with other seeds: short ones of 95 steps, full ones of the recipe's steps; only weights are kept, in DIR
//   independent  compares all pairs of short models, and of full ones
//   derived      changes short models in ways that need no training, and compares with the model (299 trials of each)
//   trained      trains short models further on, and compares with their start (24 trials of each length)
//   report       prints tables of the results
//
// Without a phase: all of them in this order. Each goes on where it was stopped. Two processes with `--share 1/2` and
// `--share 2/2` share a phase; the next one is for when both are done.

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { finiteOrNull, JikjiError } from '../src/base/index.ts';
import { sha256Hex } from '../src/ledger/index.ts';
import { Comparer } from './lineage-comparing.ts';
import { type HeldModel, isKept, keepWeights, readKept, tokensOfTokenizer } from './lineage-model.ts';
import { Randomness } from './lineage-random.ts';
import { lineageReport } from './lineage-report.ts';
import {
  addLine,
  doItems,
  itemOf,
  type Length,
  type Line,
  type PeerScores,
  readLines,
  type Share,
} from './lineage-results.ts';
import { stepsOf, trainedWeights } from './lineage-training.ts';
import { TRANSFORMATIONS } from './lineage-transformations.ts';
import { processor } from './measuring.ts';
import { awmScore } from './peers/awm.ts';
import { ciscoGate, ciscoScore } from './peers/model-provenance-kit.ts';

const PHASES = ['models', 'independent', 'derived', 'trained', 'report'] as const;
type Phase = (typeof PHASES)[number];
const SHORT_STEPS = 95;
/** A seed for each model, far from those that people choose. */
const SEEDS: Record<Length, number> = { short: 100_000, full: 200_000 };
/** Of batches that train a model further on. */
const FURTHER_SEED = 300_000;
/** Fixed here and not drawn: no model was made with a look at it. */
const KEY = sha256Hex('bench lineage');

interface Settings {
  run: string;
  folder: string;
  results: string;
  counts: Record<Length, number>;
  trials: number | undefined;
  /** Further steps, as multiples of the steps before. */
  times: number[];
  share: Share;
  threads: number;
}

const folderOf = ({ folder }: Settings, length: Length, i: number) =>
  join(folder, `${length}-${String(i).padStart(3, '0')}`);

function makeModels(settings: Settings) {
  const { run, counts, share, threads } = settings;
  const steps = { short: SHORT_STEPS, full: stepsOf(run) };
  const items = (['short', 'full'] as const).flatMap((length) =>
    Array.from({ length: counts[length] }, (_, i) => ({ length, i })),
  );
  doItems('models', items, {
    isDone: ({ length, i }) => isKept(folderOf(settings, length, i)),
    share,
    run: ({ length, i }) => {
      const training = { steps: steps[length], seed: SEEDS[length] + i, threads };
      keepWeights(run, folderOf(settings, length, i), trainedWeights(run, training));
    },
  });
}

/** The kept models of a length. */
function readModels(settings: Settings, length: Length) {
  const tokens = tokensOfTokenizer(join(settings.run, 'model/tokenizer.json'));
  return Array.from({ length: settings.counts[length] }, (_, i) => {
    const folder = folderOf(settings, length, i);
    if (!isKept(folder))
      throw new JikjiError('usage', 'this model is not made yet', folder, 'do the phase `models` first');
    return readKept(folder, tokens);
  });
}

const peersOf = (suspect: HeldModel, reference: HeldModel): PeerScores => ({
  cisco: rounded(ciscoScore(suspect, reference)),
  gate: ciscoGate(suspect, reference) ?? null,
  awm: rounded(awmScore(suspect, reference)),
});

const rounded = (value: number) => finiteOrNull(Number(value.toPrecision(5)));

/** Compares for each item that has no line yet, and adds the line. */
function compareItems<T extends Record<string, unknown>>(
  settings: Settings,
  phase: 'independent' | 'derived' | 'trained',
  items: readonly T[],
  modelsOf: (item: T) => readonly [suspect: HeldModel, reference: HeldModel],
) {
  const { results, share, threads } = settings;
  const lineOf = (item: T) => ({ phase, ...item });
  const done = new Set(readLines(results).map(itemOf));
  const comparer = new Comparer(KEY, threads);
  try {
    doItems(phase, items, {
      isDone: (item) => done.has(itemOf(lineOf(item))),
      share,
      run: (item) => {
        const [suspect, reference] = modelsOf(item);
        const compared = comparer.compare(suspect, reference);
        addLine(results, { ...lineOf(item), ...compared, peers: peersOf(suspect, reference) } as unknown as Line);
      },
    });
  } finally {
    comparer.close();
  }
}

function compareIndependent(settings: Settings) {
  for (const length of ['short', 'full'] as const) {
    const models = readModels(settings, length);
    const pairs = models.flatMap((_, i) =>
      Array.from({ length: models.length - i - 1 }, (__, k) => ({ length, pair: [i, i + 1 + k] as const })),
    );
    compareItems(settings, 'independent', pairs, ({ pair: [i, j] }) => [models[i]!, models[j]!]);
  }
}

function compareDerived(settings: Settings) {
  const models = readModels(settings, 'short');
  const n = models.length;
  if (n < 2) throw new JikjiError('usage', 'takes two short models at least', `--short ${n}`, 'make more');
  const items = Array.from({ length: settings.trials ?? 299 }, (_, trial) =>
    TRANSFORMATIONS.map(({ name }) => ({ name, trial })),
  ).flat();
  compareItems(settings, 'derived', items, ({ name, trial }) => {
    const i = trial % n;
    const other = (i + 1 + (Math.floor(trial / n) % (n - 1))) % n;
    const { apply } = TRANSFORMATIONS.find((one) => one.name === name)!;
    return [apply(models[i]!, new Randomness(`${name} ${trial}`), models[other]!), models[i]!];
  });
}

function compareTrained(settings: Settings) {
  const { run, threads, trials = 24 } = settings;
  const models = readModels(settings, 'short');
  const items = settings.times.flatMap((times) => Array.from({ length: trials }, (_, trial) => ({ times, trial })));
  compareItems(settings, 'trained', items, ({ times, trial }) => {
    const start = models[trial % models.length]!;
    const steps = Math.max(1, Math.round(times * SHORT_STEPS));
    const weights = trainedWeights(run, { steps, seed: FURTHER_SEED + trial, start, threads });
    return [{ ...start, weights }, start];
  });
}

const WORK: Record<Exclude<Phase, 'report'>, (settings: Settings) => void> = {
  models: makeModels,
  independent: compareIndependent,
  derived: compareDerived,
  trained: compareTrained,
};

const USAGE = `npm run bench:lineage -- RUN ${PHASES.join('|')} ...`;
const usage = (message: string, input: string) => new JikjiError('usage', message, input, USAGE);

function whole(value: string, name: string) {
  if (!/^\d{1,4}$/.test(value)) throw usage('takes a whole number', `--${name} ${value}`);
  return Number(value);
}

function shareOf(text: string): Share {
  const [, part, of] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? [];
  const share = { part: Number(part), of: Number(of) };
  if (!(share.part >= 1 && share.part <= share.of)) throw usage('takes a share such as 1/2', `--share ${text}`);
  return share;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: 'string', default: '64' },
      full: { type: 'string', default: '8' },
      trials: { type: 'string' },
      times: { type: 'string', default: '0.1,0.3,1,3,10' },
      folder: { type: 'string', default: join(tmpdir(), 'jikji-lineage') },
      results: { type: 'string', default: join(import.meta.dirname, 'lineage.jsonl') },
      share: { type: 'string', default: '1/1' },
      threads: { type: 'string', default: '1' },
    },
  });
  const [run, ...phases] = positionals;
  if (values.times.split(',').some((one) => !(Number(one) > 0)))
    throw usage('takes numbers above zero', `--times ${values.times}`);
  const unknown = phases.find((phase) => !(PHASES as readonly string[]).includes(phase));
  if (run === undefined || unknown !== undefined) throw usage('takes a finished run, and phases', unknown ?? '');
  const settings: Settings = {
    run: resolve(run),
    folder: values.folder,
    results: values.results,
    counts: { short: whole(values.short, 'short'), full: whole(values.full, 'full') },
    trials: values.trials === undefined ? undefined : whole(values.trials, 'trials'),
    times: values.times.split(',').map(Number),
    share: shareOf(values.share),
    threads: whole(values.threads, 'threads'),
  };
  mkdirSync(settings.folder, { recursive: true });
  const chosen = PHASES.filter((phase) => phases.length === 0 || phases.includes(phase));
  const measures = chosen.some((phase) => phase !== 'report' && phase !== 'models');
  if (measures) {
    const about = {
      date: new Date().toISOString().slice(0, 10),
      processor: processor(),
      run: run.replace(/^.*\//, ''),
    };
    addLine(settings.results, {
      phase: 'session',
      ...about,
      shortSteps: SHORT_STEPS,
      fullSteps: stepsOf(settings.run),
    });
  }
  for (const phase of chosen)
    if (phase === 'report') console.log(lineageReport(readLines(settings.results)));
    else WORK[phase](settings);
}

main();
