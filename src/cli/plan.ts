// `jikji plan MODEL --on CHIP:COUNT`: what training a model would take: layouts, memory, time as intervals, and what limits it.

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { count, defaultThreads, JikjiError, quantity } from '../base/index.ts';
import type { Catalogue } from '../fleet/index.ts';
import type { Interval, Lacking, ModelShape, Plan, PlannedPlace, Precision, ServingPlan } from '../planner/index.ts';
import { calledAs } from './called-as.ts';
import { readCatalogues } from './clusters.ts';
import { sayTime, timeStep } from './machine-sizing.ts';
import { collect, number, wholeNumber } from './option-values.ts';
import type { Output } from './output.ts';
import { formats, foundry, planner } from './rooms.ts';
import { bytes, percent, percents, short, table } from './text.ts';

interface PlanOptions {
  on: string[];
  tokens: number;
  sequence: number;
  sequences: number;
  precision?: string;
  price?: number;
  imbalance: number;
  serve?: number;
  all: boolean;
  catalogue: string[];
}

/** Plans of the front that a page shows. */
const SHOWN = 6;
const DAY = 86_400;

export function addPlan(program: Command, output: Output): void {
  program
    .command('plan')
    .description(
      'Plans a training run: how it could be laid out on a cluster, the memory of a device, the time as an interval of 90 %,\nand what limits it. docs/planner.md has every measured step that it was checked against.',
    )
    .argument(
      '<model>',
      'a config.json, a folder with one, or the name of a model that comes with Jikji; or a recipe, on this machine',
    )
    .option('--on <chip:count>', 'chips of the catalogue, or one of its clusters; several are compared', collect, [])
    .option('--tokens <n>', 'tokens of the run, in billions', number('--tokens', 0.001, 1e6), 1000)
    .option('--sequence <n>', 'tokens in a sequence', wholeNumber('--sequence', 1, 1 << 24), 4096)
    .option('--sequences <n>', 'sequences in a step', wholeNumber('--sequences', 1, 1 << 20), 2048)
    .option('--precision <format>', 'bf16, fp8, mxfp8 or nvfp4 (default: fp8 where the chip has it)')
    .option('--price <amount>', 'of one chip for an hour, in your currency', number('--price', 0, 1e6))
    .option('--imbalance <n>', 'tokens of the fullest experts over the mean', number('--imbalance', 1, 100), 1)
    .option('--serve <tokens>', 'also serving, with contexts of so many tokens', wholeNumber('--serve', 1, 1 << 24))
    .option('--all', 'every layout that fits, not only the best', false)
    .option(
      '--catalogue <file>',
      'a catalogue beside the one that comes with Jikji; may be given several times',
      collect,
      [],
    )
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} plan solar-open-100b --on nvidia-b200:512 --tokens 20000\n  $ ${calledAs()} plan models/ours/config.json --on nvidia-h100-sxm:1024 --on nvidia-b200:512 --price 4\n  $ ${calledAs()} plan recipes/hello.yaml`,
    )
    .action(async (model: string, options: PlanOptions) => {
      if (/\.ya?ml$/i.test(model)) return planRecipe(model, options, output);
      const found = await planOn(model, options);
      output.result(found, () => {
        for (const of of found.plans) output.lines(pageOf(of, found));
      });
    });
}

interface PlaceReport extends Pick<PlannedPlace, 'limits' | 'lacking'> {
  on: string;
  chip: string;
  devices: number;
  precision: Precision;
  /** How much of the work of the first place is done here in the same time; null: this is the first, or one of them has no plan. */
  ofFirst: Interval | null;
  /** Layouts that fit. */
  fitting: number;
  best: Plan[];
  /** Measured steps on this chip, of this model, and of this model on this chip. */
  measured: { chip: number; model: number; both: number };
  /** Figures of the chip that nobody has read in a source. */
  unverified: string[];
  /** Not checked against any measured row. */
  unchecked: { energyMWh: Interval | null; cost: Interval | null; serving: ServingPlan | null };
}

async function planOn(model: string, options: PlanOptions) {
  const {
    defaultPrecision,
    deviceOf,
    doneMeanwhile,
    measuredBehind,
    parameterCount,
    planPlace,
    PRECISIONS,
    servingPlan,
    shippedLike,
    unverifiedOf,
  } = await planner();
  const shape = await shapeOf(model);
  if (options.on.length === 0) {
    throw new JikjiError('usage', 'on which chips is missing', model, 'write for example --on nvidia-b200:512');
  }
  const catalogue = readCatalogues(options.catalogue);
  const like = shippedLike(shape);
  const plans: PlaceReport[] = [];
  let first: Interval | null | undefined;
  for (const on of options.on) {
    const { chip: id, devices } = placeOf(on, catalogue);
    const chip = catalogue.chips.get(id)!;
    const device = deviceOf(chip);
    const precision = (options.precision ?? defaultPrecision(device)) as Precision;
    if (!PRECISIONS.includes(precision)) {
      throw new JikjiError('usage', 'not a format', `--precision ${precision}`, `formats are ${PRECISIONS.join(', ')}`);
    }
    const batch = { sequence: options.sequence, sequences: options.sequences, precision, imbalance: options.imbalance };
    const found = planPlace({ shape, device, devices, batch, tokens: options.tokens * 1e9 });
    const run = found.plans[0]?.run ?? null;
    const ofFirst = first && run && doneMeanwhile(first, run);
    if (first === undefined) first = run;
    const hours = (of: number) => ({ low: (of * run!.low) / 3600, high: (of * run!.high) / 3600 });
    plans.push({
      on,
      chip: id,
      devices,
      precision,
      ofFirst: ofFirst ?? null,
      fitting: found.plans.length,
      best: options.all ? found.plans : found.front.slice(0, SHOWN),
      limits: found.limits,
      lacking: found.lacking,
      measured: measuredBehind(id, like),
      unverified: unverifiedOf(chip),
      unchecked: {
        energyMWh: run && hours((devices * device.power) / 1e6),
        serving: options.serve ? servingPlan(shape, device, devices, options.serve, precision) : null,
        cost: run && options.price !== undefined ? hours(devices * options.price) : null,
      },
    });
  }
  return {
    model: shape.name,
    parameters: parameterCount(shape),
    activeParameters: parameterCount(shape, true),
    tokens: options.tokens * 1e9,
    sequence: options.sequence,
    sequences: options.sequences,
    plans,
  };
}

/** A recipe is made by Jikji's own engine: the plan is a step that is measured here. */
async function planRecipe(file: string, { on }: PlanOptions, output: Output): Promise<void> {
  if (on.length > 0) {
    throw new JikjiError('usage', 'a recipe is planned for this machine', `--on ${on[0]}`, 'leave --on out');
  }
  const { parentShape, readRecipe } = await foundry();
  const recipe = readRecipe(file, [], parentShape(dirname(file)));
  const { model, tokenizer, train } = recipe;
  if (!output.json) output.line('Measuring how fast this machine trains ...');
  const { idle, clock } = await timeStep({ model, vocabSize: tokenizer.vocabSize, train }, defaultThreads());
  const time = { seconds: train.steps * idle, secondsNow: train.steps * clock };
  output.result({ recipe: file, steps: train.steps, secondsPerStep: { idle, clock }, ...time }, () => {
    output.line(`${quantity(train.steps, 'step')} of ${file} will take ${sayTime(time)}, texts and validation apart.`);
  });
}

async function shapeOf(model: string): Promise<ModelShape> {
  const { MAX_CONFIG, parseModelShape, shippedShape } = await planner();
  const { readSmallFile } = await formats();
  const isFolder = statSync(model, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? join(model, 'config.json') : model;
  if (existsSync(file)) return parseModelShape(readSmallFile(file, MAX_CONFIG), file);
  if (!isFolder) return shippedShape(model);
  throw new JikjiError('plan-config', 'the folder has no config.json', model, 'give the folder of a model');
}

/** `nvidia-b200:512`, or a cluster of the catalogue with one kind of chip. */
function placeOf(on: string, catalogue: Catalogue): { chip: string; devices: number } {
  const [, name, digits] = /^(.*?)(?::(\d{1,6}))?$/.exec(on)!;
  const wrong = (what: string, hint: string) => new JikjiError('usage', what, `--on ${on}`, hint);
  const cluster = catalogue.clusters.get(name!);
  const chip = cluster === undefined ? name! : (cluster.chips.length === 1 && cluster.chips[0]!.chip) || '';
  if (cluster !== undefined && chip === '')
    throw wrong('the cluster has several kinds of chips', 'name one: chip:count');
  if (!catalogue.chips.has(chip)) {
    const trained = [...catalogue.chips.values()].filter(({ figures }) => figures.link).map(({ id }) => id);
    throw wrong('the catalogue has no such chip or cluster', `chips that can be planned: ${trained.join(', ')}`);
  }
  const devices = digits === undefined ? (cluster?.chips[0]?.count ?? null) : Number(digits);
  if (devices === null || devices < 1) throw wrong('how many chips is not known', `write ${chip}:512, for example`);
  return { chip, devices };
}

function pageOf(
  place: PlaceReport,
  { model, parameters, activeParameters, tokens, plans }: Awaited<ReturnType<typeof planOn>>,
): string[] {
  const { chip, devices, precision, best, unchecked, ofFirst } = place;
  const head = `${model}: ${short(parameters)} parameters${activeParameters < parameters ? `, ${short(activeParameters)} of them for a token` : ''}; ${short(tokens)} tokens on ${count(devices)} x ${chip} in ${precision}`;
  if (place.lacking) return [head, '', `  ${lackingText(place, place.lacking)}`, ''];
  const rows = best.map(({ layout, memory, step, run, tokensPerSecond, utilisation }) => [
    layoutText(layout),
    `${seconds(step.low)} to ${seconds(step.high)}`,
    `${days(run.low)} to ${days(run.high)}`,
    count(Math.round(tokensPerSecond)),
    percent(utilisation),
    `${gigabytes(memory.total)} GB`,
  ]);
  return [
    head,
    '',
    ...table([['layout', 'step', 'run, days', 'tokens/s', 'bf16 peak', 'memory'], ...rows]).map((line) => `  ${line}`),
    '',
    `  memory of the first, GB: ${memoryText(best[0]!)}`,
    ...(ofFirst ? [`  in the same time it does ${percents(ofFirst)} of the work of ${plans[0]!.on}`] : []),
    `  ${limitText(place)}`,
    `  ${measuredText(place)}`,
    `  unchecked: ${uncheckedText(unchecked)}`,
    '',
  ];
}

const range = ({ low, high }: Interval) => `${count(Math.round(low))} to ${count(Math.round(high))}`;

function uncheckedText({ energyMWh, cost, serving }: PlaceReport['unchecked']): string {
  const texts = [
    "memory against a measured peak (its count agrees with PyTorch's)",
    `${range(energyMWh!)} MWh at the rated power of the chips`,
  ];
  if (cost) texts.push(`cost ${range(cost)}`);
  if (serving) {
    const { requests, tokensPerSecond, cache } = serving;
    const each = `${bytes(cache)} of cache each`;
    texts.push(
      `serving ${count(requests)} requests at once (${each}), ${count(Math.round(tokensPerSecond))} tokens/s at most`,
    );
  }
  return texts.join('; ');
}

/** t tensor, p pipeline (x chunks), c context, e expert parallelism, m sequences of a micro batch. */
function layoutText(layout: Plan['layout']): string {
  const chunks = layout.virtual > 1 ? `x${layout.virtual}` : '';
  const context = layout.context > 1 ? ` c${layout.context}` : '';
  const expert = layout.expert > 1 ? ` e${layout.expert}` : '';
  const again = layout.recompute === 'full' ? ' recompute' : '';
  return `t${layout.tensor} p${layout.pipeline}${chunks}${context}${expert} m${layout.microBatch} zero${layout.zero}${again}`;
}

const memoryText = ({ memory }: Plan) =>
  (['weights', 'gradients', 'optimizer', 'activations', 'logits'] as const)
    .map((part) => `${part} ${gigabytes(memory[part])}`)
    .join(', ');

function limitText({ limits: of }: PlaceReport): string {
  const gains = Object.entries(of!)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name, share]) => `${name} ${((1 / share - 1) * 100).toFixed(0)} %`);
  return `a quarter more of one figure makes it faster by: ${gains.join(', ')}`;
}

function lackingText({ on, devices }: PlaceReport, lacking: Lacking): string {
  return lacking.what === 'memory'
    ? `No layout fits into the memory of ${on}: the leanest needs ${gigabytes(lacking.least)} GB of each device.`
    : `No layout divides so many sequences among ${count(devices)} devices: --sequences ${lacking.nearest} would do.`;
}

function measuredText({ chip, measured: { chip: onChip, model, both }, unverified }: PlaceReport): string {
  const rows = `behind it: ${quantity(onChip, 'measured step')} on ${chip}, ${count(model)} of this model, ${count(both)} of both`;
  return unverified.length === 0 ? rows : `${rows}; figures not read in a source: ${unverified.join(', ')}`;
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0);
const seconds = (value: number) => `${value.toPrecision(3)} s`;
const days = (value: number) => (value / DAY).toPrecision(3);
